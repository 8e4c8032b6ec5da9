// The parts that reaching a service is made of, with time and chance in the test's hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker, FAILURES_TO_OPEN, PAUSE_FIRST_MS, PAUSE_MOST_MS, PROBE_MS, PROBE_PATIENCE_MS } from '../../worker-shim/reach/breaker.js';
import { Endpoints, REFRESH_MS } from '../../worker-shim/reach/endpoints.js';
import { InFlight } from '../../worker-shim/reach/in_flight.js';

const never = () => 0;

/** Failed for as many callers as it takes. @param {number} [now] */
function opened(now = 0) {
  const breaker = new Breaker(never);
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1) breaker.failed(now, `caller ${i}`);
  return breaker;
}

test('a breaker stays closed below so many failures in a row', () => {
  const breaker = new Breaker(never);
  for (let round = 0; round < 3; round += 1) {
    for (let i = 1; i < FAILURES_TO_OPEN; i += 1) breaker.failed(0, `caller ${i}`);
    assert.equal(breaker.admit(0, 'anybody'), 0);
    breaker.answered();
  }
  assert.equal(breaker.state, 'closed');
});

test('an open breaker refuses and says for how long', () => {
  const breaker = opened(1000);
  assert.equal(breaker.admit(1000, 'anybody'), PAUSE_FIRST_MS);
  assert.equal(breaker.admit(1000 + PAUSE_FIRST_MS - 1, 'anybody'), 1);
  assert.equal(breaker.state, 'open');
});

test('the failures of one caller, however many, shut the door on that caller alone', () => {
  const breaker = new Breaker(never);
  for (let i = 0; i < 100; i += 1) breaker.failed(0, 'mallory');
  assert.deepEqual([breaker.state, breaker.admit(0, 'alice'), breaker.admit(0, 'mallory')], ['closed', 0, PAUSE_FIRST_MS]);
  for (let i = 0; i < 100; i += 1) breaker.failed(0, 'malcolm');
  assert.deepEqual([breaker.state, breaker.admit(0, 'alice')], ['closed', 0]);
  breaker.failed(0, 'bob');
  assert.deepEqual([breaker.state, breaker.admit(0, 'alice')], ['open', PAUSE_FIRST_MS]);
});

test('a single caller of a service that is gone is told so as well, and probes', () => {
  const breaker = new Breaker(never);
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1) breaker.failed(0, 'alice');
  assert.equal(breaker.admit(0, 'alice'), PAUSE_FIRST_MS);
  assert.deepEqual(
    [breaker.admit(PAUSE_FIRST_MS, 'alice'), breaker.is_probing('alice'), breaker.admit(PAUSE_FIRST_MS, 'alice')],
    [0, true, PAUSE_FIRST_MS],
  );
  breaker.failed(PAUSE_FIRST_MS, 'alice');
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'alice'), 2 * PAUSE_FIRST_MS);
});

test('whoever is answered proves the way for all', () => {
  const breaker = new Breaker(never);
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1) breaker.failed(0, 'alice');
  breaker.answered();
  assert.equal(breaker.admit(0, 'alice'), 0);
});

test('after the pause exactly one request probes', () => {
  const breaker = opened();
  const admitted = Array.from({ length: 50 }, (_, i) => breaker.admit(PAUSE_FIRST_MS, `caller ${i % 7}`)).filter((pause) => pause === 0);
  assert.equal(admitted.length, 1);
  assert.equal(breaker.state, 'half-open');
});

test('a probe that is answered closes the breaker', () => {
  const breaker = opened();
  breaker.admit(PAUSE_FIRST_MS, 'anybody');
  breaker.answered();
  assert.deepEqual([breaker.admit(PAUSE_FIRST_MS, 'anybody'), breaker.state], [0, 'closed']);
});

test('each probe that fails doubles the pause, up to the most', () => {
  const breaker = opened();
  const pauses = [];
  for (let now = 0, i = 0; i < 8; i += 1) {
    const pause = breaker.admit(now, `prober ${i}`);
    pauses.push(pause);
    now += pause;
    assert.equal(breaker.admit(now, `prober ${i}`), 0);
    breaker.failed(now, `prober ${i}`);
  }
  assert.deepEqual(
    pauses,
    [1, 2, 4, 8, 16, 30, 30, 30].map((times) => Math.min(times * PAUSE_FIRST_MS, PAUSE_MOST_MS)),
  );
});

