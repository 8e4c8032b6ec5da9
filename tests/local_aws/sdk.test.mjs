// What local-aws has beyond the plain calls, driven and read by AWS's own SDK.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';

import { until } from '../../demo/parts/child.mjs';
import { start_sdk_caller } from '../support/sdk_caller.mjs';

/** @typedef {import('@aws-sdk/client-ecs').UpdateServiceCommandInput} Changes */

const cluster = 'prod';
const light = { provision_ms: 10, pull_ms: 10, light: {} };
/** @type {import('../support/sdk_caller.mjs').SdkCaller} */
let caller;
/** @type {ReturnType<import('../support/sdk_caller.mjs').SdkCaller['ecs']>} */
let ecs;

before(async () => {
  caller = await start_sdk_caller((issuer) => ({
    roles: { gate: { trust: { issuer, sub: ['sallyport:*'] }, policy: [{ Effect: 'Allow', Action: 'ecs:*', Resource: '*' }] } },
    clusters: {
      [cluster]: {
        services: {
          rolling: { task_definition: 'billing:1', desired: 1, tags: { team: 'finance' } },
          guarded: { task_definition: 'billing:1', desired: 1 },
          daemon: { task_definition: 'billing:1', scheduling: 'DAEMON' },
          spot: { task_definition: 'billing:1', desired: 1 },
        },
      },
    },
    task_definitions: { 'billing:1': light, 'billing:2': light },
  }));
  ecs = caller.ecs(await caller.assume());
});
after(() => caller.stop());
afterEach(() => void caller.aws.faults.set({ quotas: null, others: 0, facts_late_ms: 0 }));

const update = (/** @type {string} */ service, /** @type {Partial<Changes>} */ changes) =>
  ecs.send(new UpdateServiceCommand({ cluster, service, ...changes }));
/** @param {string} service */
async function look(service) {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service], include: ['TAGS'] }));
  return services[0] ?? assert.fail('no such service');
}
/** @param {string} service */
async function tasks(service) {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }));
  if (taskArns.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks ?? [];
}
/** @param {string} service */
const is_up = (service) =>
  until(`${service} is up`, async () => {
    const [task] = await tasks(service);
    return task?.healthStatus === 'HEALTHY';
  });

test('a throttled call is what the SDK takes for one', async () => {
  caller.aws.faults.set({ quotas: { update_service: { burst: 2, rate: 0 } } });
  await update('rolling', { desiredCount: 1 });
  await update('rolling', { desiredCount: 1 });
  const throttled = (/** @type {any} */ problem) =>
    problem.name === 'ThrottlingException' && problem.$metadata.httpStatusCode === 400 && problem.message === 'Rate exceeded';
  await assert.rejects(update('rolling', { desiredCount: 1 }), throttled);
  assert.equal(caller.aws.quotas.refused.get('UpdateService'), 1);
});

test('versions, deployments, events and tags are read by the SDK', async () => {
  await is_up('rolling');
  const [{ version, startedBy }] = await tasks('rolling');
  assert.equal(version, 3);
  await update('rolling', { taskDefinition: 'billing:2' });
  await until('the new revision is alone', async () => (await look('rolling')).deployments?.length === 1);
  const { deployments = [], events = [], tags, schedulingStrategy } = await look('rolling');
  assert.deepEqual([deployments[0].status, deployments[0].rolloutState, deployments[0].runningCount], ['PRIMARY', 'COMPLETED', 1]);
  assert.notEqual(deployments[0].id, startedBy);
  assert.match(events[0].message ?? '', /^\(service rolling\) has reached a steady state\.$/);
  assert.ok(events[0].createdAt instanceof Date);
  assert.deepEqual([tags, schedulingStrategy], [[{ key: 'team', value: 'finance' }], 'REPLICA']);
});

test('a task is protected through the SDK', async () => {
  await is_up('guarded');
  const [{ taskArn = '' }] = await tasks('guarded');
  const call = new UpdateTaskProtectionCommand({ cluster, tasks: [taskArn], protectionEnabled: true, expiresInMinutes: 60 });
  const { protectedTasks = [] } = await ecs.send(call);
  assert.ok((protectedTasks[0].expirationDate ?? 0) > new Date());
  await update('guarded', { desiredCount: 0 });
  await until('zero is desired', async () => (await look('guarded')).desiredCount === 0);
  assert.equal((await tasks('guarded'))[0].taskArn, taskArn);
});

test('a DAEMON service refuses a desired count by name', async () => {
  await is_up('daemon');
  await assert.rejects(update('daemon', { desiredCount: 0 }), { name: 'InvalidParameterException' });
});

test('a conflict of client tokens names what they started', async () => {
  const run = (/** @type {string} */ who) =>
    ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'billing', clientToken: 'w1', startedBy: who }));
  const { tasks: [task] = [] } = await run('one');
  const conflict = (/** @type {any} */ problem) => problem.name === 'ConflictException' && problem.resourceIds.join() === task.taskArn;
  await assert.rejects(run('two'), conflict);
});

test('facts that are behind: a task that was just started is MISSING', async () => {
  caller.aws.faults.set({ facts_late_ms: 60_000 });
  const { tasks: [task] = [] } = await ecs.send(
    new RunTaskCommand({ cluster, taskDefinition: 'billing:1', tags: [{ key: 'a', value: 'b' }] }),
  );
  const describe = () => ecs.send(new DescribeTasksCommand({ cluster, tasks: [task.taskArn ?? ''], include: ['TAGS'] }));
  assert.equal((await describe()).failures?.[0].reason, 'MISSING');
  caller.aws.faults.set({ facts_late_ms: 0 });
  assert.deepEqual((await describe()).tasks?.[0].tags, [{ key: 'a', value: 'b' }]);
});

test('what others do to an account goes through its controls', async () => {
  await is_up('spot');
  const [{ taskArn }] = await tasks('spot');
  const control = (/** @type {string} */ what, /** @type {object} */ given) =>
    fetch(`${caller.aws.url}/_local/${what}`, { method: 'POST', body: JSON.stringify(given) });
  assert.equal((await control('interrupt', { task: taskArn })).status, 200);
  await until('its successor runs', async () => (await tasks('spot')).some((task) => task.taskArn !== taskArn));
  const of_before = (await tasks('spot')).map((task) => task.taskArn);
  assert.equal((await control('deploy', { cluster, service: 'spot' })).status, 200);
  await until('its tasks are new ones', async () => {
    const now = await tasks('spot');
    return now.length > 0 && now.every((task) => !of_before.includes(task.taskArn));
  });
  assert.equal((await control('deploy', { cluster, service: 'none' })).status, 404);
  await control('faults', { quotas: 'aws', others: 1 });
  await control('use_up', { update_service: 50 });
  const { quotas } = await (await fetch(`${caller.aws.url}/_local/state`)).json();
  assert.deepEqual([quotas.update_service, quotas.run_stop], [0, 100]);
  assert.equal((await control('faults', { throtle: {} })).status, 400);
  assert.equal((await control('nothing', {})).status, 404);
});
