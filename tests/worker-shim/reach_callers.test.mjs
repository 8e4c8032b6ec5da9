// What one caller does, or leaves undone, on the way to a service is its own affair: not the breaker's, not the task list's, not
// the core's, and it leaves room for others.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { FAILURES_TO_OPEN } from '../../worker-shim/reach/breaker.js';
import { Reach } from '../../worker-shim/reach/reach.js';
import { Turn } from '../../worker-shim/turn.js';
import { by_origin, by_task, core, json_of, no_aws, reaching, refused, silent } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'error'])) mock.method(console, stream, () => {});
});

/** An upload of which the client owes the rest, or that the service does not take. @param {boolean} owed */
const streaming = (owed) => ({
  method: 'PUT',
  forward: { body: 'stream', repeatable: false, timeout_ms: 20 },
  body: (/** @type {import('../../worker-shim/reach/send.js').Upload} */ upload) => {
    upload.owed = owed;
    return new Uint8Array([1]);
  },
});

test('a client that stops in its upload is told so in time, and the service loses the connection', async () => {
  for (const entry of [by_origin, by_task]) {
    const world = reaching(entry, { fetch: silent });
    for (let i = 0; i < 3 * FAILURES_TO_OPEN; i += 1)
      assert.equal((await json_of(await world.respond(streaming(true)))).code, 'request_timeout');
    assert.ok(world.sent.every(({ init }) => init.signal.aborted));
    world.fetch = () => new Response('fine');
    const told = await world.respond();
    // The breaker is closed, and the task is on the list.
    assert.deepEqual([told.status, world.lost.length, world.asked.length], [200, 0, entry === by_task ? 1 : 0]);
  }
});

test('a service that does not take an upload, or does not answer it, has failed', async () => {
  const world = reaching(by_origin, { fetch: silent });
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1)
    assert.equal((await json_of(await world.respond(streaming(false)))).code, 'upstream_timeout');
  assert.equal((await json_of(await world.respond())).code, 'upstream_circuit_open');
});

test('what fetch itself will not take says nothing about the service', async (context) => {
  context.mock.method(globalThis, 'fetch', () => {
    throw new TypeError('invalid');
  });
  const reach = new Reach(core, no_aws, {}, { services: [{ ...by_origin, vpc: '' }], credential_cookies: false });
  const forward = {
    service: 'reports',
    url: 'https://reports.example/',
    body: 'none',
    content_length: null,
    repeatable: true,
    request_id: 'id',
    timeout_ms: 1000,
    headers: new Headers(),
    caller: null,
    caller_tag: 'mallory',
  };
  const turn = () =>
    new Turn(
      /** @type {any} */ ({
        request: new Request('https://app.acme.example/'),
        forward,
        body: { forwarded: () => null },
        record: { signed() {}, sending() {} },
      }),
    );
  for (let i = 0; i < 2 * FAILURES_TO_OPEN; i += 1) await assert.rejects(reach.respond(turn()), /invalid/);
});

test('the failures of one caller leave the service open to others', async () => {
  const world = reaching(by_origin, { fetch: refused });
  for (let i = 0; i < 3 * FAILURES_TO_OPEN; i += 1) await world.respond({ forward: { caller_tag: 'mallory' } });
  assert.equal((await json_of(await world.respond({ forward: { caller_tag: 'mallory' } }))).code, 'upstream_circuit_open');
  world.fetch = () => new Response('fine');
  assert.equal((await world.respond({ forward: { caller_tag: 'alice' } })).status, 200);
});

test("one caller's unanswered requests leave room for others", async () => {
  const world = reaching(by_origin, { fetch: silent });
  for (let i = 0; i < 600; i += 1) void world.respond({ forward: { timeout_ms: 100, caller_tag: 'mallory' } });
  assert.equal(world.sent.length, 500);
  assert.equal((await json_of(await world.respond({ forward: { caller_tag: 'mallory' } }))).code, 'too_many_connections');
  world.fetch = () => new Response('fine');
  assert.equal((await world.respond({ forward: { caller_tag: 'alice' } })).status, 200);
});
