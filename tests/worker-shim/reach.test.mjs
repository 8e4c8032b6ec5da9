// From a forward to a response: what is sent where, what happens when it fails, and what a caller is told meanwhile. The
// network and the coordinator are bindings, as on the platform, so that a test can hold them.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { FAILURES_TO_OPEN, PAUSE_FIRST_MS } from '../../worker-shim/reach/breaker.js';
import { SILENT_MS } from '../../worker-shim/reach/delivery.js';
import { Reach } from '../../worker-shim/reach/reach.js';
import { by_origin, by_task, core, json_of, no_aws, reaching, refused, silent, tasks, until_sent } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'error'])) mock.method(console, stream, () => {});
});

test('a service with an origin is sent there, over its binding, with the fields of the core and no redirect followed', async () => {
  const world = reaching(by_origin, { fetch: () => new Response('hello', { status: 418, headers: { 'x-app': '1' } }) });
  const response = await world.respond({ method: 'POST', forward: { body: 'bytes' }, body: new Uint8Array([1]) });
  assert.deepEqual(
    [response.status, response.headers.get('x-app'), response.headers.get('sallyport-request-id'), await response.text()],
    [418, '1', 'id-1', 'hello'],
  );
  const [{ url, init }] = world.sent;
  assert.deepEqual(
    [url, init.method, init.redirect, [...init.headers], init.body],
    ['https://reports.example/x?y=1', 'POST', 'manual', [['id', 'id-1']], new Uint8Array([1])],
  );
  assert.deepEqual(world.asked, []);
});

test('an answer under the id of its request is passed on untouched; under another id, or several, it gets that one', async () => {
  /** @type {Response | undefined} */
  let answer;
  const world = reaching(by_origin, { fetch: () => answer });
  answer = new Response('', { headers: { 'Sallyport-Request-Id': 'id-1' } });
  assert.equal(await world.respond(), answer);
  for (const said of ['id-1', 'id-3, id-3']) {
    answer = new Response('', { headers: { 'Sallyport-Request-Id': said } });
    const response = await world.respond();
    assert.equal(response.headers.get('sallyport-request-id'), `id-${world.decisions}`);
    assert.notEqual(response, answer);
  }
});

for (const [what, entry] of /** @type {[string, {name: string}][]} */ ([
  ['a network', by_origin],
  ['a certificate', { ...by_origin, vpc: '', mtls_certificate: 'CERT' }],
  ['a coordinator', by_task],
])) {
  test(`where the Worker has no binding for ${what}, nothing is sent`, async () => {
    const reach = new Reach(core, no_aws, what === 'a coordinator' ? { NET: { fetch: () => assert.fail('sent') } } : {}, {
      services: [/** @type {any} */ (entry)],
      credential_cookies: false,
    });
    const forward = {
      service: entry.name,
      url: 'https://reports.example/',
      body: 'none',
      content_length: null,
      repeatable: true,
      request_id: 'id',
      timeout_ms: 1000,
      headers: new Headers(),
      caller: null,
    };
    const response = await reach.respond(
      /** @type {any} */ ({
        request: new Request('https://app.acme.example/'),
        forward,
        decided_at: Date.now(),
        body: { forwarded: () => null },
      }),
    );
    assert.equal((await json_of(response)).code, 'reach_unconfigured');
  });
}

test('an origin that takes no connection is a 502, one that does not answer in time a 504', async () => {
  assert.equal((await json_of(await reaching(by_origin, { fetch: refused }).respond())).code, 'upstream_connect_failed');
  assert.equal(
    (await json_of(await reaching(by_origin, { fetch: silent }).respond({ forward: { timeout_ms: 20 } }))).code,
    'upstream_timeout',
  );
});

test('what the core throws is not taken for a failure of the service', async () => {
  const world = reaching({ ...by_task }, { fetch: refused });
  world.ensure = () => ({ answer: 'ready', endpoints: tasks(2) });
  const broken = new WebAssembly.RuntimeError('unreachable');
  Object.defineProperty(world, 'refusal', {
    get() {
      throw broken;
    },
  });
  await assert.rejects(world.respond(), broken);
});

test('after so many failures in a row the service is left alone, and then one request probes', async () => {
  const world = reaching(by_origin, { fetch: refused });
  for (let i = 0; i < FAILURES_TO_OPEN; i += 1) await world.respond();
  const told = await json_of(await world.respond());
  assert.deepEqual([told.status, told.code, told.retry, world.sent.length], [503, 'upstream_circuit_open', '1', FAILURES_TO_OPEN]);
  world.now += PAUSE_FIRST_MS;
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.respond()));
  assert.equal(world.sent.length, FAILURES_TO_OPEN + 1);
  assert.equal(answers.filter((each) => each.status === 503).length, 19);
  world.now += 2 * PAUSE_FIRST_MS;
  world.fetch = () => new Response('back');
  assert.equal(await (await world.respond()).text(), 'back');
  assert.equal((await world.respond()).status, 200);
});