test('whose probe failed does not take the next one from others', () => {
  const breaker = opened();
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'mallory'), 0);
  breaker.failed(PAUSE_FIRST_MS, 'mallory');
  const reopened = 3 * PAUSE_FIRST_MS;
  assert.equal(breaker.admit(reopened, 'mallory'), 2 * PAUSE_FIRST_MS);
  assert.equal(breaker.admit(reopened, 'alice'), 0);
});

test("nobody waits for ever for another caller's probe", () => {
  const breaker = opened();
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'mallory'), 0);
  assert.equal(breaker.admit(PAUSE_FIRST_MS + PROBE_PATIENCE_MS - 1, 'alice'), PAUSE_FIRST_MS);
  assert.equal(breaker.admit(PAUSE_FIRST_MS + PROBE_PATIENCE_MS, 'alice'), 0);
  assert.equal(breaker.admit(PAUSE_FIRST_MS + PROBE_PATIENCE_MS, 'bob'), PAUSE_FIRST_MS);
});

test('an upload that streams goes once a second, and is no probe that others wait for', () => {
  const breaker = opened();
  assert.equal(breaker.admit(PAUSE_FIRST_MS - 1, 'mallory', false), 1);
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'mallory', false), 0);
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'malcolm', false), PAUSE_FIRST_MS);
  assert.deepEqual([breaker.state, breaker.is_probing('mallory'), breaker.admit(PAUSE_FIRST_MS, 'alice')], ['open', false, 0]);
  breaker.answered();
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'malcolm', false), 0);
});

test('failures of requests that left before the breaker opened do not open it longer', () => {
  const breaker = opened();
  for (let i = 0; i < 100; i += 1) breaker.failed(PAUSE_FIRST_MS - 1, `other ${i}`);
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'anybody'), 0);
});

test('a probe that is never heard of again does not keep the breaker open for ever', () => {
  const breaker = opened();
  assert.equal(breaker.admit(PAUSE_FIRST_MS, 'alice'), 0);
  assert.notEqual(breaker.admit(PAUSE_FIRST_MS + PROBE_MS - 1, 'alice'), 0);
  assert.equal(breaker.admit(PAUSE_FIRST_MS + PROBE_MS, 'alice'), 0);
});

test('a probe that proved nothing lets the next request probe', () => {
  const breaker = opened();
  breaker.admit(PAUSE_FIRST_MS, 'alice');
  breaker.ended('alice');
  assert.deepEqual([breaker.state, breaker.admit(PAUSE_FIRST_MS, 'bob')], ['open', 0]);
});

test('isolates that opened together do not probe together', () => {
  const breaker = new Breaker(() => 0.999);
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1) breaker.failed(0, `caller ${i}`);
  assert.ok(breaker.admit(PAUSE_FIRST_MS, 'anybody') > 0);
});

test('one caller does not fill what others need: beyond a half, nobody has more than a tenth', () => {
  const flying = new InFlight();
  const enter = (/** @type {string} */ caller, /** @type {number} */ count) =>
    Array.from({ length: count }, () => flying.enter(100, caller));
  const mine = enter('mallory', 50);
  assert.deepEqual(
    ['mallory', 'alice'].map((each) => flying.is_full(0, 100, each)),
    [true, false],
  );
  enter('alice', 9);
  assert.equal(flying.is_full(0, 100, 'alice'), false);
  enter('alice', 1);
  assert.equal(flying.is_full(0, 100, 'alice'), true);
  for (const each of mine) flying.leave(each);
  assert.equal(flying.is_full(0, 100, 'mallory'), false);
  for (let i = 0; i < 90; i += 1) enter(`caller ${i}`, 1);
  assert.equal(flying.is_full(0, 100, 'newcomer'), true);
  assert.equal(flying.is_full(100, 100, 'newcomer'), false);
});

test('a request whose end is never told is counted until it must have been answered', () => {
  const flying = new InFlight();
  flying.enter(100);
  const told = flying.enter(200);
  assert.equal(flying.count(0), 2);
  flying.leave(told);
  assert.equal(flying.count(99), 1);
  assert.equal(flying.count(100), 0);
});

const task = (/** @type {number} */ n) => ({ task_arn: `arn:${n}`, address: `10.0.0.${n}`, port: 8080 });
const tasks = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => task(i + 1));

/** A generator of numbers in [0, 1) that is the same in every run. */
function seeded(seed = 42) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One that there must be. @param {Endpoints} endpoints */
function chosen(endpoints) {
  const found = endpoints.choose(0);
  assert.ok(found);
  return found;
}

