// Valid arguments for every operation of the probe: what the parity test starts from. Third-party vectors join in where
// they are there; nothing here depends on them.
import { createHash } from 'node:crypto';
import { SignJWT, generateKeyPair, exportJWK } from 'jose';
import { conformance_cases, question } from '../support/cel_conformance.mjs';
import { base64, list_vectors, read_vectors, vectors_absent } from '../support/vectors.mjs';
import { ask } from '../support/probes.mjs';
import { cache_seeds } from './cache_seeds.mjs';
import { edge_seeds, origin_seeds } from './exchanges.mjs';
import { AWS_OPERATIONS } from './aws_samples.mjs';
import { OPENINGS } from './login_samples.mjs';
import { JOB_OPERATIONS } from './job_samples.mjs';
import { REGION_OPERATIONS } from './region_samples.mjs';
import { HEADS, JSON_TEXTS, OUTCOMES, POLICY, SIGV4, SPELLINGS, STRUCTURED_FIELDS, TARGETS, UNSERIALIZABLE } from './samples.mjs';

/** @typedef {Record<string, import('./exchanges.mjs').KeyPair>} Keys by algorithm */

const NOW = 1_767_225_600;

/** @returns {Promise<Record<string, object[]>>} by operation */
export async function make_seeds() {
  const keys = await make_keys();
  const edge = await edge_seeds(keys, NOW);
  return {
    json: JSON_TEXTS.map((text) => ({ text_b64: base64(text) })),
    sf_parse: STRUCTURED_FIELDS.map(([type, raw]) => ({ type, raw })),
    sf_serialize: [...(await parsed_fields()), ...UNSERIALIZABLE.map(([type, value]) => ({ type, value }))],
    framing: HEADS.map((head) => ({ head_b64: base64(head.replaceAll('\n', '\r\n'), 'latin1') })),
    path: [...TARGETS, ...SPELLINGS].map((target) => ({ target_b64: base64(target, 'latin1') })),
    digest: digests(),
    httpsig_base: signed_messages().map(({ key, alg, ...message }) => message),
    httpsig_verify: [...signed_messages(), ...(await own_signatures(edge))],
    jws: [...(await jws_seeds(keys)), ...wycheproof_tokens()],
    jwt: await jwt_seeds(keys),
    cel: conformance_cases().map((each) => question(each).in),
    cel_check: conformance_cases().map((each) => ({ expr: question(each).in.expr, container: '', variables: {} })),
    route: [...TARGETS, ...SPELLINGS].map((target, i) => ({
      policy: POLICY,
      method: ['GET', 'POST', 'PUT'][i % 3],
      host: ['app.example', 'a.wild.example', 'APP.example:443'][i % 3],
      target_b64: base64(target, 'latin1'),
    })),
    login_open: OPENINGS,
    login_return: [...TARGETS, ...SPELLINGS].map((target) => ({ target_b64: base64(target, 'latin1') })),
    decide: decisions(),
    edge,
    origin: await origin_seeds(edge),
    outcome: OUTCOMES,
    cache: await cache_seeds(),
    sigv4: SIGV4,
    aws: [...AWS_OPERATIONS, ...JOB_OPERATIONS, ...REGION_OPERATIONS],
  };
}

/** One key pair an algorithm; RSA once. @returns {Promise<Keys>} */
async function make_keys() {
  const algorithms = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
  const pairs = await Promise.all(algorithms.map((alg) => generateKeyPair(alg, { extractable: true })));
  const entries = await Promise.all(
    pairs.map(async ({ privateKey, publicKey }, i) => [
      algorithms[i],
      { secret: await exportJWK(privateKey), open: await exportJWK(publicKey) },
    ]),
  );
  const shared = { kty: 'oct', k: createHash('sha512').update('parity').digest('base64url') };
  return Object.fromEntries([...entries, ['HS256', { secret: shared, open: shared }]]);
}

const JWS_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'HS256'];

/** @param {Keys} keys @param {string} alg */
function key_for(keys, alg) {
  return /** @type {Keys[string]} */ (keys[alg.startsWith('RS') || alg.startsWith('PS') ? 'RS256' : alg]);
}

/** @param {Keys} keys @param {string} alg @param {import('jose').JWTPayload} claims */
function sign(keys, alg, claims, header = {}) {
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key_for(keys, alg).secret);
}