test('an answer of the app, whatever its status, keeps the breaker closed', async () => {
  const world = reaching(by_origin, { fetch: () => new Response('', { status: 503 }) });
  for (let i = 0; i < 3 * FAILURES_TO_OPEN; i += 1) await world.respond();
  assert.equal(world.sent.length, 3 * FAILURES_TO_OPEN);
});

test('more unanswered requests than an isolate can hold are refused; those of other services are not', async () => {
  const world = reaching(by_origin, { fetch: silent });
  for (let i = 0; i < 1000; i += 1) void world.respond({ forward: { timeout_ms: 100, caller_tag: `caller ${i}` } });
  assert.equal((await json_of(await world.respond())).code, 'too_many_connections');
  assert.equal(world.sent.length, 1000);
});

test('the tasks of a service are asked for once and then known', async () => {
  const world = reaching(by_task);
  for (let i = 0; i < 10; i += 1) assert.equal((await world.respond()).status, 200);
  assert.equal(world.asked.length, 1);
  assert.deepEqual(world.asked[0], { service: 'billing', caller: { key: 'k', subject: 'alice' }, hold_ms: 25_000 });
  assert.match(world.sent[0].url, /^http:\/\/10\.0\.0\.[12]:8443\/x\?y=1$/);
});

/** As a client that reads what it gets. @param {ReturnType<typeof reaching>} world */
async function served(world) {
  const response = await world.respond();
  await response.text();
  return response.status;
}

test('an old list is used once more and asked for anew in the background, once', async () => {
  const world = reaching(by_task);
  await served(world);
  world.now += 40_000;
  world.ensure = (asked) => ({ answer: 'ready', endpoints: asked.hold_ms === 0 ? [tasks(3)[2]] : assert.fail('held') });
  assert.deepEqual(await Promise.all(Array.from({ length: 5 }, () => served(world))), [200, 200, 200, 200, 200]);
  await Promise.all(world.background);
  assert.equal(world.asked.length, 2);
  await world.respond();
  assert.equal(world.sent.at(-1)?.url, 'http://10.0.0.3:8443/x?y=1');
});

test('a coordinator that cannot be reached in the background changes nothing', async () => {
  const world = reaching(by_task);
  await served(world);
  world.now += 40_000;
  world.ensure = () => {
    throw new Error('overloaded');
  };
  assert.equal(await served(world), 200);
  await Promise.all(world.background);
  assert.equal(await served(world), 200);
});

test('a task that takes no connection is dropped and told of; the request is decided anew and goes to another one', async () => {
  const world = reaching(by_task, { fetch: (url) => (url.includes('10.0.0.1:') ? refused() : new Response('second')) });
  const response = await world.respond({ method: 'PUT', forward: { body: 'bytes' } });
  assert.deepEqual([await response.text(), response.headers.get('sallyport-request-id')], ['second', 'id-2']);
  assert.deepEqual(
    world.sent.map((each) => each.id),
    ['id-1', 'id-2'],
  );
  assert.deepEqual(world.lost, [{ service: 'billing', task_arn: 'arn:1' }]);
  for (let i = 0; i < 5; i += 1) assert.equal(await (await world.respond()).text(), 'second');
  assert.equal(world.sent.filter((each) => each.url.includes('10.0.0.1:')).length, 1);
});

/** What an agent says whose app is gone. */
const alone = () =>
  new Response('{"code":"upstream_unavailable","status":502}', {
    status: 502,
    headers: { 'content-type': 'application/problem+json', 'sallyport-refusal': 'upstream_unavailable;unreached' },
  });

test('an app that breaks off costs an idempotent request no answer, and its task no place on the list', async () => {
  const broken = () => new Response(null, { status: 502, headers: { 'sallyport-refusal': 'upstream_unavailable' } });
  const world = reaching(by_task, { fetch: (url) => (url.includes('10.0.0.1:') ? broken() : new Response('second')) });
  assert.equal(await (await world.respond()).text(), 'second');
  assert.deepEqual([world.sent.length, world.lost.length], [2, 0]);
});

