// What Describe and List of local-aws tell, and when: versions, and facts that are behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { start_ecs } from '../support/ecs_world.mjs';

/** What each change left behind, as [version, lastStatus, desiredStatus].
 * @param {import('../support/ecs_world.mjs').Ecs} ecs @param {number} ms @param {(task: any) => unknown[]} [told] */
async function watch(ecs, ms, told = ({ version, lastStatus, desiredStatus }) => [version, lastStatus, desiredStatus]) {
  const seen = /** @type {string[]} */ ([]);
  for (let at = 0; at <= ms; at += 100) {
    const [task] = [...(await ecs.tasks('RUNNING')), ...(await ecs.tasks('STOPPED'))];
    const now = JSON.stringify(task && told(task));
    if (now !== undefined && now !== seen.at(-1)) seen.push(now);
    await ecs.clock.advance(100);
  }
  return seen.map((each) => JSON.parse(each));
}

test('the version of a task counts its changes as a real account was measured', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 1 });
  assert.deepEqual(await watch(ecs, 2_000), [
    [1, 'PROVISIONING', 'RUNNING'],
    [2, 'PENDING', 'RUNNING'],
    [3, 'RUNNING', 'RUNNING'],
  ]);
  const [task] = await ecs.tasks();
  const changes = ecs.scheduler.tasks.get(task.taskArn);
  await ecs.update({ desiredCount: 0 });
  await ecs.clock.advance();
  assert.equal(changes?.version, 6);
  const [stopped] = await ecs.tasks('STOPPED');
  assert.deepEqual([stopped.version, stopped.lastStatus, stopped.stopCode], [6, 'STOPPED', 'ServiceSchedulerInitiated']);
  assert.match(stopped.stoppedReason, /^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
});

test('the interface that comes, with its address, and health do not move the version', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 1 });
  const told = (/** @type {any} */ task) => [
    task.version,
    task.attachments[0].status,
    task.attachments[0].details.some((/** @type {any} */ { name }) => name === 'privateIPv4Address'),
    task.healthStatus,
  ];
  const seen = await watch(ecs, 2_000, told);
  assert.deepEqual(seen, [
    [1, 'PRECREATED', false, 'UNKNOWN'],
    [1, 'ATTACHED', true, 'UNKNOWN'],
    [2, 'ATTACHED', true, 'UNKNOWN'],
    [3, 'ATTACHED', true, 'UNKNOWN'],
    [3, 'ATTACHED', true, 'HEALTHY'],
  ]);
});

test('what is told may be three seconds old: a task just run is MISSING, and a list does not have it', async () => {
  const ecs = start_ecs({ settings: { facts_late_ms: 3_000 } });
  await ecs.clock.advance(3_000);
  const { tasks: ran } = await ecs.call('RunTask', { taskDefinition: 'billing:1' });
  const [{ taskArn }] = ran;
  const describe = () => ecs.call('DescribeTasks', { tasks: [taskArn] });
  await ecs.clock.advance(2_900);
  assert.deepEqual((await describe()).failures, [{ arn: taskArn, reason: 'MISSING' }]);
  assert.deepEqual((await ecs.call('ListTasks')).taskArns, []);
  await ecs.clock.advance(100);
  assert.equal((await describe()).tasks[0].lastStatus, 'PROVISIONING', 'it is RUNNING since two seconds');
  assert.deepEqual((await ecs.call('ListTasks')).taskArns, [taskArn]);
  await ecs.clock.advance(1_000);
  assert.equal((await describe()).tasks[0].lastStatus, 'RUNNING');
});

test('DescribeServices is behind what UpdateService has answered', async () => {
  const ecs = start_ecs({ settings: { facts_late_ms: 3_000 } });
  await ecs.clock.advance(3_000);
  assert.equal((await ecs.update({ desiredCount: 2 })).service.desiredCount, 2);
  await ecs.clock.advance(2_000);
  const late = await ecs.look();
  assert.deepEqual([late.desiredCount, late.runningCount, late.pendingCount], [0, 0, 0]);
  await ecs.clock.advance(2_500);
  const then = await ecs.look();
  assert.deepEqual([then.desiredCount, then.runningCount], [2, 2]);
});

test('a later look may know less than an earlier one', async () => {
  const ecs = start_ecs();
  const { tasks } = await ecs.call('RunTask', { taskDefinition: 'billing:1' });
  await ecs.clock.advance(1_200);
  ecs.faults.set({ facts_late_ms: [0, 1_000] });
  const version = async () => (await ecs.call('DescribeTasks', { tasks: [tasks[0].taskArn] })).tasks[0].version;
  assert.deepEqual([await version(), await version(), await version()], [3, 1, 3]);
});
