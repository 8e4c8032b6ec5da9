// A request signed by other people's implementations, from docs/reference/protocol.md alone, is accepted by the agent: npm jose for
// the assertion, npm http-message-signatures for RFC 9421; for channels also Node's own ECDH and HKDF, and npm structured-headers. The
// other way round is in tests/worker-shim/forward.test.mjs.
import assert from 'node:assert/strict';
import { KeyObject, createECDH, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createSigner, httpbis } from 'http-message-signatures';
import { CompactSign, SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { parseDictionary } from 'structured-headers';
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

const edge_signer = () => createSigner(KeyObject.from(keys.privateKey), 'ecdsa-p256-sha256', 'edge-1');
const fresh_nonce = () => randomBytes(16).toString('base64url');

/**
 * @typedef {object} Asked
 * @property {string} [method]
 * @property {string} [path]
 * @property {string} [body]
 * @property {object} [claims]
 * @property {Record<string, string>} [unsigned] fields that no component covers
 * @property {ReturnType<typeof createSigner>} [signer]
 * @property {string} [nonce]
 */

/** @param {Asked} what */
async function signed({
  method = 'GET',
  path = '/api?full=1',
  body,
  claims,
  unsigned = {},
  signer = edge_signer(),
  nonce = fresh_nonce(),
} = {}) {
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
      key: signer,
      fields,
      params: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
      paramValues: {
        created: new Date(now * 1000),
        expires: new Date((now + 30) * 1000),
        nonce,
        tag: 'sallyport',
      },
    },
    { method, url: `http://agent.internal${path}`, headers },
  );
  return { method, path, headers: { ...message.headers, ...unsigned }, body };
}

/** @typedef {{method: string, path: string, headers: import('node:http').OutgoingHttpHeaders, body?: string}} Message */

/** @param {Message} message @returns {Promise<import('node:http').IncomingMessage>} */
const ask = ({ method, path, headers, body }) =>
  new Promise((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port: agent.port, method, path, headers, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer));
    });
    sending.on('error', reject).end(body);
  });

/** @param {Message} message */
const send = async (message) => (await ask(message)).statusCode;

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

/** A member of Sallyport-Channel. @param {import('node:http').IncomingMessage} answer @param {string} name */
const said = (answer, name) => parseDictionary(String(answer.headers['sallyport-channel'] ?? '')).get(name)?.[0];

/** @param {Buffer} point */
const jwk_of = (point) => ({
  crv: 'P-256',
  kty: 'EC',
  x: point.subarray(1, 33).toString('base64url'),
  y: point.subarray(33).toString('base64url'),
});

/** The edge's end of a channel with the agent that has offered this key. @param {Buffer} offered */
async function open_channel(offered) {
  const pair = createECDH('prime256v1');
  const own = pair.generateKeys();
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    agent: await calculateJwkThumbprint(jwk_of(offered)),
    aud: 'sallyport:channel:reports',
    cnf: { jwk: jwk_of(own) },
    exp: iat + 600,
    iat,
    iss: edge_issuer,
    jti: fresh_nonce(),
  };
  const grant = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: 'edge-1', typ: 'sallyport-channel+jwt' })
    .sign(keys.privateKey);
  const id = createHash('sha256')
    .update(grant.slice(0, grant.lastIndexOf('.')))
    .digest();
  const info = Buffer.concat([Buffer.from('sallyport channel 1\0'), id, own, offered]);
  const made = Buffer.from(hkdfSync('sha256', pair.computeSecret(offered), Buffer.alloc(0), info, 64));
  const signer = () => createSigner(made.subarray(0, 32), 'hmac-sha256', `ch1.${id.toString('base64url')}`);
  return { grant, signer, confirmations: made.subarray(32) };
}

test('a channel that npm packages open is taken, confirmed, and then carries requests without its grant', async () => {
  const offer = said(await ask(await signed()), 'key');
  const channel = await open_channel(Buffer.from(/** @type {ArrayBuffer} */ (offer)));
  const early = await ask(await signed({ signer: channel.signer() }));
  assert.equal(early.statusCode, 401);
  assert.equal(said(early, 'unknown'), true);
  const nonce = fresh_nonce();
  const probe = await signed({ signer: channel.signer(), nonce, unsigned: { 'Sallyport-Channel-Grant': channel.grant } });
  const confirmed = await ask(probe);
  assert.equal(confirmed.statusCode, 200);
  const expected = createHmac('sha256', channel.confirmations).update(`sallyport confirm 1\0${nonce}`).digest();
  assert.deepEqual(Buffer.from(/** @type {ArrayBuffer} */ (said(confirmed, 'confirm'))), expected);
  const message = await signed({ method: 'POST', body: 'one hundred', signer: channel.signer() });
  assert.equal(await send({ ...message, body: 'two hundred' }), 401);
  const served = await ask(message);
  assert.equal(served.statusCode, 200);
  assert.equal(served.headers['sallyport-channel'], undefined);
});