test('an agent that lacks our policy or key answers for its task: the breaker stays closed, no other task is asked, nothing changes', async () => {
  const without_policy = () =>
    new Response('{"code":"unavailable","status":503}', {
      status: 503,
      headers: { 'sallyport-refusal': 'unavailable', 'retry-after': '1' },
    });
  for (const entry of [by_origin, by_task]) {
    const world = reaching(entry, { fetch: without_policy });
    const asks = 3 * FAILURES_TO_OPEN;
    for (let i = 0; i < asks; i += 1) {
      const response = await world.respond({ forward: { caller_tag: `caller ${i}` } });
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
      assert.equal(await response.text(), '{"code":"unavailable","status":503}');
    }
    assert.deepEqual([world.sent.length, world.lost.length], [asks, 0]);
  }
});

test('a task whose agent cannot reach its app is passed over for an idempotent request', async () => {
  const world = reaching(by_task, { fetch: (url) => (url.includes('10.0.0.1:') ? alone() : new Response('second')) });
  assert.equal(await (await world.respond()).text(), 'second');
  assert.deepEqual([world.sent.map((each) => each.id), world.lost.length], [['id-1', 'id-2'], 1]);
});

test("where there is no other task, the agent's own answer is passed on; and so it is for a POST, and any 502 of an app", async () => {
  const only = reaching(by_task, { fetch: alone, ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  assert.deepEqual([await (await only.respond()).text(), only.sent.length], ['{"code":"upstream_unavailable","status":502}', 1]);
  const post = reaching(by_task, { fetch: alone });
  assert.deepEqual(
    [(await post.respond({ method: 'POST', forward: { repeatable: false } })).status, post.sent.length, post.lost.length],
    [502, 1, 0],
  );
  for (const body of ['not json', '{"code":"mine"}', 'null', '{"code":"upstream_unavailable","status":502}']) {
    const app = reaching(by_task, {
      fetch: () => new Response(body, { status: 502, headers: { 'content-type': 'application/problem+json' } }),
    });
    assert.deepEqual([await (await app.respond()).text(), app.sent.length], [body, 1]);
  }
});

test('where all tasks have lost their apps, the coordinator is asked, and its answer counts; a service with many is not searched whole', async () => {
  const stopped = reaching(by_task, { fetch: alone });
  stopped.ensure = () =>
    stopped.asked.length === 1 ? { answer: 'ready', endpoints: tasks(2) } : { answer: 'failed', reason: 'wake_starting', retry_after_s: 3 };
  assert.equal((await json_of(await stopped.respond())).code, 'wake_starting');
  assert.deepEqual([stopped.sent.length, stopped.lost.length, stopped.asked.length], [2, 2, 2]);
  const mixed = reaching(by_task, { fetch: () => (mixed.sent.length === 1 ? alone() : refused()) });
  mixed.ensure = () =>
    mixed.asked.length === 1 ? { answer: 'ready', endpoints: tasks(2) } : { answer: 'failed', reason: 'wake_starting', retry_after_s: 3 };
  assert.equal((await json_of(await mixed.respond())).code, 'wake_starting');
  const many = reaching(by_task, { fetch: alone, ensure: () => ({ answer: 'ready', endpoints: tasks(9) }) });
  assert.equal((await many.respond()).status, 502);
  assert.deepEqual([many.sent.length, new Set(many.sent.map(({ url }) => url)).size], [5, 5]);
});

test('a page of another origin may read what an agent refuses, but of the app only what the app allows', async () => {
  const refusal_fields = [
    ['Vary', 'Origin'],
    ['Access-Control-Allow-Origin', 'https://page.example'],
  ];
  for (const [marks, allowed] of /** @type {[object, string | null][]} */ ([
    [{ 'sallyport-refusal': 'origin_unauthorized' }, 'https://page.example'],
    [{}, null],
  ])) {
    const world = reaching(by_origin, { fetch: () => new Response('no', { status: 401, headers: { vary: 'Accept', ...marks } }) });
    const response = await world.respond({ forward: { refusal_fields } });
    assert.deepEqual([response.status, await response.text(), response.headers.get('access-control-allow-origin')], [401, 'no', allowed]);
    assert.equal(response.headers.get('vary'), allowed === null ? 'Accept' : 'Accept, Origin');
  }
});

test('a 502 of an app is passed on as it comes, and nothing of it is read first', async () => {
  let taken = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      taken += 1;
      controller.enqueue(new Uint8Array(1 << 16));
    },
  });
  const world = reaching(by_task, {
    fetch: () => new Response(endless, { status: 502, headers: { 'content-type': 'application/problem+json' } }),
  });
  const response = await world.respond();
  assert.deepEqual([response.status, world.sent.length, world.lost.length], [502, 1, 0]);
  assert.ok(taken <= 3, `${taken} parts were read`);
  await response.body?.cancel();
});