/** @param {Keys} keys */
async function jws_seeds(keys) {
  const made = JWS_ALGORITHMS.map(async (alg) => {
    const kid = `k-${alg}`;
    const key = { ...key_for(keys, alg).open, kid, alg };
    const jws = await sign(keys, alg, { sub: 'alice', n: 1 }, { kid });
    return [
      { jws, jwks: key },
      { jws, jwks: { keys: [key] }, algorithms: [alg] },
    ];
  });
  return (await Promise.all(made)).flat();
}

/** @param {Keys} keys */
async function jwt_seeds(keys) {
  const claims = { iss: 'https://issuer.example', aud: ['api', 'other'], sub: 'alice', iat: NOW - 10, nbf: NOW - 10, exp: NOW + 300 };
  const made = JWS_ALGORITHMS.map(async (alg) => {
    const token = await sign(keys, alg, { ...claims, exp: alg === 'ES256' ? claims.exp + 0.5 : claims.exp }, { typ: 'at+jwt' });
    return {
      token,
      jwks: { keys: [key_for(keys, alg).open] },
      algorithms: [alg],
      issuer: claims.iss,
      audience: 'api',
      typ: 'at+jwt',
      now: NOW,
      skew: 5,
      require_exp: true,
    };
  });
  return Promise.all(made);
}

async function parsed_fields() {
  const answers = await ask(STRUCTURED_FIELDS.map(([type, raw]) => ({ op: 'sf_parse', in: { type, raw } })));
  return answers.map(({ out }, i) => ({ type: STRUCTURED_FIELDS[i][0], value: out.value }));
}

function digests() {
  return ['', 'x', '{"hello": "world"}'].flatMap((body) =>
    ['sha-256', 'sha-512'].map((name) => {
      const hash = createHash(name.replace('-', '')).update(body).digest('base64');
      return { field: `${name}=:${hash}:`, body_b64: base64(body) };
    }),
  );
}

/** RFC 9421's own examples, where they are there. */
function signed_messages() {
  if (vectors_absent) return [];
  const keys = read_vectors('rfc9421/keys.json');
  return /** @type {import('../support/vectors.mjs').SignedExample[]} */ (read_vectors('rfc9421/signatures.json'))
    .filter((each) => each.expect_valid)
    .map(({ message, request, scheme, label, key, alg }) => ({
      message_b64: base64(message),
      ...(request && { request_b64: base64(request) }),
      scheme,
      label,
      key: keys[key].jwk,
      alg,
    }));
}

/** Requests that our own edge signed. @param {import('./exchanges.mjs').Exchange[]} edge */
async function own_signatures(edge) {
  const signed = await origin_seeds(edge);
  return signed
    .filter(({ keys }) => keys.secrets === undefined)
    .map(({ message_b64, keys }) => ({ message_b64, scheme: 'https', label: 'sallyport', key: keys.edge.keys[0], alg: 'ed25519' }));
}

function decisions() {
  const identities = [
    null,
    {
      issuer: 'okta',
      subject: 'alice',
      kind: 'user',
      email: 'alice@acme.example',
      groups: ['finance'],
      claims: { dept: 'x', n: 1.5, list: [1, 'a', null] },
    },
    { issuer: 'github', subject: 'repo:acme/app', kind: 'workload', claims: { repository: 'acme/reports' } },
  ];
  return TARGETS.flatMap((target, i) => ({
    policy: POLICY,
    identity: identities[i % 3],
    request: {
      method: ['GET', 'POST'][i % 2],
      host: 'app.example',
      target,
      ip: '192.0.2.7',
      country: ['CH', 'KP'][i % 2],
      asn: 64500,
      time: NOW * 1000,
      id: 'r',
      headers: { 'X-Tenant': 'a' },
    },
  }));
}

/** Wycheproof's valid tokens, where they are there. */
function wycheproof_tokens() {
  if (vectors_absent) return [];
  return list_vectors('wycheproof')
    .filter((path) => path.includes('json_web'))
    .flatMap((path) =>
      read_vectors(path).testGroups.flatMap((/** @type {import('../vectors/wycheproof.test.mjs').Group} */ group) =>
        group.tests.filter(({ jws, result }) => jws && result === 'valid').map(({ jws }) => ({ jws, jwks: group.public ?? group.private })),
      ),
    );
}
