// The tour of the demo as a test: each step is one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { start_stack } from '../../demo/stack.mjs';
import { play_tour } from '../../demo/tour/tour.mjs';

test('the tour', async (t) => {
  const stack = await start_stack();
  try {
    const steps = await play_tour(stack, () => {});
    assert.ok(steps.length >= 50, 'the tour has its steps');
    for (const { title, expected, seen } of steps) await t.test(title, () => assert.equal(seen, expected));
  } finally {
    await stack.stop();
  }
});
