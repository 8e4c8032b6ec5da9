// The clock that tests of local-aws move by hand, and the one of the wall.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ManualClock, wall_clock } from '../../demo/local_aws/clock.mjs';

test('what is due happens in its order and at its own time, also what it asks for on the way', async () => {
  const clock = new ManualClock(0);
  const seen = /** @type {[string, number][]} */ ([]);
  const see = (/** @type {string} */ what) => seen.push([what, clock.now()]);
  clock.after(30, () => see('third'));
  clock.after(10, () => {
    see('first');
    clock.after(10, () => see('asked for by the first'));
  });
  clock.after(20, () => see('second'));
  clock.after(20, () => see('second, asked for later'));
  clock.after(31, () => see('too late'));
  await clock.advance(30);
  assert.deepEqual(seen, [
    ['first', 10],
    ['second', 20],
    ['second, asked for later', 20],
    ['asked for by the first', 20],
    ['third', 30],
  ]);
});

test('what is called off does not happen, and nothing happens while the clock stands', async () => {
  const clock = new ManualClock(0);
  let happened = 0;
  const call_off = clock.after(5, () => (happened += 1));
  clock.after(5, () => (happened += 10));
  assert.equal(happened, 0);
  call_off();
  await clock.advance(5);
  assert.equal(happened, 10);
});

test('a sleep ends with its promise before the next thing is due', async () => {
  const clock = new ManualClock(0);
  const seen = /** @type {number[]} */ ([]);
  const walk = async () => {
    for (let step = 0; step < 3; step += 1) {
      await clock.sleep(10);
      seen.push(clock.now());
    }
  };
  void walk();
  await clock.advance(100);
  assert.deepEqual(seen, [10, 20, 30]);
  assert.equal(clock.now(), 100);
});

test('nothing happens before its time by the clock, although timers may ring a millisecond early', (context) => {
  let time = 1_000;
  let rung = 0;
  const waits = /** @type {{ring: () => void, ms: number}[]} */ ([]);
  context.mock.method(Date, 'now', () => time);
  context.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ ring, /** @type {number} */ ms) => {
    waits.push({ ring, ms });
    return { unref: () => {} };
  });
  wall_clock.after(500, () => (rung += 1));
  time = 1_499;
  waits[0]?.ring();
  assert.deepEqual([rung, waits.length, waits[1]?.ms], [0, 2, 1]);
  time = 1_500;
  waits[1]?.ring();
  assert.deepEqual([rung, waits.length], [1, 2]);
});
