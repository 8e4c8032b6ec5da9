// Answers from the edge, in real workerd with its real Cache API, in front of an origin that counts what reaches it. Time
// does not pass here: an answer is as old as its Age says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { until } from '../../demo/parts/child.mjs';
import { check_outcome } from '../support/cache_outcome.mjs';
import { open_head, policy } from '../support/cached_edge.mjs';
import { send, start_edge } from '../support/edge.mjs';
import { start_worker } from '../../demo/parts/worker.mjs';

/** @typedef {import('../support/edge.mjs').SendOptions} SendOptions */

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
/** Requests at the origin since the test began. @type {import('node:http').IncomingMessage[]} */
let asked = [];
/** What the origin does with a request. @type {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} */
let answer;
let tests = 0;
/** @typedef {import('../support/edge.mjs').Received & {text: string, cache: string}} Got */
/** What clients got. @type {Got[]} */
const answered = [];
/** A path of its own for each test. */
let path = '';

before(async () => {
  edge = await start_edge({
    policy,
    answer: (request, response) => {
      asked.push(request);
      answer(request, response);
      return true;
    },
  });
});
after(async () => {
  try {
    for (const received of answered) check_outcome(received, await edge.told(received));
  } finally {
    await edge.stop();
  }
});
beforeEach(() => {
  asked = [];
  tests += 1;
  path = `/cached/${tests}`;
  saying('max-age=60');
});

/** The origin answers everything with this. @param {string} cache_control @param {Record<string, string | string[]>} [more] */
function saying(cache_control, more = {}) {
  answer = (request, response) => {
    response.writeHead(200, { 'Cache-Control': cache_control, 'Content-Type': 'text/plain', ...more });
    response.end(`answer ${asked.length} to ${request.url}`);
  };
}

/** @param {string} who @param {string} at @param {SendOptions & {claims?: Record<string, unknown>}} [options] @returns {Promise<Got>} */
async function get(who, at, { claims = {}, ...options } = {}) {
  const authorization = `Bearer ${await edge.issuer.token({ sub: who, email: `${who}@acme.example`, ...claims })}`;
  const received = await edge.send(at, { ...options, headers: { authorization, ...options.headers } });
  const got = { ...received, text: received.body.toString(), cache: String(received.headers['cache-status'] ?? '') };
  answered.push(got);
  return got;
}

/** Asks until the answer is there: it is stored behind the back of whoever caused it. @param {string} who @param {string} at @param {SendOptions} [options] */
async function stored(who, at, options) {
  let last = await get(who, at, options);
  await until(`the answer to ${at} is stored for ${who}`, async () => {
    last = await get(who, at, options);
    return last.cache.startsWith('Sallyport; hit');
  });
  return last;
}

const bob = { claims: { groups: ['sales'] } };

test('nothing is cached without the word of the policy', async () => {
  for (const _ of [1, 2]) assert.equal((await get('alice', `/plain/${tests}`)).cache, '');
  assert.equal(asked.length, 2);
});

test('a stored answer is served without the origin, with its age, under a request id of its own', async () => {
  saying('max-age=60', { Age: '7', 'X-App': 'yes', 'Sallyport-Request-Id': 'forged' });
  const first = await get('alice', path);
  assert.equal(first.cache, 'Sallyport; fwd=uri-miss; stored');
  const again = await stored('alice', path);
  const count = asked.length;
  assert.deepEqual([again.status, again.headers['x-app'], again.headers['content-type']], [200, 'yes', 'text/plain']);
  assert.ok(Number(again.headers.age) >= 7);
  assert.match(again.cache, /^Sallyport; hit; ttl=\d+$/);
  const third = await get('alice', path);
  assert.equal(third.text, again.text);
  assert.notEqual(third.headers['sallyport-request-id'], again.headers['sallyport-request-id']);
  assert.equal(asked.length, count);
  assert.equal((await edge.audited(third)).decision, 'allow');
});

test('two identities never share an answer that is not public, nor does one whose claims changed', async () => {
  await stored('alice', path);
  assert.equal((await get('carol', path)).cache, 'Sallyport; fwd=uri-miss; stored');
  assert.equal((await get('alice', path, { claims: { groups: ['finance', 'audit'] } })).cache, 'Sallyport; fwd=uri-miss; stored');
});

