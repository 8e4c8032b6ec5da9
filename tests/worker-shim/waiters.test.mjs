// Those who wait for something of an object: each gets one answer, the one of the release or, when the time is over, its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Waiters } from '../../worker-shim/objects/waiters.js';

test('all who wait for the same thing get the answer of the release, and nobody else does', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const waiters = /** @type {Waiters<string>} */ (new Waiters());
  const waiting = [waiters.wait('a', 100, () => 'late'), waiters.wait('a', 100, () => 'late'), waiters.wait('b', 100, () => 'late')];
  assert.equal(waiters.count('a'), 2);
  waiters.release('a', 'there');
  assert.deepEqual([waiters.count('a'), waiters.count('b')], [0, 1]);
  context.mock.timers.tick(100);
  assert.deepEqual(await Promise.all(waiting), ['there', 'there', 'late']);
});

test('a release that comes after the time is over reaches nobody', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const waiters = /** @type {Waiters<string>} */ (new Waiters());
  let time = 0;
  const waiting = waiters.wait('a', 100, () => `late at ${time}`);
  time = 100;
  context.mock.timers.tick(100);
  waiters.release('a', 'there');
  assert.deepEqual([await waiting, waiters.count('a')], ['late at 100', 0]);
});
