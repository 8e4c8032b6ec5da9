// Whatever happens to a service of local-aws, it ends where it is wanted: random walks, the same ones each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Random } from '../parity/random.mjs';
import { start_ecs } from '../support/ecs_world.mjs';

/** @typedef {{ecs: import('../support/ecs_world.mjs').Ecs, roll: (below: number) => number}} Walk */

/** @param {Walk} walk @returns a task of the service, if there is one */
async function any_task({ ecs, roll }) {
  const tasks = await ecs.tasks();
  return tasks[roll(Math.max(tasks.length, 1))];
}

/** @type {((walk: Walk) => Promise<unknown>)[]} */
const steps = [
  ({ ecs, roll }) => ecs.update({ desiredCount: roll(4) }),
  ({ ecs, roll }) => ecs.update({ taskDefinition: `billing:${1 + roll(2)}` }),
  ({ ecs }) => ecs.update({ forceNewDeployment: true }),
  async (walk) => {
    const task = await any_task(walk);
    if (task !== undefined) void walk.ecs.scheduler.interrupt(task.taskArn);
  },
  async (walk) => {
    const task = await any_task(walk);
    if (task !== undefined) await walk.ecs.call('StopTask', { task: task.taskArn });
  },
  async (walk) => {
    const task = await any_task(walk);
    if (task === undefined) return;
    await walk.ecs.call('UpdateTaskProtection', { tasks: [task.taskArn], protectionEnabled: true, expiresInMinutes: 1 + walk.roll(3) });
  },
  async ({ ecs, roll }) => ecs.faults.set({ scale_in_ms: roll(5_000), act_ms: roll(3_000), health_late_ms: roll(2) * 3_000 }),
  async ({ ecs, roll }) => ecs.faults.set({ unplaceable: roll(3) === 0 ? 'Capacity is unavailable at this time' : '', vcpus: roll(3) }),
  async ({ ecs, roll }) => ecs.faults.set({ eni_timeouts: roll(2), pull_error: roll(4) === 0 ? 'CannotPullContainerError' : '' }),
];

/** @param {Walk} walk @param {Map<string, number>} versions */
async function check(walk, versions) {
  const tasks = [...(await walk.ecs.tasks()), ...(await walk.ecs.tasks('STOPPED'))];
  for (const { taskArn, version, lastStatus } of tasks) {
    assert.ok(version >= (versions.get(taskArn) ?? 0), `the version of ${taskArn} went back`);
    if (lastStatus === 'STOPPED' && versions.has(taskArn)) assert.ok(version <= 6);
    versions.set(taskArn, version);
  }
  const { desiredCount, runningCount, pendingCount } = await walk.ecs.look();
  assert.ok([desiredCount, runningCount, pendingCount].every((count) => count >= 0));
}

for (let seed = 1; seed <= 20; seed += 1) {
  test(`walk ${seed} ends with what is wanted, of the newest deployment alone`, async () => {
    const random = new Random(seed);
    const walk = { ecs: start_ecs(), roll: (/** @type {number} */ below) => random.below(below) };
    const versions = new Map();
    for (let step = 0; step < 60; step += 1) {
      await steps[walk.roll(steps.length)]?.(walk);
      await walk.ecs.clock.advance(walk.roll(4_000));
      await check(walk, versions);
    }
    walk.ecs.faults.set({ unplaceable: '', vcpus: 0, pull_error: '', eni_timeouts: 0 });
    await walk.ecs.clock.advance(300_000);
    const { desiredCount, runningCount, pendingCount, deployments, taskDefinition } = await walk.ecs.look();
    assert.deepEqual([runningCount, pendingCount, deployments.length], [desiredCount, 0, 1]);
    assert.equal(deployments[0].rolloutState, 'COMPLETED');
    for (const task of await walk.ecs.tasks()) {
      assert.deepEqual([task.startedBy, task.taskDefinitionArn, task.healthStatus], [deployments[0].id, taskDefinition, 'HEALTHY']);
    }
  });
}
