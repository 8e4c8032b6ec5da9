// An answer under way keeps its service in use; time is in the test's hand, the stream is real.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { keep_in_use } from '../../worker-shim/reach/long_answers.js';

// The platform's names for streams that pass bytes on.
class FixedLengthStream extends TransformStream {
  // biome-ignore lint/complexity/noUselessConstructor: it drops the length, which would be a transformer here
  constructor() {
    super();
  }
}
Object.assign(globalThis, { IdentityTransformStream: TransformStream, FixedLengthStream });

const IDLE_STOP_MS = 60_000;
const encoder = new TextEncoder();

const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8' };

/** @param {ResponseInit} [init] */
function streaming(init = { headers: EVENTS }) {
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
  const answer = keep_in_use(
    new Response(body, init),
    IDLE_STOP_MS,
    () => {
      told += 1;
    },
    { waitUntil: (promise) => waited.push(promise) },
  );
  return { answer, source: /** @type {NonNullable<typeof source>} */ (source), told: () => told, over: () => Promise.all(waited) };
}

test('a stream that goes on is use of its service, more often than it would be stopped', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { answer, source, told, over } = streaming({ status: 203, headers: { ...EVENTS, 'x-app': '1' } });
  assert.deepEqual([answer.status, answer.headers.get('x-app')], [203, '1']);
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

test('a large file is use of its service, too', async () => {
  const { answer, source, over } = streaming({ headers: { 'content-length': String(1 << 30) } });
  source.close();
  await answer.text();
  await over();
});

test('an answer that has no body, or none that takes long, is passed on as it is', () => {
  const tell = mock.fn();
  const context = { waitUntil() {} };
  for (const answer of [
    new Response(null, { status: 204, headers: EVENTS }),
    new Response('page'),
    new Response('short', { headers: { 'content-length': '5' } }),
  ]) {
    assert.equal(keep_in_use(answer, IDLE_STOP_MS, tell, context), answer);
  }
});

test('a media type is known in any case', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { answer, source, told, over } = streaming({ headers: { 'content-type': 'Text/Event-Stream;charset=utf-8' } });
  t.mock.timers.tick(IDLE_STOP_MS);
  assert.notEqual(told(), 0);
  source.close();
  await answer.text();
  await over();
});