test('a public answer is shared by those whom policy allows, and by nobody else', async () => {
  saying('public, max-age=60');
  const { text } = await stored('alice', path);
  const count = asked.length;
  assert.equal((await get('carol', path)).text, text);
  assert.equal((await get('bob', path, bob)).status, 403);
  assert.equal((await edge.send(path)).status, 401);
  assert.equal(asked.length, count);
});

test('a private answer is stored for nobody', async () => {
  saying('private, max-age=60');
  for (const _ of [1, 2]) assert.equal((await get('alice', path)).cache, 'Sallyport; fwd=uri-miss; detail=private');
  assert.equal(asked.length, 2);
});

for (const [what, cache_control, more, detail] of /** @type {[string, string, Record<string, string>, string][]} */ ([
  ['no-store', 'no-store, max-age=60', {}, 'no-store'],
  ['a cookie', 'public, max-age=60', { 'Set-Cookie': 'a=b' }, 'set-cookie'],
  ['Vary: *', 'public, max-age=60', { Vary: '*' }, 'vary'],
  ['a malformed Cache-Control', 'public, max-age=soon', {}, 'malformed'],
])) {
  test(`an answer with ${what} is not stored`, async () => {
    saying(cache_control, more);
    for (const _ of [1, 2]) assert.equal((await get('alice', path)).cache, `Sallyport; fwd=uri-miss; detail=${detail}`);
    assert.equal(asked.length, 2);
  });
}

test('an answer that says nothing is not stored', async () => {
  answer = (_, response) => response.end('silent');
  assert.equal((await get('alice', path)).cache, 'Sallyport; fwd=uri-miss; detail=not-explicit');
});