test('nothing is known before something was learned', () => {
  assert.equal(new Endpoints(0, never).choose(0), undefined);
});

test('of two endpoints the one with less under way is chosen', () => {
  for (const random of [never, () => 0.99]) {
    const endpoints = new Endpoints(0, random);
    endpoints.learn(tasks(2), 0);
    const busy = chosen(endpoints);
    busy.in_flight.enter(1000);
    assert.notEqual(chosen(endpoints).task_arn, busy.task_arn);
    chosen(endpoints).in_flight.enter(1000);
    endpoints.choose(0, busy)?.in_flight.enter(1000);
    assert.equal(chosen(endpoints).task_arn, busy.task_arn);
  }
});

test('the two that are compared are never one and the same', () => {
  const endpoints = new Endpoints(0, seeded());
  endpoints.learn(tasks(3), 0);
  const first = chosen(endpoints);
  for (let i = 0; i < 9; i += 1) first.in_flight.enter(1000);
  for (let i = 0; i < 1000; i += 1) assert.notEqual(chosen(endpoints).task_arn, first.task_arn);
});

test('power of two choices spreads load far better than chance', () => {
  const spread = (/** @type {(endpoints: Endpoints) => any} */ choose) => {
    const endpoints = new Endpoints(0, seeded());
    endpoints.learn(tasks(10), 0);
    const counts = new Map();
    for (let i = 0; i < 10_000; i += 1) {
      const one = choose(endpoints);
      one.in_flight.enter(1000);
      counts.set(one.task_arn, (counts.get(one.task_arn) ?? 0) + 1);
    }
    return Math.max(...counts.values()) - Math.min(...counts.values());
  };
  assert.ok(spread((endpoints) => endpoints.choose(0)) <= 10);
});

test('the endpoint that was tried is not chosen again', () => {
  const endpoints = new Endpoints(0, seeded());
  endpoints.learn(tasks(2), 0);
  const tried = chosen(endpoints);
  for (let i = 0; i < 20; i += 1) assert.notEqual(endpoints.choose(0, tried)?.task_arn, tried.task_arn);
  endpoints.learn([tried], 0);
  assert.equal(endpoints.choose(0, tried), undefined);
});

test('a dropped endpoint is gone at once', () => {
  const endpoints = new Endpoints(0, never);
  endpoints.learn(tasks(1), 0);
  endpoints.drop(chosen(endpoints));
  assert.equal(endpoints.choose(0), undefined);
});

test('an endpoint that is still there after a refresh keeps its count; a new address under the same task does not', () => {
  const endpoints = new Endpoints(0, never);
  endpoints.learn([task(1)], 0);
  chosen(endpoints).in_flight.enter(1000);
  endpoints.learn([task(1)], 10);
  assert.equal(endpoints.choose(10)?.in_flight.count(10), 1);
  endpoints.learn([{ ...task(1), address: '10.9.9.9' }], 20);
  assert.equal(endpoints.choose(20)?.in_flight.count(20), 0);
});

test('a list is refreshed once per refresh time, and jittered to be earlier, never later', () => {
  for (const [random, early] of /** @type {[() => number, number][]} */ ([
    [() => 0, 0],
    [() => 0.999, 0.25],
  ])) {
    const endpoints = new Endpoints(0, random);
    endpoints.learn(tasks(1), 0);
    assert.equal(endpoints.take_refresh(REFRESH_MS * (1 - early) - 1), false);
    assert.equal(endpoints.take_refresh(REFRESH_MS), true);
    assert.equal(endpoints.take_refresh(REFRESH_MS), false);
    assert.equal(endpoints.take_refresh(2 * REFRESH_MS), true);
  }
});

test('a list that was not refreshed for long is not used', () => {
  const endpoints = new Endpoints(0, never);
  endpoints.learn(tasks(1), 0);
  assert.notEqual(endpoints.choose(3 * REFRESH_MS - 1), undefined);
  assert.equal(endpoints.choose(3 * REFRESH_MS), undefined);
});

test('no list is used for longer than the idle stop of its service', () => {
  for (const idle_stop of [4_000, 60_000, 900_000]) {
    const endpoints = new Endpoints(idle_stop, never);
    endpoints.learn(tasks(1), 0);
    assert.equal(endpoints.choose(idle_stop), undefined, String(idle_stop));
    assert.equal(endpoints.take_refresh(idle_stop / 4), true, String(idle_stop));
  }
});
