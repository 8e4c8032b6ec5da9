// Keys of issuers: fetched as the core asks, shared, cached, and never an acceptance when they cannot be had.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { until } from '../../demo/parts/child.mjs';
import { policy_for, send, signing_key, start_edge } from '../support/edge.mjs';
import { start_worker } from '../../demo/parts/worker.mjs';
import { records_of, told_in } from '../support/records.mjs';

/** @param {(edge: Awaited<ReturnType<typeof start_edge>>) => Promise<void>} body */
async function with_edge(body) {
  const edge = await start_edge();
  try {
    await body(edge);
  } finally {
    await edge.stop();
  }
}

test('twenty first requests at once cost one discovery and one key fetch', () =>
  with_edge(async (edge) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => edge.send_as_alice('/x')));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.deepEqual(edge.issuer.seen, ['/.well-known/openid-configuration', '/jwks']);
  }));

test('a rotated key is found by one more fetch', () =>
  with_edge(async (edge) => {
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    await edge.issuer.rotate('second');
    // The set is fresh, so an unknown kid may ask again only after the refetch interval: until then it is a no, not a fetch.
    const early = await edge.send_as_alice('/x');
    assert.equal(early.status, 401);
    assert.equal(edge.issuer.seen.filter((path) => path === '/jwks').length, 1);
  }));

test('unknown key ids cannot make us hammer an issuer', () =>
  with_edge(async (edge) => {
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    for (let i = 0; i < 10; i += 1) {
      const authorization = `Bearer ${await edge.issuer.token({}, { kid: `made-up-${i}` })}`;
      assert.equal((await edge.send('/x', { headers: { authorization } })).status, 401);
    }
    assert.ok(edge.issuer.seen.filter((path) => path === '/jwks').length <= 2);
  }));

test('an issuer that is gone does not hurt while its keys are held', () =>
  with_edge(async (edge) => {
    const token = await edge.issuer.token();
    const other = await edge.issuer.token({ sub: 'carol' });
    assert.equal((await edge.send('/x', { headers: { authorization: `Bearer ${token}` } })).status, 200);
    await edge.issuer.stop();
    for (const each of [token, other]) assert.equal((await edge.send('/x', { headers: { authorization: `Bearer ${each}` } })).status, 200);
  }));

/** What issuers may do wrong at either document; all of it is a 503, and nothing reaches the origin. */
const misbehaviours = /** @type {[string, (path: string, response: import('node:http').ServerResponse) => boolean][]} */ ([
  [
    'answers 500',
    (_, response) => {
      response.writeHead(500).end('{}');
      return true;
    },
  ],
  [
    'redirects',
    (_, response) => {
      response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end();
      return true;
    },
  ],
  [
    'is not JSON',
    (_, response) => {
      response.writeHead(200).end('<html>');
      return true;
    },
  ],
  [
    'never ends',
    (_, response) => {
      response.writeHead(200);
      const more = () => response.destroyed || response.write('x'.repeat(60_000), () => setImmediate(more));
      more();
      return true;
    },
  ],
  [
    'is short only while it is packed',
    (_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(8 << 20, ' ')));
      return true;
    },
  ],
  [
    'closes the connection',
    (_, response) => {
      response.destroy();
      return true;
    },
  ],
  [
    'names another issuer',
    (path, response) => {
      if (path === '/jwks') return false;
      response.writeHead(200).end('{"issuer":"https://evil.example","jwks_uri":"https://evil.example/jwks"}');
      return true;
    },
  ],
  [
    'has a set with a private key',
    (path, response) => {
      if (path !== '/jwks') return false;
      response.writeHead(200).end('{"keys":[{"kty":"oct","k":"AAAA"}]}');
      return true;
    },
  ],
]);

for (const [what, answer] of misbehaviours) {
  test(`an issuer that ${what} is never an acceptance`, () =>
    with_edge(async (edge) => {
      edge.issuer.behaviour.answer = answer;
      const received = await edge.send_as_alice('/x');
      assert.equal(received.status, 503);
      assert.equal(JSON.parse(received.body.toString()).code, 'keys_unavailable');
      assert.equal(edge.origin.seen.length, 0);
      await until('the log says why', () =>
        records_of(edge.worker.output(), 'log', { event: 'keys refused' }).some(
          ({ issuer, url, reason, detail }) => issuer === 'okta' && /^http/.test(url) && /^[a-z_]+$/.test(reason) && detail !== '',
        ),
      );
    }));
}

test('odd keys beside a good one lock nobody out, and the log names them', () =>
  with_edge(async (edge) => {
    const {
      keys: [good],
    } = await (await fetch(`${edge.issuer.issuer}/jwks`)).json();
    const weak = { kty: 'RSA', kid: 'of an old day', n: 'AQAB', e: 'Aw' };
    const set = { keys: [weak, { ...good, x5c: ['A'.repeat(100_000)] }, good, { kty: 'AKP', kid: good.kid }] };
    edge.issuer.behaviour.answer = (path, response) => {
      if (path !== '/jwks') return false;
      response.writeHead(200).end(`\uFEFF${JSON.stringify(set)}`);
      return true;
    };
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    await until('the log names the key', () =>
      /keys passed over: key 1 of the set \(kid "of an old day"\): jwk_weak_rsa, /.test(told_in(edge.worker.output())),
    );
  }));

test('a set beyond the limit is called that', () =>
  with_edge(async (edge) => {
    edge.issuer.behaviour.answer = (path, response) => {
      if (path !== '/jwks') return false;
      response.writeHead(200).end(' '.repeat(262_145));
      return true;
    };
    assert.equal((await edge.send_as_alice('/x')).status, 503);
    await until('the log says why', () =>
      records_of(edge.worker.output(), 'log', { reason: 'keys_fetch_failed' }).some(
        ({ detail }) => detail === 'the document is longer than 262144 bytes, the limit',
      ),
    );
  }));

test('an issuer that does not answer is given up', { timeout: 240_000 }, () =>
  with_edge(async (edge) => {
    edge.issuer.behaviour.answer = () => true;
    assert.equal((await edge.send_as_alice('/x')).status, 503);
  }),
);

test('a new isolate takes the keys from the cache, and serves with the issuer gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cache-'));
  const miniflare = { cachePersist: folder };
  const edge = await start_edge({ miniflare });
  const authorization = `Bearer ${await edge.issuer.token()}`;
  try {
    assert.equal((await edge.send('/x', { headers: { authorization } })).status, 200);
    const cache = await (await edge.worker.miniflare.getCaches()).open('sallyport-keys');
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      await until(`${path} is in the cache`, async () => (await cache.match(`${edge.issuer.issuer}${path}`)) !== undefined);
    }
    await edge.worker.stop();
    await edge.issuer.stop();
    const again = await start_worker({
      policy: policy_for(edge.issuer.issuer, edge.origin.url),
      signing_keys: JSON.stringify({ keys: [await signing_key()] }),
      miniflare,
    });
    try {
      assert.equal((await send(again.port, '/x', { headers: { authorization } })).status, 200);
    } finally {
      await again.stop();
    }
  } finally {
    await edge.stop();
    await rm(folder, { recursive: true });
  }
});
