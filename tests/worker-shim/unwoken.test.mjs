// Requests that wake nothing (worker-shim/reach/search.js, wake/http.js): what they are told, and that they are no use of anything.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { answer_service } from '../../worker-shim/wake/http.js';
import { by_task, core, json_of, reaching, starting, tasks } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'warn', 'error'])) mock.method(console, stream, () => {});
});

const speculative = { forward: { wakes: false, refusal_fields: [['Access-Control-Allow-Origin', 'https://page.example']] } };
const ready = () => ({ told: { answer: 'ready', endpoints: tasks(1) }, document: '{"state":"ready"}' });
const order = /** @type {import('../../worker-shim/core/wire.js').ServiceOrder} */ ({
  do: 'look',
  service: 'billing',
  request_id: 'id-1',
  audit: '',
  refusal_fields: [['Access-Control-Allow-Origin', 'https://page.example']],
});
const request = new Request('https://app.acme.example/.sallyport/services/billing?for=%2F');

test('a service that sleeps is not woken, and the request is told so at once, in a form that its page can read', async () => {
  const world = reaching(by_task);
  const response = await world.respond(speculative);
  assert.equal(response.headers.get('access-control-allow-origin'), 'https://page.example');
  const { status, code, state, retry } = await json_of(response);
  assert.deepEqual([status, code, state, retry], [503, 'wake_asleep', 'asleep', null]);
  assert.deepEqual([world.asked, world.sent, world.touched], [[], [], 0]);
});

test('one that starts or has failed is not waited for either', async () => {
  const world = reaching(by_task, { seen: () => ({ told: starting(), document: '{}' }) });
  assert.deepEqual((await json_of(await world.respond(speculative))).state, 'starting');
  world.now += 1_000;
  world.seen = () => ({ told: { answer: 'failed', reason: 'wake_failed', retry_after_s: 9, detail: '' }, document: '{}' });
  const { status, state, retry } = await json_of(await world.respond(speculative));
  assert.deepEqual([status, state, retry], [503, 'failed', '9']);
  assert.deepEqual(world.asked, []);
});

test('one that runs answers, and is not used by it: the next visitor says so to the coordinator', async () => {
  const world = reaching(by_task, { seen: ready, ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await world.respond(speculative)).status, 200);
    world.now += 400_000;
    await Promise.all(world.background);
  }
  assert.deepEqual([world.asked.length, world.touched, world.sent.length], [0, 0, 3]);
  await world.respond(speculative);
  assert.equal(await (await world.respond()).text(), 'app');
  await Promise.all(world.background);
  assert.deepEqual([world.asked.length, world.asked[0]?.hold_ms], [1, 0]);
});

test('a coordinator that is not there is no reason to wake anything', async () => {
  const world = reaching(by_task, {
    seen: () => {
      throw new Error('moved');
    },
  });
  const { status, code, retry } = await json_of(await world.respond(speculative));
  assert.deepEqual([status, code, retry, world.asked.length], [503, 'aws_unavailable', '5', 0]);
});

test('an isolate asks at most once a second, however many ask it', async () => {
  const world = reaching(by_task, { seen: () => ({ told: { answer: 'asleep' }, document: `{"n":${world.looked}}` }) });
  const service = world.reach.service('billing');
  const all = await Promise.all(Array.from({ length: 50 }, () => service.seen(world.now)));
  assert.deepEqual(new Set(all.map(({ document }) => document)), new Set(['{"n":1}']));
  assert.equal((await service.seen(world.now + 999)).document, '{"n":1}');
  assert.equal((await service.seen(world.now + 1_000)).document, '{"n":2}');
  assert.equal(world.looked, 2);
});

test('who asks behind one that was cancelled asks anew', async () => {
  let first = true;
  const world = reaching(by_task, {
    seen: () => {
      const lost = first;
      first = false;
      return lost ? Promise.reject(new Error('cancelled')) : ready();
    },
  });
  const service = world.reach.service('billing');
  const [one, other] = await Promise.allSettled([service.seen(world.now), service.seen(world.now)]);
  assert.deepEqual([one.status, other.status], ['rejected', 'fulfilled']);
});

test('the state is handed on as the core words it, never stored, with the time to ask again', async () => {
  const world = reaching(by_task, { seen: () => ({ told: starting(), document: '{"v":1,"state":"starting"}' }) });
  const response = await answer_service(request, order, { core, reach: world.reach });
  assert.equal(await response.text(), '{"v":1,"state":"starting"}');
  assert.deepEqual(
    ['cache-control', 'content-type', 'retry-after', 'sallyport-request-id', 'access-control-allow-origin'].map((each) =>
      response.headers.get(each),
    ),
    ['no-store', 'application/json', '3', 'id-1', 'https://page.example'],
  );
  const head = await answer_service(new Request(request, { method: 'HEAD' }), order, { core, reach: world.reach });
  assert.deepEqual([head.status, await head.text()], [200, '']);
});

test('a state that cannot be had is a refusal that its page can read', async () => {
  const world = reaching(by_task, {
    seen: () => {
      throw new Error('moved');
    },
  });
  const response = await answer_service(request, order, { core, reach: world.reach });
  assert.deepEqual(
    [response.status, response.headers.get('retry-after'), response.headers.get('access-control-allow-origin')],
    [503, '5', 'https://page.example'],
  );
});
