// Keys that stand in the policy (`jwks` of an issuer), by every door of the core alike: what loads, what verifies a token, and
// the words for what does not. Each host imports them by its own means (OpenSSL, Node, BoringSSL below workerd).
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import { ask } from '../support/probes.mjs';

const NOW = 1_790_000_000;
const edge_key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'e1' };

/** @typedef {Record<string, unknown>} Jwk */
/** @param {import('node:crypto').KeyPairKeyObjectResult} pair */
const made = ({ publicKey, privateKey }) => ({
  open: /** @type {Jwk} */ (publicKey.export({ format: 'jwk' })),
  secret: /** @type {Jwk} */ (privateKey.export({ format: 'jwk' })),
  key: privateKey,
});
const ed = made(generateKeyPairSync('ed25519'));
const ec = made(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const other_ec = made(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const p521 = made(generateKeyPairSync('ec', { namedCurve: 'P-521' }));
const rsa = made(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const weak = made(generateKeyPairSync('rsa', { modulusLength: 1024 }));
const cubic = made(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }));

/** Node's names of what a token's alg means. @type {Record<string, [hash: string | null, more: object]>} */
const ALGORITHMS = {
  EdDSA: [null, {}],
  ES256: ['sha256', { dsaEncoding: 'ieee-p1363' }],
  ES512: ['sha512', { dsaEncoding: 'ieee-p1363' }],
  RS256: ['sha256', {}],
  PS256: ['sha256', { padding: 6, saltLength: 32 }],
};

/** @param {string} alg @param {{key: import('node:crypto').KeyObject}} by @param {string} [kid] */
function token(alg, by, kid) {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg, kid })}.${part({ iss: 'tests', aud: 'a', sub: 'u', exp: NOW + 600 })}`;
  const [hash, more] = ALGORITHMS[alg] ?? [null, {}];
  return `${text}.${sign(hash, Buffer.from(text), { key: by.key, ...more }).toString('base64url')}`;
}

/** @param {unknown} jwks */
const policy_with = (jwks, more = {}) =>
  JSON.stringify({
    edge: { issuer: 'https://edge.example' },
    issuers: { corp: { issuer: 'tests', audiences: ['a'], algorithms: Object.keys(ALGORITHMS), jwks, ...more } },
    services: { app: { origin: 'https://o.example', signature: 'ed25519' } },
    routes: [{ id: 'r', host: 'h.example', path: '/**', service: 'app', allow: 'true' }],
  });

/** @param {Jwk[]} keys @param {string} bearer */
const exchange = (keys, bearer) => ({
  op: 'edge',
  in: {
    policy: policy_with({ keys }),
    keys: { edge: { keys: [edge_key] } },
    request: { host: 'h.example', target: '/x', fields: [['authorization', `Bearer ${bearer}`]] },
    now: NOW * 1000,
  },
});

const off_curve = { ...ec.open, y: other_ec.open['y'], kid: 'off' };

/** @type {[what: string, keys: Jwk[], bearer: string, reason: string][]} */
const TOKENS = [
  ['Ed25519', [{ ...ed.open, kid: '1' }], token('EdDSA', ed, '1'), 'ok'],
  ['P-256', [{ ...ec.open, kid: '1' }], token('ES256', ec, '1'), 'ok'],
  ['P-521', [{ ...p521.open, kid: '1' }], token('ES512', p521, '1'), 'ok'],
  ['RSA', [{ ...rsa.open, kid: '1' }], token('RS256', rsa, '1'), 'ok'],
  ['RSA for PSS', [{ ...rsa.open, kid: '1' }], token('PS256', rsa, '1'), 'ok'],
  ['no kid anywhere', [ed.open], token('EdDSA', ed), 'ok'],
  [
    'the second of a set',
    [
      { ...ed.open, kid: '1' },
      { ...ec.open, kid: '2' },
    ],
    token('ES256', ec, '2'),
    'ok',
  ],
  ['another key under the same kid', [{ ...ec.open, kid: '1' }], token('ES256', other_ec, '1'), 'jws_signature_invalid'],
  ['an unknown kid', [{ ...ec.open, kid: '1' }], token('ES256', ec, '2'), 'key_not_found'],
  [
    'a kid of two keys for one alg',
    [
      { ...ec.open, kid: '1' },
      { ...other_ec.open, kid: '1' },
    ],
    token('ES256', ec, '1'),
    'key_not_found',
  ],
  [
    'a kid of two keys for two algs',
    [
      { ...ec.open, kid: '1' },
      { ...ed.open, kid: '1' },
    ],
    token('ES256', ec, '1'),
    'ok',
  ],
  ['a key for another alg', [{ ...rsa.open, kid: '1', alg: 'PS256' }], token('RS256', rsa, '1'), 'jwk_algorithm_mismatch'],
  [
    'a key for encryption',
    [
      { ...ec.open, kid: '1', use: 'enc' },
      { ...ed.open, kid: '2' },
    ],
    token('ES256', ec, '1'),
    'key_not_found',
  ],
  [
    'a weak key',
    [
      { ...weak.open, kid: '1' },
      { ...ed.open, kid: '2' },
    ],
    token('RS256', weak, '1'),
    'key_not_found',
  ],
  [
    'an exponent of 3',
    [
      { ...cubic.open, kid: '1' },
      { ...ed.open, kid: '2' },
    ],
    token('RS256', cubic, '1'),
    'key_not_found',
  ],
  ['a point off its curve', [off_curve, { ...ed.open, kid: '2' }], token('ES256', ec, 'off'), 'key_not_found'],
];

test('a token is verified with keys of the policy by every door alike, and none is fetched', { timeout: 300_000 }, async () => {
  const answers = await ask(TOKENS.map(([, keys, bearer]) => exchange(keys, bearer)));
  answers.forEach(({ reason, out, error }, i) => {
    const [what, , , expected] = TOKENS[i] ?? [];
    assert.equal(
      error ?? (reason === 'ok' && out.outcome !== 'forward' ? out.outcome : reason),
      expected,
      `${what}: ${JSON.stringify(out)}`,
    );
  });
});

/** @type {[what: string, jwks: unknown, says: RegExp, more?: object][]} */
const REFUSED = [
  ['a private key', { keys: [ed.open, ed.secret] }, /a key that can sign: the private member d .*keys\[1\]/],
  ['a private key for encryption', { keys: [{ ...ec.secret, use: 'enc' }] }, /a key that can sign/],
  ['a private RSA key without its d', { keys: [{ ...rsa.open, p: rsa.secret['p'] }] }, /the private member p/],
  ['a shared secret', { keys: [{ kty: 'oct', k: 'AAAA' }] }, /a key that can sign: a symmetric key/],
  ['a key alone', ed.open, /keys is missing|unknown member/],
  ['no key', { keys: [] }, /the set is empty/],
  ['weak keys only', { keys: [weak.open] }, /jwk_weak_rsa/],
  ['keys for encryption only', { keys: [{ ...ec.open, use: 'enc' }] }, /jwk_use_mismatch/],
  ['a point off its curve', { keys: [off_curve] }, /key 1 of the set \(kid "off"\)/],
  ['a small-order point', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32).toString('base64url') }] }, /small order/],
  ['an alg of another kty', { keys: [{ ...ec.open, alg: 'RS256' }] }, /jwk_algorithm_mismatch/],
  ['a curve nobody signs with', { keys: [{ kty: 'OKP', crv: 'X25519', x: ed.open['x'] }] }, /jwk_unsupported/],
  ['not a key at all', { keys: ['x', 5, null, []] }, /jwk_invalid/],
  ['a URL as well', { keys: [ed.open] }, /not both .*; drop one/, { jwks_uri: 'https://i.example/keys' }],
  ['more keys than the limit', { keys: Array.from({ length: 101 }, (_, i) => ({ ...ed.open, kid: `${i}` })) }, /more usable keys/],
  ['a set longer than the limit', { keys: [{ ...ed.open, x5c: ['x'.repeat(256 << 10)] }] }, /longer than 262144 bytes/],
];

test('keys of the policy that are none are refused by every door in the same words', { timeout: 300_000 }, async () => {
  const answers = await ask(REFUSED.map(([, jwks, , more]) => ({ op: 'policy', in: { policy: policy_with(jwks, more) } })));
  answers.forEach(({ reason, out }, i) => {
    const [what = '', , says = /^$/] = REFUSED[i] ?? [];
    assert.notEqual(reason, 'ok', what);
    assert.match(out.problems.join('\n'), says, what);
    for (const problem of out.problems) assert.match(problem, /^\d+:\d+: .+\(\$\.issuers\.corp\.jwks.*\); ./u, what);
  });
});
