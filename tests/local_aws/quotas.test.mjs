// Request quotas of local-aws: token buckets as AWS has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { start_ecs } from '../support/ecs_world.mjs';

const throttled = (/** @type {any} */ problem) => problem.code === 'ThrottlingException' && problem.status === 400;

/** How many of so many calls pass at once. @param {() => Promise<unknown>} call @param {number} count */
async function passing(call, count) {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, call));
  for (const each of outcomes) if (each.status === 'rejected') assert.ok(throttled(each.reason), String(each.reason));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

test('without a quota nothing is throttled', async () => {
  const ecs = start_ecs();
  assert.equal(await passing(() => ecs.update({ desiredCount: 0 }), 500), 500);
  assert.deepEqual(ecs.quotas.tokens(), {});
});

test('UpdateService has a burst of 50, and 5 a second after that', async () => {
  const ecs = start_ecs({ settings: { quotas: 'aws' } });
  const update = () => ecs.update({ desiredCount: 0 });
  assert.equal(await passing(update, 60), 50);
  await ecs.clock.advance(3_000);
  assert.equal(await passing(update, 60), 15);
  assert.equal(ecs.quotas.refused.get('UpdateService'), 55);
});

test('a bucket that nobody uses is never fuller than its burst', async () => {
  const ecs = start_ecs({ settings: { quotas: 'aws' } });
  await ecs.clock.advance(3_600_000);
  assert.equal(await passing(() => ecs.look(), 150), 100);
});

test('ListTasks and DescribeTasks share one bucket, DescribeServices has its own', async () => {
  const ecs = start_ecs({ settings: { quotas: 'aws' } });
  assert.equal(await passing(() => ecs.call('ListTasks'), 70), 70);
  const describe = () => ecs.call('DescribeTasks', { tasks: ['none'] });
  assert.equal(await passing(describe, 70), 30);
  assert.equal(await passing(() => ecs.look(), 10), 10);
});

test('others use up a share of the rate, and at times all that is there', async () => {
  const ecs = start_ecs({ settings: { quotas: 'aws', others: 0.4 } });
  const update = () => ecs.update({ desiredCount: 0 });
  ecs.quotas.use_up('update_service', 1_000);
  assert.equal(await passing(update, 1), 0);
  await ecs.clock.advance(10_000);
  assert.equal(await passing(update, 60), 30);
});

test('RunTask and StopTask share a bucket; launches have one more, which counts tasks', async () => {
  const ecs = start_ecs({ settings: { quotas: { launches: { burst: 20, rate: 20 } } } });
  const run = () => ecs.call('RunTask', { taskDefinition: 'billing:1', count: 10 });
  assert.equal(await passing(run, 3), 2);
  ecs.faults.set({ quotas: { run_stop: { burst: 5, rate: 1 } } });
  assert.equal(await passing(() => ecs.call('RunTask', { taskDefinition: 'billing:1' }), 3), 3);
  const [task] = [...ecs.scheduler.tasks.keys()];
  assert.equal(await passing(() => ecs.call('StopTask', { task }), 3), 2);
});

test('a service whose launches are throttled waits for them', async () => {
  const ecs = start_ecs({ settings: { quotas: { launches: { burst: 2, rate: 1 } } } });
  await ecs.update({ desiredCount: 4 });
  await ecs.clock.advance();
  assert.equal((await ecs.tasks()).length, 2);
  await ecs.clock.advance(3_000);
  assert.equal((await ecs.tasks()).length, 4);
});
