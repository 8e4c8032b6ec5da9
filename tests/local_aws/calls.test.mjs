// The limits and the identity of calls of local-aws: how much fits in one, and when two are the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ecs_arn, start_ecs } from '../support/ecs_world.mjs';

/** @param {RegExp} message */
const invalid = (message) => (/** @type {any} */ problem) => problem.code === 'InvalidParameterException' && message.test(problem.message);
const hour = 3_600_000;

test('DescribeTasks takes 1 to 100 tasks, DescribeServices 1 to 10 services', async () => {
  const ecs = start_ecs();
  const tasks = Array.from({ length: 101 }, (_, i) => `task-${i}`);
  assert.equal((await ecs.call('DescribeTasks', { tasks: tasks.slice(1) })).failures.length, 100);
  await assert.rejects(ecs.call('DescribeTasks', { tasks }), invalid(/1 to 100/));
  await assert.rejects(ecs.call('DescribeTasks', { tasks: [] }), invalid(/cannot be empty/));
  const services = Array.from({ length: 11 }, (_, i) => `service-${i}`);
  assert.equal((await ecs.call('DescribeServices', { services: services.slice(1) })).failures.length, 10);
  await assert.rejects(ecs.call('DescribeServices', { services }), invalid(/1 to 10/));
  await assert.rejects(ecs.call('DescribeServices', {}), invalid(/cannot be empty/));
});

test('a call is for one cluster: what another one has is an error', async () => {
  const ecs = start_ecs();
  const elsewhere = /^Invalid identifier: Identifier is for cluster prod\. Your cluster is dev$/;
  const { tasks } = await ecs.call('RunTask', { taskDefinition: 'billing:1' });
  await assert.rejects(ecs.call('DescribeTasks', { cluster: 'dev', tasks: [tasks[0].taskArn] }), invalid(elsewhere));
  await assert.rejects(ecs.call('DescribeServices', { cluster: 'dev', services: [`${ecs_arn}:service/prod/billing`] }), invalid(elsewhere));
  assert.deepEqual((await ecs.call('ListTasks', { cluster: 'dev' })).taskArns, []);
  assert.equal((await ecs.call('DescribeServices', { services: [`${ecs_arn}:service/prod/billing`] })).services.length, 1);
});

test('one ARN that is denied denies its whole call', async () => {
  const ecs = start_ecs();
  const policy = [
    { Effect: 'Allow', Action: 'ecs:*', Resource: '*' },
    { Effect: 'Deny', Action: 'ecs:DescribeTasks', Resource: `${ecs_arn}:task/prod/secret` },
  ];
  await ecs.call('DescribeTasks', { tasks: ['a', 'b'] }, { policy });
  await assert.rejects(ecs.call('DescribeTasks', { tasks: ['a', 'secret', 'b'] }, { policy }), { code: 'AccessDeniedException' });
});

test('a client token gets the first answer again, also when that task is dead, in its cluster alone', async () => {
  const ecs = start_ecs();
  const run = (/** @type {object} */ more = {}) => ecs.call('RunTask', { taskDefinition: 'billing:1', clientToken: 'one', ...more });
  const [first] = (await run()).tasks;
  await ecs.call('StopTask', { task: first.taskArn });
  await ecs.clock.advance(10_000);
  const [again] = (await run()).tasks;
  assert.deepEqual([again.taskArn, again.lastStatus], [first.taskArn, 'STOPPED']);
  const conflict = (/** @type {any} */ problem) =>
    problem.code === 'ConflictException' && problem.more.resourceIds.join() === first.taskArn;
  await assert.rejects(run({ startedBy: 'other' }), conflict);
  assert.notEqual((await run({ cluster: 'dev' })).tasks[0].taskArn, first.taskArn);
  await assert.rejects(run({ clientToken: 'x'.repeat(65) }), invalid(/64/));
});

test('a client token is forgotten an hour after the end of its task, or after a day', async () => {
  const ecs = start_ecs({ definitions: { 'billing:1': { light: { health: false } } } });
  const run = (/** @type {string} */ token) => ecs.call('RunTask', { taskDefinition: 'billing:1', clientToken: token });
  const arn_of = async (/** @type {string} */ token) => (await run(token)).tasks[0].taskArn;
  const [dead, alive] = [await arn_of('dead'), await arn_of('alive')];
  await ecs.call('StopTask', { task: dead });
  await ecs.clock.advance(hour - 1);
  assert.equal(await arn_of('dead'), dead);
  await ecs.clock.advance(1);
  assert.notEqual(await arn_of('dead'), dead);
  await ecs.clock.advance(23 * hour - 1);
  assert.equal(await arn_of('alive'), alive);
  await ecs.clock.advance(1);
  assert.notEqual(await arn_of('alive'), alive);
});

test('a family without a revision runs its newest one, and that is what must be allowed', async () => {
  const ecs = start_ecs({ definitions: { 'billing:10': { light: {} } } });
  const allowed = (/** @type {string} */ name) => ({
    policy: [{ Effect: 'Allow', Action: 'ecs:RunTask', Resource: `${ecs_arn}:task-definition/${name}` }],
  });
  const { tasks } = await ecs.call('RunTask', { taskDefinition: 'billing' }, allowed('billing:*'));
  assert.match(tasks[0].taskDefinitionArn, /billing:10$/);
  await assert.rejects(ecs.call('RunTask', { taskDefinition: 'billing' }, allowed('billing')), { code: 'AccessDeniedException' });
});

test('tasks are listed by who started them, and by family', async () => {
  const ecs = start_ecs({ definitions: { 'export:1': { light: {} } } });
  await ecs.call('RunTask', { taskDefinition: 'billing:1', count: 2, startedBy: 'sallyport-a' });
  await ecs.call('RunTask', { taskDefinition: 'export:1', startedBy: 'sallyport-b' });
  const count = async (/** @type {object} */ by) => (await ecs.call('ListTasks', by)).taskArns.length;
  assert.deepEqual([await count({ startedBy: 'sallyport-a' }), await count({ family: 'export' }), await count({})], [2, 1, 3]);
});

test('a fault may have the message in which AWS puts the truth', async () => {
  const ecs = start_ecs();
  ecs.faults.set({ fail: { RunTask: ['ClientException', 400, 1, 'Tasks provisioning capacity limit exceeded.'] } });
  await assert.rejects(ecs.faults.before_call('RunTask'), {
    code: 'ClientException',
    message: 'Tasks provisioning capacity limit exceeded.',
  });
  await ecs.faults.before_call('RunTask');
});

test('a fault or setting that there is not is an error', () => {
  const ecs = start_ecs();
  assert.throws(() => ecs.faults.set(/** @type {any} */ ({ throtle: {} })), /no fault and no setting throtle/);
});