test('parts are never stored, and requests for parts go past the cache', async () => {
  answer = (request, response) => {
    response.writeHead(request.headers.range === undefined ? 200 : 206, { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-3/9' });
    response.end('part');
  };
  const part = await get('alice', path, { headers: { range: 'bytes=0-3' } });
  assert.deepEqual([part.status, part.cache], [206, 'Sallyport; fwd=bypass']);
  assert.equal((await get('alice', path)).cache, 'Sallyport; fwd=uri-miss; detail=status');
});

test('HEAD is answered from a stored GET, with its length and without a body, and stores nothing itself', async () => {
  const head = { method: 'HEAD' };
  assert.equal((await get('alice', path, head)).cache, 'Sallyport; fwd=uri-miss; detail=request');
  const { text } = await stored('alice', path);
  const { status, headers, body, cache } = await get('alice', path, head);
  assert.deepEqual([status, headers['content-length'], body.length], [200, String(text.length), 0]);
  assert.match(cache, /^Sallyport; hit/);
});

test('an answer is selected by the fields that its Vary names', async () => {
  answer = (request, response) => {
    response.writeHead(200, { 'Cache-Control': 'public, max-age=60', Vary: 'Accept-Language' });
    response.end(`in ${request.headers['accept-language']}`);
  };
  const language = (/** @type {string} */ name) => ({ headers: { 'accept-language': name } });
  assert.equal((await stored('alice', path, language('de'))).text, 'in de');
  const french = await get('carol', path, language('fr'));
  assert.deepEqual([french.text, french.cache], ['in fr', 'Sallyport; fwd=vary-miss; stored']);
  await stored('carol', path, language('fr'));
  assert.match((await get('carol', path, language('de'))).cache, /^Sallyport; hit/);
});

test('the client may demand that the origin is asked, and may have only what is stored', async () => {
  const only = { headers: { 'cache-control': 'only-if-cached' } };
  const without = await get('alice', path, only);
  assert.equal(without.status, 504);
  assert.equal((await edge.told(without)).outcome.reason, 'upstream_timeout');
  assert.equal(asked.length, 0);
  await stored('alice', path);
  assert.match((await get('alice', path, only)).cache, /^Sallyport; hit/);
  for (const demand of ['no-cache', 'max-age=0']) {
    /** @type {number} */
    const count = asked.length;
    assert.match((await get('alice', path, { headers: { 'cache-control': demand } })).cache, /^Sallyport; fwd=request/);
    assert.equal(asked.length, count + 1);
  }
});

test('a request that says no-store leaves nothing behind', async () => {
  assert.equal(
    (await get('alice', path, { headers: { 'cache-control': 'no-store' } })).cache,
    'Sallyport; fwd=uri-miss; detail=request-no-store',
  );
});

test('a stale answer is validated by its tag; a 304 makes it fresh, and the client gets the whole answer', async () => {
  answer = (request, response) => {
    const known = request.headers['if-none-match'] === '"v1"';
    response.writeHead(known ? 304 : 200, {
      'Cache-Control': 'max-age=60',
      ETag: '"v1"',
      ...(known ? { 'X-Round': '2' } : { Age: '61', 'X-Round': '1' }),
    });
    response.end(known ? undefined : 'the whole');
  };
  assert.equal((await get('alice', path)).cache, 'Sallyport; fwd=uri-miss; stored');
  let validated = await get('alice', path);
  await until('the origin is asked with the tag', async () => {
    if (asked.at(-1)?.headers['if-none-match'] !== undefined) return true;
    validated = await get('alice', path);
    return false;
  });
  assert.deepEqual([validated.status, validated.text, validated.headers['x-round']], [200, 'the whole', '2']);
  assert.equal(validated.cache, 'Sallyport; fwd=stale; fwd-status=304');
  const fresh = await stored('alice', path);
  assert.deepEqual([fresh.text, fresh.headers['x-round']], ['the whole', '2']);
});

test('a client that has the stored answer is told so', async () => {
  saying('max-age=60', { ETag: '"v1"' });
  await stored('alice', path);
  const known = await get('alice', path, { headers: { 'if-none-match': '"v0", "v1"' } });
  assert.deepEqual([known.status, known.text, known.headers.etag], [304, '', '"v1"']);
  assert.equal((await get('alice', path, { headers: { 'if-none-match': '"v0"' } })).status, 200);
});

test('a 304 that speaks of another answer serves nobody: the origin is asked once more', async () => {
  answer = (request, response) => {
    const conditional = request.headers['if-none-match'] !== undefined;
    response.writeHead(conditional ? 304 : 200, { 'Cache-Control': 'max-age=60', ETag: conditional ? '"other"' : '"v1"', Age: '61' });
    response.end(conditional ? undefined : `whole ${asked.length}`);
  };
  await get('alice', path);
  let last = await get('alice', path);
  await until('the origin is asked with the tag', async () => {
    if (asked.some((request) => request.headers['if-none-match'] === '"v1"')) return true;
    last = await get('alice', path);
    return false;
  });
  assert.deepEqual([last.status, last.text], [200, `whole ${asked.length}`]);
});

const failures = /** @type {[string, typeof answer][]} */ ([
  ['says 503', (_, response) => response.writeHead(503).end('down')],
  ['breaks off', (request) => request.socket.destroy()],
]);
for (const [what, failing] of failures) {
  test(`an answer stands in for an origin that ${what}, on a route that says how long, and never for who is denied`, async () => {
    const lasting = path.replace('cached', 'lasting');
    saying('max-age=60', { Age: '90' });
    assert.equal((await get('alice', lasting)).cache, 'Sallyport; fwd=uri-miss; stored');
    const working = answer;
    let stale = await get('alice', lasting);
    await until('the answer is stored', async () => {
      answer = failing;
      stale = await get('alice', lasting);
      answer = working;
      return stale.status === 200;
    });
    assert.match(stale.cache, /^Sallyport; fwd=stale; fwd-status=50[23]; ttl=-3\d; detail=stale-if-error$/);
    answer = failing;
    assert.equal((await get('alice', lasting, { headers: { 'cache-control': 'no-cache' } })).status >= 502, true);
    assert.equal((await get('bob', lasting, bob)).status, 403);
    assert.equal((await get('carol', lasting)).status >= 502, true);
  });
}

test('no answer stands in where neither the app nor the route says so', async () => {
  saying('max-age=60', { Age: '90', ETag: '"v1"' });
  await get('alice', path);
  answer = (_, response) => response.writeHead(503).end('down');
  assert.equal((await get('alice', path)).status, 503);
});

test('the route caps how long an answer is fresh', async () => {
  const capped = path.replace('cached', 'capped');
  saying('public, max-age=86400', { Age: '5', ETag: '"v1"' });
  assert.equal((await get('alice', capped)).cache, 'Sallyport; fwd=uri-miss; stored');
  await until('the origin is asked with the tag', async () => {
    await get('alice', capped);
    return asked.at(-1)?.headers['if-none-match'] === '"v1"';
  });
});

test('what changes something at the origin makes the edge forget, for everybody', async () => {
  saying('public, max-age=60');
  const { text } = await stored('alice', path);
  assert.equal((await get('carol', path, { method: 'POST', body: 'x' })).cache, 'Sallyport; fwd=method');
  const next = await get('alice', path);
  assert.equal(next.cache, 'Sallyport; fwd=uri-miss; stored');
  assert.notEqual(next.text, text);
});

test('what fails to change something makes nobody forget', async () => {
  await stored('alice', path);
  const working = answer;
  answer = (_, response) => response.writeHead(409).end('no');
  assert.equal((await get('alice', path, { method: 'DELETE' })).status, 409);
  answer = working;
  assert.match((await get('alice', path)).cache, /^Sallyport; hit/);
});

test('a packed answer is stored, and comes back packed to who can unpack it', async () => {
  const content = 'packed by the app'.repeat(100);
  answer = (_, response) => {
    response.writeHead(200, {
      'Cache-Control': 'max-age=60',
      'Content-Encoding': 'gzip',
      'Content-Type': 'text/plain',
      ETag: '"v1"',
      Vary: 'Accept-Encoding',
    });
    response.end(gzipSync(content));
  };
  const gzip = { headers: { 'accept-encoding': 'gzip' } };
  const first = await get('alice', path, gzip);
  assert.equal(gunzipSync(first.body).toString(), content);
  const again = await stored('alice', path, gzip);
  assert.deepEqual([again.headers['content-encoding'], again.headers.etag], ['gzip', 'W/"v1"']);
  assert.equal(gunzipSync(again.body).toString(), content);
});

test('an answer that is too long streams through unstored, byte for byte', async () => {
  const piece = Buffer.alloc(1 << 20, 'x');
  answer = async (_, response) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=60' });
    for (let i = 0; i < 11; i += 1) if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
    response.end();
  };
  for (const count of [1, 2]) {
    assert.equal((await get('alice', path)).body.length, 11 << 20);
    assert.equal(asked.length, count);
  }
});

test('an answer that breaks off is not stored', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Content-Length': '100' });
    response.write('only the beginning');
    setImmediate(() => response.destroy());
  };
  const response = await open_head(edge, path);
  response.resume();
  await new Promise((resolve) => response.once('error', resolve));
  saying('max-age=60');
  assert.equal((await get('alice', path)).cache, 'Sallyport; fwd=uri-miss; stored');
});

