// Under which keys the edge keeps answers: what a request is to policy and to the app is the same at the edge's cache. In
// real workerd with its real Cache API, in front of an origin that says what a test wants.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { policy_for, start_edge } from '../support/edge.mjs';

/** @typedef {import('../support/edge.mjs').SendOptions} SendOptions */

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
/** Requests at the origin since the test began. @type {import('node:http').IncomingMessage[]} */
let asked = [];
/** What the origin does with a request. @type {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} */
let answer;
let tests = 0;
/** A path of its own for each test. */
let path = '';

/** @param {string} issuer @param {string} origin */
function policy(issuer, origin) {
  const route = (/** @type {string} */ id, /** @type {object} */ more) => ({
    id,
    host: 'app.acme.example',
    path: `/${id}/**`,
    service: 'app',
    allow: "'finance' in identity.groups",
    cache: true,
    ...more,
  });
  const issuers = {
    okta: { issuer, audiences: ['api://acme'], kind: 'user', from: ['authorization', 'header:X-Session-Token', 'cookie:sid'] },
    access: { preset: 'cloudflare-access', team: 'acme', audiences: ['x'] },
  };
  return policy_for(issuer, origin, {
    issuers,
    services: { app: { origin, signed_headers: ['x-tenant'] } },
    routes: [
      route('tenants', { allow: "request.headers['x-tenant'] in identity.groups" }),
      route('open', { anonymous: true, allow: 'true' }),
      route('cached', {}),
    ],
  });
}

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
after(() => edge.stop());
beforeEach(() => {
  asked = [];
  tests += 1;
  path = `/cached/${tests}`;
  saying('max-age=60');
});

/** The origin answers everything with this. @param {string} cache_control */
function saying(cache_control) {
  answer = (_, response) => {
    response.writeHead(200, { 'Cache-Control': cache_control });
    response.end(`answer ${asked.length}`);
  };
}

/** @param {string} who @param {string} at @param {SendOptions & {claims?: object}} [options] */
async function get(who, at, { claims = {}, ...options } = {}) {
  const authorization = `Bearer ${await edge.issuer.token({ sub: who, ...claims })}`;
  const received = await edge.send(at, { ...options, headers: { authorization, ...options.headers } });
  return { ...received, text: received.body.toString(), cache: String(received.headers['cache-status'] ?? '') };
}

/** Asks until the answer is there: it is stored behind the back of whoever caused it. @param {string} who @param {string} at
 * @param {SendOptions & {claims?: object}} [options] */
async function stored(who, at, options) {
  let last = await get(who, at, options);
  await until(`the answer to ${at} is stored for ${who}`, async () => {
    last = await get(who, at, options);
    return last.cache.startsWith('Sallyport; hit');
  });
  return last;
}

for (const [what, vary, as] of /** @type {[string, string, (token: string) => Record<string, string>][]} */ ([
  ['Authorization', 'Accept, Authorization', (token) => ({ authorization: `Bearer ${token}` })],
  ['a field that an issuer names', 'x-session-token', (token) => ({ 'x-session-token': token })],
  ['Cookie, where one holds the credential', 'Cookie', (token) => ({ cookie: `theme=dark; sid=${token}` })],
])) {
  test(`a public answer that varies by ${what} stays with the caller`, async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Cache-Control': 'public, max-age=60', Vary: vary });
      response.end(`answer ${asked.length}`);
    };
    const ask = async (/** @type {string} */ sub) => edge.send(path, { headers: as(await edge.issuer.token({ sub })) });
    const text = (/** @type {Awaited<ReturnType<typeof ask>>} */ { body }) => body.toString();
    const first = await ask('alice');
    await until('the answer is stored for alice', async () =>
      String((await ask('alice')).headers['cache-status']).startsWith('Sallyport; hit'),
    );
    const [mine, theirs] = [await ask('alice'), await ask('bob')];
    assert.match(String(theirs.headers['cache-status']), /uri-miss|vary-miss/);
    assert.notEqual(text(theirs), text(mine));
    assert.equal(first.status, 200);
  });
}

test('a request with another value of a signed header is another request, in both scopes', async () => {
  for (const says of ['public, max-age=60', 'max-age=60']) {
    answer = (request, response) => {
      response.writeHead(200, { 'Cache-Control': says });
      response.end(`figures of ${request.headers['x-tenant']}`);
    };
    const at = `/tenants/${tests}/${says.length}`;
    const as = (/** @type {string} */ tenant, /** @type {string[]} */ groups) => ({ headers: { 'x-tenant': tenant }, claims: { groups } });
    await stored('alice', at, as('a', ['a', 'b']));
    assert.equal((await get('alice', at, as('b', ['a', 'b']))).text, 'figures of b');
    assert.equal((await get('bob', at, as('b', ['b']))).text, 'figures of b');
    assert.equal((await get('bob', at, as('a', ['b']))).status, 403);
  }
});

test('anonymous callers share what is public, and nothing else is kept for them', async () => {
  const at = `/open/${tests}`;
  const ask = (/** @type {string} */ cookie) => edge.send(at, { headers: { cookie } });
  for (let i = 0; i < 2; i += 1) {
    for (const cookie of ['session=alice', 'session=bob']) {
      assert.equal((await ask(cookie)).headers['cache-status'], 'Sallyport; fwd=uri-miss; detail=not-public');
    }
  }
  assert.equal(asked.length, 4);
  saying('public, max-age=60');
  await until('it is stored', async () => String((await ask('session=alice')).headers['cache-status']).startsWith('Sallyport; hit'));
  assert.match(String((await ask('session=bob')).headers['cache-status']), /hit/);
});

test("an app's own session makes another caller", async () => {
  const as = (/** @type {string} */ session) => ({ headers: { cookie: `session=${session}` } });
  const { text } = await stored('alice', path, as('1'));
  assert.notEqual((await get('alice', path, as('2'))).text, text);
  assert.equal((await get('alice', path, as('1'))).text, text);
});

test('another spelling of a field name goes past the cache, and neither stores nor is served', async () => {
  answer = (request, response) => {
    response.writeHead(200, { 'Cache-Control': 'public, max-age=60', Vary: 'Accept-Language' });
    response.end(`in ${request.headers['accept-language'] ?? request.headers['accept_language'] ?? 'en'}`);
  };
  for (let i = 0; i < 2; i += 1) {
    const odd = await get('mallory', path, { headers: { Accept_Language: 'MALLORY' } });
    assert.deepEqual([odd.cache, odd.text], ['Sallyport; fwd=bypass', 'in MALLORY']);
  }
  assert.equal((await get('alice', path)).text, 'in en');
  assert.equal((await stored('alice', path)).text, 'in en');
  assert.equal((await get('mallory', path, { headers: { 'accept.language': 'MALLORY' } })).cache, 'Sallyport; fwd=bypass');
});

test('an answer that was made for a page of one origin is not given to another', async () => {
  answer = (request, response) => {
    response.writeHead(200, {
      'Cache-Control': 'public, max-age=60',
      ...(request.headers.origin && { 'Access-Control-Allow-Origin': request.headers.origin }),
    });
    response.end();
  };
  const from = (/** @type {string} */ origin) => ({ headers: { origin } });
  await stored('alice', path, from('https://evil.example'));
  assert.equal((await get('alice', path, from('https://app.example'))).headers['access-control-allow-origin'], 'https://app.example');
  assert.equal((await get('alice', path)).headers['access-control-allow-origin'], undefined);
});
