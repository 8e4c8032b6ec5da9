// A Worker that must not serve says so, to callers as little as need be and to operators all of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { policy_for, send, signing_key } from '../support/edge.mjs';
import { root, start_worker } from '../../demo/parts/worker.mjs';
import { told_in } from '../support/records.mjs';

const good_policy = policy_for('https://issuer.example', 'https://origin.example');
const good_keys = JSON.stringify({ keys: [await signing_key()] });

/** @param {Partial<Parameters<typeof start_worker>[0]>} settings */
async function refusal_of(settings) {
  const worker = await start_worker({ policy: good_policy, signing_keys: good_keys, ...settings });
  try {
    const received = [
      await send(worker.port, '/x'),
      await send(worker.port, '/.sallyport/status'),
      await send(worker.port, '/.well-known/jwks.json', { headers: { host: 'edge.acme.example:443' } }),
    ];
    for (const { status, headers, body } of received) {
      assert.equal(status, 503);
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.equal(JSON.parse(body.toString()).code, 'unavailable');
    }
    return told_in(worker.output());
  } finally {
    await worker.stop();
  }
}

test('with policy and keys it serves', async () => {
  await assert.rejects(refusal_of({}), /401/);
});

test('without a signing key it serves nothing, and the log says what to do', async () => {
  assert.match(
    await refusal_of({ signing_keys: '' }),
    /not started: signing_key_missing: .*SALLYPORT_SIGNING_KEYS.*sallyport keys generate/,
  );
});

test('a broken signing key is named, and never shown', async () => {
  const key = await signing_key();
  const output = await refusal_of({ signing_keys: JSON.stringify({ keys: [{ ...key, d: 'AAAA' }] }) });
  assert.match(output, /not started: \w+: SALLYPORT_SIGNING_KEYS/);
  assert.ok(!output.includes(key.x ?? ''));
});

test('a private half that belongs to another key is refused', async () => {
  const [key, other] = [await signing_key(), await signing_key()];
  assert.match(await refusal_of({ signing_keys: JSON.stringify({ keys: [{ ...key, d: other.d }] }) }), /not started: key_import_failed/);
});

test('a broken policy is named with line and column', async () => {
  const output = await refusal_of({ policy: good_policy.replace('{', '{\n  "nmae": 1,') });
  assert.match(output, /not started: policy_member_unknown: policy\.jsonc:2:3: /);
});

test('a policy that is not JSON is named with line and column', async () => {
  assert.match(await refusal_of({ policy: '{\n  oops\n}' }), /not started: policy_syntax: policy\.jsonc:2:/);
});

test('a secret for a service that the policy does not have is refused', async () => {
  const secrets = { nobody: { kty: 'oct', kid: 's', k: Buffer.alloc(32, 1).toString('base64url') } };
  assert.match(await refusal_of({ service_secrets: JSON.stringify(secrets) }), /not started: config_invalid/);
});

test('a short shared secret is refused', async () => {
  const secrets = { app: { kty: 'oct', kid: 's', k: Buffer.alloc(8, 1).toString('base64url') } };
  assert.match(
    await refusal_of({ service_secrets: JSON.stringify(secrets) }),
    /not started: jwk_weak_secret: SALLYPORT_SERVICE_SECRETS, service app/,
  );
});

test('an endpoint in place of AWS on plain http elsewhere than on loopback is refused', async () => {
  const variables = { SALLYPORT_AWS_ENDPOINT: 'http://aws.acme.example' };
  assert.match(await refusal_of({ variables }), /not started: config_invalid: SALLYPORT_AWS_ENDPOINT: not an https URL/);
});

const host_path = 'worker-shim/host/crypto.js';
const host_source = readFileSync(root + host_path, 'utf8');

/** Crypto hosts that are wrong in one way each: change -> what must be noticed. */
const broken_hosts = /** @type {[string, string, string, RegExp][]} */ ([
  ['every signature verifies', 'data, signature) ? 1 : 0;', 'data, signature) ? 1 : 1;', /crypto_self_test/],
  ['no signature verifies', 'data, signature) ? 1 : 0;', 'data, signature) ? 0 : 0;', /crypto_self_test/],
  ['every comparison is equal', 'timingSafeEqual(a, b) ? 1 : 0;', 'timingSafeEqual(a, b) ? 1 : 1;', /crypto_self_test/],
  ['a hash has another value', 'hash(hash, data, out) {', 'hash(hash, all, out) {\n    const data = all.subarray(1);', /crypto_self_test/],
  [
    'nothing is bound to a sealed text',
    'seal_gcm(key, nonce, bound, plain)',
    'seal_gcm(key, nonce, new Uint8Array(0), plain)',
    /crypto_self_test/,
  ],
  ['a hash has another length', '? null : name)', "? null : name.replace('256', '512'))", /internal: .*RuntimeError/],
  ['RSASSA-PSS is PKCS #1 v1.5', 'if (family === RSA_PSS) return verify_pss', 'if (false) return verify_pss', /crypto_self_test/],
]);

for (const [what, right, wrong, noticed] of broken_hosts) {
  test(`a crypto host where ${what} is not used`, async () => {
    assert.ok(host_source.includes(right));
    const output = await refusal_of({ replaced: { [host_path]: host_source.replaceAll(right, wrong) } });
    assert.match(output, /not started: /);
    assert.match(output, noticed);
  });
}

// What may become of the platform's bare hash: what, and the change that makes it so.
for (const [what, right, wrong] of [
  ['gives another value', 'hash.update(data);', 'hash.update(data.subarray(1));'],
  ['gives something else than bytes', 'return hash.digest();', 'return String(hash.digest());'],
  ['is not there', "made?.name === 'HashHandle'", 'false'],
  ['is made in another way', 'new bare_hash(name, undefined)', 'new bare_hash()'],
]) {
  test(`where the platform's bare hash ${what}, the documented one is used`, async () => {
    assert.ok(host_source.includes(right));
    const worker = await start_worker({
      policy: good_policy,
      signing_keys: good_keys,
      replaced: { [host_path]: host_source.replace(right, wrong) },
    });
    try {
      assert.equal((await send(worker.port, '/x')).status, 401);
    } finally {
      await worker.stop();
    }
  });
}

test('a core that fails half-way is replaced, and its request is refused', async () => {
  // The hash of one token fails, which stops the core: a digest is what it cannot do without.
  const replaced = host_source.replace(
    'hash(hash, data, out) {',
    'hash(hash, data, out) {\n    if (String(Buffer.from(data)).includes("c3RvcA")) return FAILED;',
  );
  assert.notEqual(replaced, host_source);
  const worker = await start_worker({ policy: good_policy, signing_keys: good_keys, replaced: { [host_path]: replaced } });
  const ask = (/** @type {string} */ token) => send(worker.port, '/x', { headers: { authorization: `Bearer ${token}` } });
  try {
    const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from('{"iss":"https://issuer.example"}').toString('base64url')}`;
    const seen = [await ask(`${token}.AAAA`), await ask(`${token}.c3RvcA`), await ask(`${token}.AAAA`)].map(({ status }) => status);
    assert.equal(seen[1], 500);
    assert.deepEqual([seen[0], seen[2]], [503, 503], 'keys of an issuer that does not exist');
    assert.match(told_in(worker.output()), /the core failed and is replaced: RuntimeError/);
  } finally {
    await worker.stop();
  }
});