test('an answer streams while it is stored: the client has its first part before the origin sends the last', async () => {
  const received = Promise.withResolvers();
  answer = (_, response) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=60' });
    response.write('first ');
    received.promise.then(() => response.end('last'));
  };
  const response = await open_head(edge, path);
  assert.equal(String((await once(response, 'data'))[0]), 'first ');
  received.resolve(undefined);
  assert.equal(String((await once(response, 'data'))[0]), 'last');
  assert.equal((await stored('alice', path)).text, 'first last');
});

test('a new policy starts with an empty cache', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cache-'));
  /** @type {import('../../demo/parts/worker.mjs').RunningWorker[]} */
  const workers = [];
  // A Worker that still runs would write into the folder while it is removed.
  context.after(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    rmSync(folder, { recursive: true, force: true });
  });
  const under = async (/** @type {string} */ name) => {
    const worker = await start_worker({
      policy: policy(edge.issuer.issuer, edge.origin.url, name),
      signing_keys: JSON.stringify({ keys: edge.signing_keys }),
      miniflare: { cachePersist: folder },
    });
    workers.push(worker);
    const ask = async () => {
      const authorization = `Bearer ${await edge.issuer.token()}`;
      return String((await send(worker.port, path, { headers: { authorization } })).headers['cache-status']);
    };
    return { ask, stop: worker.stop };
  };
  const first = await under('test');
  await until('the answer is stored', async () => /; hit;/.test(await first.ask()));
  await first.stop();
  const again = await under('test');
  assert.match(await again.ask(), /; hit;/, 'the store outlives the Worker');
  await again.stop();
  const other = await under('other');
  assert.equal(await other.ask(), 'Sallyport; fwd=uri-miss; stored');
});
