// What is under way keeps its service in use; time is in the test's hand, the streams are real.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../support/platform.mjs';
import { SILENT_MS } from '../../worker-shim/reach/delivery.js';
import { Use } from '../../worker-shim/reach/in_use.js';
import { by_task, here, reaching, tasks, until_sent, wake } from '../support/reaching.mjs';

const IDLE_STOP_MS = 60_000;
const encoder = new TextEncoder();
const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8' };

/** @param {ResponseInit} [init] @param {Promise<unknown>} [sent] */
function streaming(init = { headers: EVENTS }, sent = Promise.resolve()) {
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  let source;
  const body = new ReadableStream({
    start(controller) {
      source = controller;
    },
  });
  let told = 0;
  /** @type {Promise<unknown>[]} */
  const waited = [];
  const use = new Use(IDLE_STOP_MS, () => {
    told += 1;
  });
  const answer = use.until_over(new Response(body, init), sent, true, { waitUntil: (promise) => waited.push(promise) });
  const over = async () => {
    await Promise.all(waited);
    await new Promise(setImmediate);
  };
  return { answer, source: /** @type {NonNullable<typeof source>} */ (source), told: () => told, over };
}

/** @type {Record<string, Record<string, string>>} */
const KINDS = {
  events: EVENTS,
  'lines of JSON': { 'content-type': 'application/x-ndjson' },
  'a page of known length': { 'content-type': 'text/html', 'content-length': '10' },
  'a large file': { 'content-length': String(1 << 30) },
  'a coded body': { 'content-encoding': 'gzip', 'content-length': '10' },
  'a body of no type': {},
};
for (const [what, headers] of Object.entries(KINDS)) {
  test(`${what}: while it is under way its service is in use, more often than it would be stopped, and then no more`, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { answer, source, told, over } = streaming({ status: 203, headers: { ...headers, 'x-app': '1' } });
    assert.deepEqual([answer.status, answer.headers.get('x-app')], [203, '1']);
    t.mock.timers.tick(IDLE_STOP_MS / 4 - 1);
    assert.equal(told(), 0, 'one that is short says nothing');
    t.mock.timers.tick(IDLE_STOP_MS);
    assert.ok(told() >= 2, `told ${told()} times`);
    const before = told();
    source.enqueue(encoder.encode('last words'));
    source.close();
    assert.equal(await answer.text(), 'last words');
    await over();
    t.mock.timers.tick(10 * IDLE_STOP_MS);
    assert.equal(told(), before, 'told after its end');
  });
}

test('a stream that breaks, or whose client leaves, is no use any more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const broken = streaming();
  broken.source.error(new Error('the task is gone'));
  await assert.rejects(broken.answer.text());
  const left = streaming();
  await left.answer.body?.cancel();
  left.source.enqueue(encoder.encode('to nobody'));
  await Promise.all([broken.over(), left.over()]);
  t.mock.timers.tick(10 * IDLE_STOP_MS);
  assert.deepEqual([broken.told(), left.told()], [0, 0]);
});

test('an upload that goes on after its response is use of the service until it has gone', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  /** @type {() => void} */
  let gone = () => {};
  const { answer, source, told, over } = streaming({}, new Promise((resolve) => (gone = () => resolve(undefined))));
  source.close();
  await answer.text();
  await over();
  t.mock.timers.tick(IDLE_STOP_MS);
  assert.equal(told(), 4);
  gone();
  await over();
  t.mock.timers.tick(IDLE_STOP_MS);
  assert.equal(told(), 4);
});

test('an answer without a body, or of a service that is never stopped, is passed on as it is', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const context = { waitUntil() {} };
  const none = new Response(null, { status: 204, headers: EVENTS });
  assert.equal(new Use(IDLE_STOP_MS, () => {}).until_over(none, Promise.resolve(), true, context), none);
  const page = new Response('page');
  assert.equal(new Use(0, () => assert.fail('told')).until_over(page, Promise.resolve(), true, context), page);
  t.mock.timers.tick(10 * IDLE_STOP_MS);
});

test('part of a coded body that was decoded on its way is left alone', () => {
  const part = new Response('part', { status: 206, headers: { 'content-encoding': 'gzip' } });
  const use = new Use(IDLE_STOP_MS, () => {});
  assert.equal(use.until_over(part, Promise.resolve(), false, { waitUntil() {} }), part);
  use.end();
});

test('a request whose response does not begin yet is use of its service', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  /** @type {(answer: Response) => void} */
  let respond = () => {};
  const entry = { ...by_task, ecs: { ...here, wake: { ...wake, idle_stop_ms: IDLE_STOP_MS } } };
  const world = reaching(entry, { fetch: () => new Promise((resolve) => (respond = resolve)) });
  const answering = world.respond();
  await until_sent(world, 1);
  t.mock.timers.tick(IDLE_STOP_MS);
  assert.equal(world.touched, 4);
  respond(new Response('at last'));
  assert.equal(await (await answering).text(), 'at last');
  await new Promise(setImmediate);
  t.mock.timers.tick(IDLE_STOP_MS);
  assert.equal(world.touched, 4);
});

test('a response that another one took the place of is no use any more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const gone = () => new Response('no app', { status: 502, headers: { 'sallyport-refusal': 'upstream_unavailable;unreached' } });
  const passed_over = reaching(by_task, { fetch: (url) => (url.includes('10.0.0.1:') ? gone() : new Response('second')) });
  assert.equal(await (await passed_over.respond()).text(), 'second');
  assert.equal(passed_over.sent.length, 2);
  const asleep = reaching(by_task, { fetch: gone });
  asleep.ensure = () =>
    asleep.asked.length === 1 ? { answer: 'ready', endpoints: tasks(2) } : { answer: 'failed', reason: 'wake_starting', retry_after_s: 3 };
  assert.equal((await asleep.respond()).status, 503);
  /** @type {(answer: Response) => void} */
  let late = () => {};
  const slow = reaching(by_task, {
    fetch: (url) => (url.includes('10.0.0.1:') ? new Promise((resolve) => (late = resolve)) : new Response('quick')),
  });
  const answering = slow.respond();
  await until_sent(slow, 1);
  t.mock.timers.tick(SILENT_MS);
  assert.equal(await (await answering).text(), 'quick');
  late(new Response('too late'));
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  const before = [passed_over, asleep, slow].map(({ touched }) => touched);
  t.mock.timers.tick(10 * wake.idle_stop_ms);
  assert.deepEqual(
    [passed_over, asleep, slow].map(({ touched }) => touched),
    before,
  );
});

test('a request that fails is no use any more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const world = reaching(by_task, { fetch: () => Promise.reject(new TypeError('connection refused')) });
  await world.respond({ forward: { repeatable: false } });
  t.mock.timers.tick(10 * wake.idle_stop_ms);
  assert.equal(world.touched, 0);
});
