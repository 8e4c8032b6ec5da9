// A request signed by other people's implementations, from docs/reference/protocol.md alone, is accepted by the agent: npm jose for
// the assertion, npm http-message-signatures for RFC 9421. The other way round is in tests/worker-shim/forward.test.mjs.
import assert from 'node:assert/strict';
import { KeyObject, createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createSigner, httpbis } from 'http-message-signatures';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { start_agent } from '../../demo/parts/agent.mjs';
import { run } from '../../demo/parts/child.mjs';
import { authority_digest } from '../support/independent.mjs';
import { start_origin } from '../support/origin.mjs';
import { root } from '../../demo/parts/worker.mjs';

const sallyport = `${root}build/dev/sallyport`;
const edge_issuer = 'https://edge.acme.example';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-interop-'));
/** @type {import('jose').GenerateKeyPairResult} */ let keys;
/** @type {import('../support/origin.mjs').RunningOrigin} */ let app;
/** @type {import('../../demo/parts/agent.mjs').RunningAgent} */ let agent;
let policy_digest = '';

before(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'edge-1', alg: 'ES256', use: 'sig' };
  const jwks_file = join(folder, 'edge.json');
  const policy_file = join(folder, 'policy.jsonc');
  writeFileSync(jwks_file, JSON.stringify({ keys: [jwk] }));
  writeFileSync(
    policy_file,
    JSON.stringify({
      name: 'interop',
      edge: { issuer: edge_issuer },
      issuers: { okta: { issuer: 'https://okta.example', audiences: ['api'], kind: 'user' } },
      services: { reports: { origin: 'https://reports.example' } },
      routes: [{ id: 'all', host: 'reports.example', path: '/**', service: 'reports', allow: "'finance' in identity.groups" }],
    }),
  );
  policy_digest = String(await run(sallyport, ['policy', 'digest', policy_file])).trim();
  app = await start_origin();
  agent = await start_agent({
    program: sallyport,
    service: 'reports',
    upstream_port: Number(new URL(app.url).port),
    policy_file,
    jwks_file,
  });
});

after(async () => {
  await agent?.stop();
  await app?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const assertion = (claims = {}) =>
  new SignJWT({
    idp: 'okta',
    kind: 'user',
    groups: ['finance'],
    route: 'all',
    pol: policy_digest,
    jti: randomBytes(16).toString('base64url'),
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'edge-1', typ: 'sallyport-assertion+jwt' })
    .setIssuer(edge_issuer)
    .setAudience('sallyport:service:reports')
    .setSubject('alice')
    .setIssuedAt()
    .setExpirationTime('30s')
    .sign(keys.privateKey);

/** @param {{method?: string, path?: string, body?: string, claims?: object, unsigned?: Record<string, string>}} what `unsigned`: fields that no component covers */
async function signed({ method = 'GET', path = '/api?full=1', body, claims, unsigned = {} } = {}) {
  const authority = authority_digest(Object.entries(unsigned));
  /** @type {Record<string, string>} */
  const headers = {
    host: 'agent.internal',
    'sallyport-assertion': await assertion(claims),
    'sallyport-context': `id="${randomBytes(16).toString('base64url')}", time=${Date.now()}, host="reports.example", proto="https", ip="192.0.2.7"${authority === undefined ? '' : `, authority=:${authority}:`}`,
    ...(body === undefined
      ? {}
      : {
          'content-type': 'text/plain',
          'content-length': String(Buffer.byteLength(body)),
          'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
        }),
  };
  const fields = ['@method', '@path', '@query', ...Object.keys(headers).filter((name) => name !== 'host')];
  const now = Math.floor(Date.now() / 1000);
  const message = await httpbis.signMessage(
    {
      name: 'sallyport',
      key: createSigner(KeyObject.from(keys.privateKey), 'ecdsa-p256-sha256', 'edge-1'),
      fields,
      params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
      paramValues: {
        created: new Date(now * 1000),
        expires: new Date((now + 30) * 1000),
        nonce: randomBytes(16).toString('base64url'),
        tag: 'sallyport',
      },
    },
    { method, url: `http://agent.internal${path}`, headers },
  );
  return { method, path, headers: { ...message.headers, ...unsigned }, body };
}

/** @param {{method: string, path: string, headers: import('node:http').OutgoingHttpHeaders, body?: string}} message @returns {Promise<number>} */
const send = ({ method, path, headers, body }) =>
  new Promise((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port: agent.port, method, path, headers, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sending.on('error', reject).end(body);
  });

test('a request signed by npm packages reaches the app, once', async () => {
  const message = await signed();
  assert.equal(await send(message), 200);
  assert.equal(await send(message), 401, 'the same request once more is a replay');
});

test('a body is bound to the signature of npm packages', async () => {
  const message = await signed({ method: 'POST', body: 'one hundred' });
  assert.equal(await send({ ...message, body: 'two hundred' }), 401);
  assert.equal(await send(message), 200);
});

test('what an app takes as authority is bound through the context', async () => {
  const unsigned = {
    Authorization: 'Basic YTpi',
    Cookie: 'a=1; b=2',
    Origin: 'https://app.example',
    Range: 'bytes=0-1',
    'Content-Encoding': 'gzip',
  };
  assert.equal(await send(await signed({ unsigned })), 200);
  for (const name of Object.keys(unsigned)) {
    const plain = await signed();
    assert.equal(await send({ ...plain, headers: { ...plain.headers, [name]: 'other' } }), 401, `${name} was added`);
    const all = await signed({ unsigned });
    assert.equal(await send({ ...all, headers: { ...all.headers, [name]: 'other' } }), 401, `${name} was changed`);
    const { [name]: removed, ...rest } = all.headers;
    assert.equal(await send({ ...all, headers: rest }), 401, `${name} was removed`);
  }
});

test('what they sign and policy does not allow is refused', async () => {
  assert.equal(await send(await signed({ claims: { groups: ['sales'] } })), 403);
  assert.equal(await send({ ...(await signed()), path: '/api?full=2' }), 401);
});
