// Where there is no room for a task, or no network, in local-aws; and what ECS says then.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { vcpu_limit } from '../../demo/local_aws/placement.mjs';
import { light_definition, start_ecs } from '../support/ecs_world.mjs';

test('a service that cannot place a task says why in an event, and there is no task', async () => {
  const ecs = start_ecs({ settings: { unplaceable: 'Capacity is unavailable at this time. Please try again later' } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(60_000);
  assert.deepEqual([...(await ecs.tasks()), ...(await ecs.tasks('STOPPED'))], []);
  const { events, pendingCount } = await ecs.look();
  assert.equal(pendingCount, 0);
  assert.match(events[0].message, /^\(service billing\) was unable to place a task\. Reason: Capacity is unavailable at this time\./);
  assert.equal(events.length, 1, 'it does not repeat itself');
  ecs.faults.set({ unplaceable: '' });
  await ecs.clock.advance(1_000);
  assert.equal((await ecs.tasks()).length, 1);
});

test('a cluster without machines says so in the words for EC2', async () => {
  const why = 'because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.';
  const ecs = start_ecs({ settings: { unplaceable: why } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance();
  assert.match(
    (await ecs.look()).events[0].message,
    /was unable to place a task because no container instance met all of its requirements/,
  );
});

test('a capacity provider without a machine: PROVISIONING for minutes is progress', async () => {
  const ecs = start_ecs({ settings: { capacity_ms: 180_000 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(179_000);
  assert.equal((await ecs.tasks())[0].lastStatus, 'PROVISIONING');
  await ecs.clock.advance(3_000);
  assert.equal((await ecs.tasks())[0].healthStatus, 'HEALTHY');
});

test('vCPUs that run at once are limited, for services and for RunTask', async () => {
  const ecs = start_ecs({ definitions: { 'billing:1': { ...light_definition, cpu: 1024 } }, settings: { vcpus: 2 } });
  await ecs.update({ desiredCount: 3 });
  await ecs.clock.advance(2_000);
  const { runningCount, events } = await ecs.look();
  assert.equal(runningCount, 2);
  assert.match(events[0].message, new RegExp(`was unable to place a task\\. Reason: ${vcpu_limit}\\.`));
  const { tasks, failures } = await ecs.call('RunTask', { taskDefinition: 'billing:1' });
  assert.deepEqual([tasks, failures], [[], [{ reason: vcpu_limit }]]);
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  assert.equal((await ecs.call('RunTask', { taskDefinition: 'billing:1' })).tasks.length, 1);
});

test('a task without a network interface fails to start, and the next one is on its way', async () => {
  const ecs = start_ecs({ settings: { eni_timeouts: 1 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(300);
  const [stopped] = await ecs.tasks('STOPPED');
  assert.deepEqual(
    [stopped.stopCode, stopped.stoppedReason],
    ['TaskFailedToStart', 'Timeout waiting for network interface provisioning to complete.'],
  );
  await ecs.clock.advance(3_000);
  assert.equal((await ecs.tasks())[0].healthStatus, 'HEALTHY');
});

/** @type {Record<string, [number, string[], string]>} by network mode: attachments, names of details, first status */
const networks = {
  awsvpc: [1, ['subnetId', 'networkInterfaceId', 'macAddress', 'privateIPv4Address'], 'PROVISIONING'],
  'awsvpc-ipv6': [1, ['subnetId', 'networkInterfaceId', 'macAddress', 'ipv6Address'], 'PROVISIONING'],
  bridge: [0, [], 'PENDING'],
  host: [0, [], 'PENDING'],
};
for (const [network, [count, names, first]] of Object.entries(networks)) {
  test(`the network of a task in ${network}`, async () => {
    const definition = { ...light_definition, network: /** @type {any} */ (network) };
    const ecs = start_ecs({ definitions: { 'billing:1': definition } });
    const { tasks } = await ecs.call('RunTask', { taskDefinition: 'billing:1' });
    assert.equal(tasks[0].lastStatus, first);
    await ecs.clock.advance(2_000);
    const look = async () => (await ecs.call('DescribeTasks', { tasks: [tasks[0].taskArn] })).tasks[0];
    const { attachments, lastStatus, healthStatus } = await look();
    assert.deepEqual([lastStatus, healthStatus, attachments.length], ['RUNNING', 'HEALTHY', count]);
    const details = attachments[0]?.details ?? [];
    assert.deepEqual(
      details.map((/** @type {any} */ each) => each.name),
      names,
    );
    await ecs.call('StopTask', { task: tasks[0].taskArn });
    await ecs.clock.advance();
    assert.deepEqual(
      (await look()).attachments.map((/** @type {any} */ each) => each.status),
      Array(count).fill('DELETED'),
    );
  });
}

test('addresses are of 127.1.0.0/16, and no two tasks that run have the same', async () => {
  const ecs = start_ecs();
  const runs = Array.from({ length: 60 }, () => ecs.call('RunTask', { taskDefinition: 'billing:1', count: 10 }));
  await Promise.all(runs);
  const addresses = [...ecs.scheduler.tasks.values()].map(({ address }) => address);
  assert.equal(new Set(addresses).size, 600);
  for (const each of addresses) assert.match(each, /^127\.1\.\d{1,3}\.\d{1,3}$/);
});
