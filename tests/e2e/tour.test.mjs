// The tour of the demo as a test: each step is one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { start_stack } from '../../demo/stack.mjs';
import { play_tour } from '../../demo/tour/tour.mjs';

/** Of the Worker's log, where a step did not end as it should. */
const most_lines = 200;

test('the tour', async (t) => {
  const stack = await start_stack();
  try {
    const steps = await play_tour(stack, () => {});
    assert.ok(steps.length >= 57, 'the tour has its steps');
    if (steps.some(({ expected, seen }) => seen !== expected))
      console.error(stack.worker_output().split('\n').slice(-most_lines).join('\n'));
    for (const { title, expected, seen } of steps) await t.test(title, () => assert.equal(seen, expected));
  } finally {
    await stack.stop();
  }
});
