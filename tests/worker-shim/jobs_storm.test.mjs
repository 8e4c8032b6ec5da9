// Jobs in a storm: AWS throttles, fails, loses answers and is slow by turns, objects end at any moment, callers repeat
// themselves. Whatever happens: one task a run, one run a key, and every run tells the exit code of its own task.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start_jobs_edge } from '../support/jobs_edge.mjs';

const runs = 24;
const seed = 20260801;

/** @type {import('../support/jobs_edge.mjs').JobsEdge} */ let world;
const storage = mkdtempSync(join(tmpdir(), 'sallyport-jobs-'));
before(async () => {
  world = await start_jobs_edge({ storage });
});
after(async () => {
  await world.stop();
  rmSync(storage, { recursive: true });
});

/** Numbers below `limit` that are the same every time (mulberry32). @param {number} state */
const dice = (state) => (/** @type {number} */ limit) => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
};

const actions = ['RunTask', 'DescribeTasks', 'AssumeRoleWithWebIdentity'];
/** @type {((action: string, times: number) => object)[]} */
const kinds = [
  (action, times) => ({ throttle: { [action]: times } }),
  (action, times) => ({ fail: { [action]: ['ServerException', 500, times] } }),
  (action, times) => ({ lose: { [action]: times } }),
  (action, times) => ({ delay_ms: { [action]: 100 * times } }),
  () => ({ expire_sessions: true }),
  () => ({}),
];

test(`${runs} runs in a storm (seed ${seed}): one task each, and each tells its own exit code`, async () => {
  const roll = dice(seed);
  const asked = [];
  for (let i = 0; i < runs; i += 1) {
    world.no_faults();
    world.faults(kinds[roll(kinds.length)](actions[roll(actions.length)], 1 + roll(4)));
    const key = world.fresh_key();
    const input = { MONTH: '2026-07', CODE: String(roll(256)) };
    const posts = Array.from({ length: 1 + roll(3) }, () => world.run('export', input, key));
    if (roll(4) === 0) await world.end_object('export');
    asked.push({ input, answers: await Promise.all(posts) });
  }
  world.no_faults();
  for (const { input, answers } of asked) {
    const [first] = answers;
    for (const each of answers) assert.ok([200, 202].includes(each.status), each.text);
    assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1, 'one key, one run');
    const over = await world.finished(first.location);
    const code = Number(input.CODE);
    assert.deepEqual([over.json.state, over.json.exit_code], [code === 0 ? 'succeeded' : 'failed', code]);
    assert.equal(world.tasks_of(first).length, 1, 'one run, one task');
  }
  assert.equal(world.all_tasks().length, runs);
});