test('what the core does not call repeatable is not sent a second time, but its task is dropped', async () => {
  const world = reaching(by_task, { fetch: refused });
  assert.equal((await json_of(await world.respond({ forward: { repeatable: false } }))).code, 'upstream_connect_failed');
  assert.deepEqual([world.sent.length, world.lost.length], [1, 1]);
});

test('a request is tried twice, not more', async () => {
  const world = reaching(by_task, { fetch: refused, ensure: () => ({ answer: 'ready', endpoints: tasks(9) }) });
  assert.equal((await json_of(await world.respond())).code, 'upstream_connect_failed');
  assert.deepEqual([world.sent.length, world.lost.length], [2, 2]);
});

test('a task that is silent to everybody is passed over: an idempotent request goes to another one as well', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const world = reaching(by_task, { fetch: (url) => (url.includes('10.0.0.1:') ? silent() : new Response('second')) });
  const answering = world.respond();
  await until_sent(world, 1);
  context.mock.timers.tick(SILENT_MS);
  assert.equal(await (await answering).text(), 'second');
  assert.deepEqual([world.sent.map((each) => each.id), world.lost.length], [['id-1', 'id-2'], 1]);
});

test('a task that answers others meanwhile is not silent: a slow request is not sent twice', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {(response: Response) => void} */
  let finish = () => assert.fail('not asked');
  const world = reaching(by_task, {
    fetch: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  const slow = world.respond();
  await until_sent(world, 1);
  const [{ url }] = world.sent;
  world.fetch = (at) => (at === url ? new Response('quick') : silent());
  for (let i = 2; i < 6; i += 1) {
    void world.respond({ forward: { repeatable: false } });
    await until_sent(world, i);
  }
  assert.ok(
    world.sent.slice(1).some((each) => each.url === url),
    'it answered somebody',
  );
  context.mock.timers.tick(SILENT_MS);
  await new Promise(setImmediate);
  finish(new Response('slow'));
  assert.equal(await (await slow).text(), 'slow');
  assert.deepEqual(world.lost, []);
});

test('a task that answers nobody for the whole timeout is told of, too: its address may be gone', async () => {
  const world = reaching(by_task, { fetch: silent, ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  assert.equal((await json_of(await world.respond({ forward: { timeout_ms: 20 } }))).code, 'upstream_timeout');
  assert.deepEqual(world.lost, [{ service: 'billing', task_arn: 'arn:1' }]);
});

test('a task that answered others before the timeout was only slow', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const world = reaching(by_task, { fetch: silent, ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  const slow = world.respond({ forward: { repeatable: false } });
  await until_sent(world, 1);
  world.fetch = () => new Response('quick');
  assert.equal((await world.respond()).status, 200);
  context.mock.timers.tick(5_000);
  assert.equal((await json_of(await slow)).code, 'upstream_timeout');
  assert.deepEqual(world.lost, []);
});

test('when the silent task answers after all, and first, its answer counts', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const finish = new Map();
  const world = reaching(by_task, { fetch: (url) => new Promise((resolve) => finish.set(url, resolve)) });
  const answering = world.respond();
  await until_sent(world, 1);
  context.mock.timers.tick(SILENT_MS);
  await until_sent(world, 2);
  finish.get(world.sent[0].url)(new Response('late'));
  const response = await answering;
  assert.deepEqual([await response.text(), response.headers.get('sallyport-request-id')], ['late', 'id-1']);
});

test('a second try that policy refuses is not sent', async () => {
  const world = reaching(by_task, { fetch: refused });
  world.refusal = new Response('no longer', { status: 403 });
  assert.equal((await world.respond()).status, 403);
  assert.equal(world.sent.length, 1);
});

test('when the only task is gone, the coordinator hears of it first and is then asked within what is left of the hold', async () => {
  /** @type {[string, number, number][]} */
  const order = [];
  const world = reaching(by_task, { ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  await world.respond();
  world.fetch = (url) => {
    world.now += 5_000;
    return url.includes('10.0.0.1:') ? refused() : new Response('new task');
  };
  world.ensure = (asked) => {
    order.push(['ensure', world.lost.length, asked.hold_ms]);
    return { answer: 'ready', endpoints: tasks(2).slice(1) };
  };
  assert.equal(await (await world.respond()).text(), 'new task');
  assert.deepEqual(order, [['ensure', 1, 20_000]]);
});

test('when the coordinator knows no other task than the one that failed, that is the answer', async () => {
  const world = reaching(by_task, { fetch: refused, ensure: () => ({ answer: 'ready', endpoints: tasks(1) }) });
  assert.equal((await json_of(await world.respond())).code, 'upstream_connect_failed');
  assert.equal(world.sent.length, 1);
});
