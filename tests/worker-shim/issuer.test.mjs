// The issuer Worker: the two documents that STS needs, nothing else, and never with a private key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify, SignJWT, importJWK } from 'jose';
import { until } from '../../demo/parts/child.mjs';
import { send, signing_key } from '../support/edge.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { start_issuer_worker } from '../../demo/parts/worker.mjs';

const key = await signing_key();
const { d, ...public_key } = key;
const port = await free_port();
const issuer = `http://127.0.0.1:${port}`;
/** @type {import('../../demo/parts/worker.mjs').RunningWorker} */
let worker;

before(async () => {
  worker = await start_issuer_worker({ issuer, public_keys: JSON.stringify({ keys: [public_key] }), port });
});
after(() => worker.stop());

test('a token of ours is verified with what it serves, found by discovery', async () => {
  const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.issuer, issuer);
  assert.deepEqual(discovery.id_token_signing_alg_values_supported, ['ES256']);
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setIssuer(issuer)
    .sign(await importJWK(key, 'ES256'));
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), { issuer });
  assert.equal(payload.iss, issuer);
});

test('documents are public, typed and cached for minutes; HEAD answers without a body', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
    const got = await send(port, path);
    const { status, headers, body } = await send(port, path, { method: 'HEAD' });
    assert.equal(got.status, 200);
    assert.equal(status, 200);
    assert.equal(body.length, 0);
    for (const each of [got.headers, headers]) {
      assert.equal(each['content-type'], 'application/json');
      assert.equal(each['cache-control'], 'public, max-age=300');
      assert.equal(each['x-content-type-options'], 'nosniff');
    }
  }
});

test('a query changes nothing', async () => {
  assert.equal((await send(port, '/.well-known/jwks.json?x=1')).status, 200);
});

for (const path of [
  '/',
  '/.well-known/',
  '/.well-known/jwks.json/',
  '/.WELL-KNOWN/jwks.json',
  '//.well-known/jwks.json',
  '/.well-known/jwks%2Ejson',
  '/.sallyport/status',
  '/x/../y',
]) {
  test(`there is nothing at ${path}`, async () => {
    const { status, headers } = await send(port, path);
    assert.equal(status, 404);
    assert.equal(headers['cache-control'], 'no-store');
  });
}

for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
  test(`${method} is refused`, async () => {
    const { status, headers } = await send(port, '/.well-known/jwks.json', { method });
    assert.equal(status, 405);
    assert.equal(headers.allow, 'GET, HEAD');
    assert.equal((await send(port, '/elsewhere', { method })).status, 404);
  });
}

/** What it must not start with -> what the log says. */
const wrong = /** @type {[string, {issuer?: string, public_keys?: string}, RegExp][]} */ ([
  ['a private key', { public_keys: JSON.stringify({ keys: [key] }) }, /jwk_private_in_public_set/],
  [
    'a private key behind a public one',
    { public_keys: JSON.stringify({ keys: [public_key, { ...key, kid: 'other' }] }) },
    /jwk_private_in_public_set/,
  ],
  [
    'a shared secret',
    { public_keys: JSON.stringify({ keys: [{ kty: 'oct', kid: 's', alg: 'HS256', k: Buffer.alloc(32, 7).toString('base64url') }] }) },
    /jwk_private_in_public_set/,
  ],
  ['no keys', { public_keys: '' }, /not started/],
  ['a point off its curve', { public_keys: JSON.stringify({ keys: [{ ...public_key, y: public_key.x }] }) }, /jwk_point_not_on_curve/],
  ['an issuer with a query', { issuer: 'https://issuer.acme.example?x' }, /config_invalid/],
  ['an issuer on plain http', { issuer: 'http://issuer.acme.example' }, /config_invalid/],
  ['no issuer', { issuer: '' }, /config_invalid/],
]);

for (const [what, settings, says] of wrong) {
  test(`with ${what} it serves nothing, says why in the log, and shows no key`, async () => {
    const refusing = await start_issuer_worker({ issuer, public_keys: JSON.stringify({ keys: [public_key] }), ...settings });
    try {
      for (const path of ['/.well-known/jwks.json', '/.well-known/openid-configuration', '/']) {
        const { status, body } = await send(refusing.port, path);
        assert.equal(status, 503);
        assert.ok(!body.toString().includes(String(public_key.x)));
      }
      await until('the log says why', () => says.test(refusing.output()));
      for (const part of [d, key.x]) assert.ok(!refusing.output().includes(String(part)));
    } finally {
      await refusing.stop();
    }
  });
}

test('an issuer with a path serves below it', async () => {
  const below = await start_issuer_worker({ issuer: 'https://acme.example/edge', public_keys: JSON.stringify({ keys: [public_key] }) });
  try {
    assert.equal((await send(below.port, '/edge/.well-known/jwks.json')).status, 200);
    assert.equal((await send(below.port, '/.well-known/jwks.json')).status, 404);
  } finally {
    await below.stop();
  }
});
