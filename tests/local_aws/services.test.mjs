// Services of local-aws: what ECS does beside what it was asked for, and when.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { light_definition, start_ecs } from '../support/ecs_world.mjs';

/** @param {any[]} events */
const messages = (events) => events.map(({ message }) => message.replace(/[0-9a-f]{32}/g, 'ID').replace('(service billing) ', ''));

test('UpdateService is answered before ECS acts on it', async () => {
  const ecs = start_ecs({ settings: { act_ms: 2_000 } });
  const { service } = await ecs.update({ desiredCount: 1 });
  assert.deepEqual([service.desiredCount, service.pendingCount], [1, 0]);
  await ecs.clock.advance(1_900);
  assert.equal((await ecs.tasks()).length, 0);
  await ecs.clock.advance(100);
  assert.equal((await ecs.tasks()).length, 1);
});

test('a late scale-in: zero is desired and told, while the task still runs and is wanted', async () => {
  const ecs = start_ecs({ settings: { scale_in_ms: 4_000 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  await ecs.update({ desiredCount: 0 });
  await ecs.clock.advance(3_900);
  assert.deepEqual([(await ecs.look()).desiredCount, (await ecs.look()).runningCount], [0, 1]);
  assert.equal((await ecs.tasks())[0].desiredStatus, 'RUNNING');
  await ecs.clock.advance(100);
  assert.deepEqual(await ecs.tasks(), []);
});

test('who raises the count before a scale-in is carried out keeps the task', async () => {
  const ecs = start_ecs({ settings: { scale_in_ms: 4_000 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  const [before] = await ecs.tasks();
  await ecs.update({ desiredCount: 0 });
  await ecs.clock.advance(1_000);
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(10_000);
  assert.deepEqual(
    (await ecs.tasks()).map(({ taskArn }) => taskArn),
    [before.taskArn],
  );
});

test('health is told late', async () => {
  const ecs = start_ecs({ settings: { health_late_ms: 5_000 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(1_000 + 500 + 4_900);
  assert.equal((await ecs.tasks())[0].healthStatus, 'UNKNOWN');
  await ecs.clock.advance(100);
  assert.equal((await ecs.tasks())[0].healthStatus, 'HEALTHY');
});

test('an unhealthy task is replaced, in the words of AWS', async () => {
  const sick = { ...light_definition, light: { health_ms: 500, healthy: false } };
  const ecs = start_ecs({ definitions: { 'billing:1': sick }, settings: { replace_ms: 500 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(1_500);
  const [stopped] = await ecs.tasks('STOPPED');
  assert.equal(stopped.stopCode, 'ServiceSchedulerInitiated');
  assert.equal(stopped.stoppedReason, 'Task failed container health checks');
  assert.match(messages((await ecs.look()).events)[0], /^\(task ID\) failed container health checks\.$/);
  await ecs.clock.advance(500);
  const [successor] = await ecs.tasks();
  assert.notEqual(successor.taskArn, stopped.taskArn);
});

test('a load balancer has tasks replaced of whose health ECS knows nothing', async () => {
  const unseen = { ...light_definition, light: { health: false, balancer_ms: 5_000 } };
  const ecs = start_ecs({ definitions: { 'billing:1': unseen } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(5_900);
  assert.equal((await ecs.tasks())[0].healthStatus, 'UNKNOWN');
  await ecs.clock.advance(100);
  const [stopped] = await ecs.tasks('STOPPED');
  assert.equal(stopped.stopCode, 'ServiceSchedulerInitiated');
  assert.match(stopped.stoppedReason, /^Task failed ELB health checks in \(target-group /);
  await ecs.clock.advance(2_000);
  assert.equal((await ecs.tasks()).length, 1);
});

test('a task that never runs is tried again after longer and longer pauses, and ECS says so', async () => {
  const ecs = start_ecs({ settings: { pull_error: 'CannotPullContainerError: not found' } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(1_000 + 500 + 1_000 + 1_000 + 1_000);
  const stopped = await ecs.tasks('STOPPED');
  assert.deepEqual(
    stopped.map(({ stopCode, stoppedReason }) => `${stopCode}: ${stoppedReason}`),
    Array(3).fill('TaskFailedToStart: CannotPullContainerError: not found'),
  );
  assert.match(messages((await ecs.look()).events)[0], /^is unable to consistently start tasks successfully\./);
  assert.equal((await ecs.look()).deployments[0].failedTasks, 3);
});

test('a task that ran and ends is replaced without a growing pause', async () => {
  const mortal = { ...light_definition, light: { exit_ms: 100, exit_code: 3 } };
  const ecs = start_ecs({ definitions: { 'billing:1': mortal }, settings: { replace_ms: 500 } });
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(10 * (1_000 + 100 + 500));
  const stopped = await ecs.tasks('STOPPED');
  assert.equal(stopped.length, 10);
  assert.equal(stopped[0].stopCode, 'EssentialContainerExited');
  assert.equal(stopped[0].containers[0].exitCode, 3);
});

test('a deployment rolls: old tasks stay until new ones are up', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 2 });
  await ecs.clock.advance(2_000);
  await ecs.update({ taskDefinition: 'billing:2' });
  await ecs.clock.advance(1_400);
  const revisions = async () => (await ecs.tasks()).map(({ taskDefinitionArn }) => taskDefinitionArn.split(':').pop()).sort();
  assert.deepEqual(await revisions(), ['1', '1', '2', '2']);
  const rolling = (await ecs.look()).deployments.map((/** @type {any} */ each) => [each.status, each.runningCount, each.rolloutState]);
  assert.deepEqual(rolling, [
    ['PRIMARY', 2, 'IN_PROGRESS'],
    ['ACTIVE', 2, 'COMPLETED'],
  ]);
  await ecs.clock.advance(200);
  assert.deepEqual(await revisions(), ['2', '2']);
  assert.deepEqual(
    (await ecs.look()).deployments.map((/** @type {any} */ each) => [each.status, each.rolloutState]),
    [['PRIMARY', 'COMPLETED']],
  );
  assert.match(messages((await ecs.look()).events)[0], /^has reached a steady state\.$/);
});

test('a deployment of what sleeps is complete at once, also of what cannot run', async () => {
  const ecs = start_ecs({ settings: { pull_error: 'CannotPullContainerError: not found' } });
  await ecs.clock.advance(1_000);
  await ecs.update({ taskDefinition: 'billing:2' });
  await ecs.clock.advance();
  const { deployments, taskDefinition } = await ecs.look();
  assert.match(taskDefinition, /billing:2$/);
  assert.deepEqual([deployments.length, deployments[0].rolloutState], [1, 'COMPLETED']);
});

test('the same definition is deployed again on demand', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  const [before] = await ecs.tasks();
  await ecs.update({ forceNewDeployment: true });
  await ecs.clock.advance(3_000);
  const after = await ecs.tasks();
  assert.equal(after.length, 1);
  assert.notEqual(after[0].startedBy, before.startedBy);
});

test('Spot: a task that AWS takes back is no longer wanted, and its successor starts at once', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  const [task] = await ecs.tasks();
  void ecs.scheduler.interrupt(task.taskArn);
  await ecs.clock.advance();
  const [stopped] = await ecs.tasks('STOPPED');
  assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ['SpotInterruption', 'Your Spot Task was interrupted.']);
  assert.equal((await ecs.tasks()).length, 1);
});

test('a protected task outlives zero, until its protection ends', async () => {
  const ecs = start_ecs();
  await ecs.update({ desiredCount: 2 });
  await ecs.clock.advance(2_000);
  const [{ taskArn }] = await ecs.tasks();
  const { protectedTasks } = await ecs.call('UpdateTaskProtection', { tasks: [taskArn], protectionEnabled: true, expiresInMinutes: 5 });
  assert.equal(protectedTasks[0].taskArn, taskArn);
  await ecs.update({ desiredCount: 0 });
  await ecs.clock.advance(299_000);
  assert.deepEqual([(await ecs.look()).desiredCount, (await ecs.look()).runningCount], [0, 1]);
  assert.deepEqual(
    (await ecs.tasks()).map((each) => each.taskArn),
    [taskArn],
  );
  await ecs.clock.advance(1_000);
  assert.deepEqual(await ecs.tasks(), []);
});

test('a DAEMON runs a task on each machine, and takes no desired count', async () => {
  const ecs = start_ecs({ services: { billing: { task_definition: 'billing:1', scheduling: 'DAEMON', instances: 3 } } });
  await ecs.clock.advance(2_000);
  assert.equal((await ecs.look()).runningCount, 3);
  const refused = (/** @type {any} */ problem) =>
    problem.code === 'InvalidParameterException' &&
    /^The daemon scheduling strategy does not support a desired count/.test(problem.message);
  await assert.rejects(ecs.update({ desiredCount: 0 }), refused);
});

test('a service tells what it does, newest first', async () => {
  const ecs = start_ecs();
  await ecs.clock.advance();
  await ecs.update({ desiredCount: 1 });
  await ecs.clock.advance(2_000);
  await ecs.update({ desiredCount: 0 });
  await ecs.clock.advance();
  assert.deepEqual(messages((await ecs.look()).events), [
    'has reached a steady state.',
    'has stopped 1 running tasks: (task ID).',
    'has reached a steady state.',
    'has started 1 tasks: (task ID).',
    'has reached a steady state.',
  ]);
});
