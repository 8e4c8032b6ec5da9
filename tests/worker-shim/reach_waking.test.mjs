// A service that may be asleep: when its coordinator is asked, what callers are told meanwhile, and how long they wait.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { FAILURES_TO_OPEN } from '../../worker-shim/reach/breaker.js';
import { by_task, here, json_of, reaching, refused, silent, starting, tasks, until_sent, wake } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'error'])) mock.method(console, stream, () => {});
});

test('a service behind an origin is woken through the coordinator and reached at the origin', async () => {
  const world = reaching({ ...by_task, origin: 'https://billing.example' });
  assert.equal((await world.respond()).status, 200);
  assert.equal((await world.respond()).status, 200);
  assert.deepEqual(
    [world.asked.length, world.sent.map((each) => each.url)],
    [1, ['https://billing.example/x?y=1', 'https://billing.example/x?y=1']],
  );
});

test('a fixed origin that is never woken is not asked about', async () => {
  const world = reaching({ ...by_task, origin: 'https://billing.example', ecs: { ...here, wake: null } });
  assert.equal((await world.respond()).status, 200);
  assert.deepEqual(world.asked, []);
});

test('an origin that fails is asked about again, and an idempotent request tried again there', async () => {
  const world = reaching({ ...by_task, origin: 'https://billing.example' });
  await world.respond();
  world.fetch = () => (world.sent.length === 2 ? refused() : new Response('up again'));
  assert.equal(await (await world.respond()).text(), 'up again');
  assert.deepEqual([world.asked.length, world.lost], [2, []]);
});

test('after waiting the core decides anew, and only what it says then is sent', async () => {
  const world = reaching(by_task, {
    ensure: () => {
      world.now += 8_000;
      return { answer: 'ready', endpoints: tasks(1) };
    },
  });
  const response = await world.respond();
  assert.deepEqual([response.headers.get('sallyport-request-id'), world.sent.map((each) => each.id)], ['id-2', ['id-2']]);
});

test('whoever is no longer allowed after waiting is not served', async () => {
  const world = reaching(by_task, {
    ensure: () => {
      world.now += 8_000;
      return { answer: 'ready', endpoints: tasks(1) };
    },
  });
  world.refusal = new Response('no longer', { status: 403 });
  assert.equal((await world.respond()).status, 403);
  assert.equal(world.sent.length, 0);
});

test('a program is told that the service is starting, how far it is, since when, and when to come back', async () => {
  const world = reaching(by_task, { ensure: () => starting() });
  const told = await json_of(await world.respond({ headers: { accept: 'application/json' } }));
  assert.deepEqual(
    [told.status, told.code, told.retry, told.state, told.progress, told.elapsed, told.request_id],
    [503, 'wake_starting', '3', 'starting', 'pulling', 12, 'id-1'],
  );
});

test('a start that failed is another answer than one that runs', async () => {
  const world = reaching(by_task, {
    ensure: () => ({ answer: 'failed', reason: 'wake_failed', retry_after_s: 40, detail: 'CannotPullContainerError: no such image' }),
  });
  const response = await world.respond();
  const told = await json_of(response);
  assert.deepEqual([told.status, told.code, told.retry, told.state, 'progress' in told], [503, 'wake_failed', '40', 'failed', false]);
  assert.ok(!JSON.stringify(told).includes('CannotPull'), 'the words of AWS are for operators');
});

test('a caller over budget is refused and the service stays asleep', async () => {
  const told = await json_of(
    await reaching(by_task, { ensure: () => ({ answer: 'refused', reason: 'wake_budget_exhausted', retry_after_s: 3480 }) }).respond(),
  );
  assert.deepEqual([told.status, told.code, told.state, told.retry], [429, 'wake_budget_exhausted', 'asleep', '3480']);
});

test('a coordinator that fails is a failure of its own, and does not open the breaker', async () => {
  const world = reaching(by_task, {
    ensure: () => {
      throw new Error('overloaded');
    },
  });
  for (let i = 0; i < 2 * FAILURES_TO_OPEN; i += 1) assert.equal((await json_of(await world.respond())).code, 'aws_unavailable');
});

test('a client may ask to wait less than the policy allows, never more', async () => {
  for (const [prefer, hold] of [
    ['wait=0', 0],
    ['respond-async, wait=10', 10_000],
    ['wait=600', 25_000],
    ['wait=soon', 25_000],
    ['await=1', 25_000],
  ]) {
    const world = reaching(by_task);
    await world.respond({ headers: { prefer: String(prefer) } });
    assert.equal(world.asked[0].hold_ms, hold, String(prefer));
  }
});

test('a wait is never longer than the platform allows', async () => {
  const world = reaching({ ...by_task, ecs: { ...here, wake: { ...wake, hold_ms: 3_600_000 } } });
  await world.respond();
  assert.equal(world.asked[0].hold_ms, 90_000);
});

test('waiting and answering together take no longer than the platform allows', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const world = reaching(by_task, {
    fetch: silent,
    ensure: () => {
      world.now += 90_000;
      return { answer: 'ready', endpoints: tasks(1) };
    },
  });
  const answering = world.respond({ forward: { repeatable: false, timeout_ms: 60_000 } });
  await until_sent(world, 1);
  context.mock.timers.tick(8_000);
  assert.equal((await json_of(await answering)).code, 'upstream_timeout');
});

test('a coordinator that has too much to do is not asked again at once, one that was restarted is', async () => {
  for (const [error, asked] of /** @type {[Error, number][]} */ ([
    [Object.assign(new Error('too many requests queued'), { overloaded: true }), 1],
    [Object.assign(new Error('reset'), { overloaded: false, retryable: true }), 2],
    [new Error('reset'), 2],
  ])) {
    const world = reaching(by_task, {
      ensure: () => {
        throw error;
      },
    });
    const told = await json_of(await world.respond());
    assert.deepEqual([told.code, Number(told.retry) > 0, world.asked.length], ['aws_unavailable', true, asked]);
  }
});
