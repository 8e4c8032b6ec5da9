// What a token is, and what its claims are, by every door of the core alike: whole exchanges with the reasons they must end in.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';
import { ask } from '../support/probes.mjs';

const NOW = 1_790_000_000;
const TENANT = '11111111-2222-3333-4444-555555555555';
const issuer_key = generateKeyPairSync('ed25519');
const edge_key = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'e1' };
const entry = { ...issuer_key.publicKey.export({ format: 'jwk' }), kid: 'k1' };
const weak = { kty: 'RSA', kid: 'old', n: 'AQAB', e: 'Aw' };

const base64url = (/** @type {string} */ text) => Buffer.from(text).toString('base64url');

/** A token with claims as JSON text, so that its numbers stay as they are written. */
function token(/** @type {string} */ claims, typ = 'JWT') {
  const input = `${base64url(JSON.stringify({ alg: 'EdDSA', kid: 'k1', typ }))}.${base64url(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), issuer_key.privateKey).toString('base64url')}`;
}

/** @typedef {{issuer?: Record<string, unknown>, allow?: string, claims?: string, typ?: string, fields?: string[][], keys?: unknown, service?: object}} Case */

/** @param {Case} given */
function exchange({ issuer = {}, allow = 'true', claims = '', typ, fields, keys, service = {} }) {
  /** @type {Record<string, unknown>} */
  const known = { issuer: 'https://id.example', audiences: ['a'], algorithms: ['EdDSA'], ...issuer };
  const iss = known.issuer ?? (known.preset === 'google' ? 'accounts.google.com' : `https://login.microsoftonline.com/${TENANT}/v2.0`);
  const all = `{"iss":"${iss}","aud":"a","exp":${NOW + 600}${claims.includes('"sub"') ? '' : ',"sub":"u"'}${claims === '' ? '' : `,${claims}`}}`;
  return {
    op: 'edge',
    in: {
      policy: JSON.stringify({
        edge: { issuer: 'https://edge.example' },
        issuers: { corp: known },
        services: { app: { origin: 'https://o.example', signature: 'ed25519', ...service } },
        routes: [{ id: 'r', host: 'h.example', path: '/**', service: 'app', allow }],
      }),
      keys: { edge: { keys: [edge_key] }, issuers: { corp: keys ?? { keys: [entry] } } },
      request: { host: 'h.example', target: '/x', fields: fields ?? [['authorization', `Bearer ${token(all, typ)}`]] },
      now: NOW * 1000,
    },
  };
}

const tenant = (/** @type {string} */ number) => `"tenant":${number}`;
const entra = { preset: 'entra', issuer: undefined, tenant: TENANT };
const access = { preset: 'cloudflare-access', issuer: 'https://id.example', team: 'acme' };
const user = "identity.kind == 'user'";
const logout = '"events":{"http://schemas.openid.net/event/backchannel-logout":{}}';

/** @type {[what: string, given: Case, reason: string][]} */
const CASES = [
  ['the tenant itself', { allow: 'identity.claims.tenant == 281674916028284930', claims: tenant('281674916028284930') }, 'ok'],
  ['its neighbour', { allow: 'identity.claims.tenant == 281674916028284930', claims: tenant('281674916028284928') }, 'policy_not_allowed'],
  [
    'its neighbour in a list',
    { allow: 'identity.claims.tenant in [281674916028284930]', claims: tenant('281674916028284928') },
    'policy_not_allowed',
  ],
  [
    'its neighbour as text',
    { allow: "string(identity.claims.tenant) == '281674916028284930'", claims: tenant('281674916028284928') },
    'policy_not_allowed',
  ],
  ['another spelling of it', { allow: 'identity.claims.tenant == 281674916028284930', claims: tenant('2.8167491602828493e17') }, 'ok'],
  ['the greatest uint', { allow: 'identity.claims.tenant == 18446744073709551615u', claims: tenant('18446744073709551615') }, 'ok'],
  ['more than 64 bits', { claims: tenant('18446744073709551616') }, 'jwt_claims_invalid'],
  ['a fraction that no double holds', { claims: tenant('9007199254740992.5') }, 'jwt_claims_invalid'],
  ['a large number that a double writes the same', { claims: tenant('1.79e26') }, 'ok'],
  ['a literal that a double rounds', { allow: 'identity.claims.tenant == 281674916028284930.0' }, 'policy_condition_invalid'],
  [
    'an Entra application without idtyp',
    { issuer: entra, allow: user, claims: '"sub":"b","oid":"b","azp":"c","azpacr":"1","roles":["Jobs.Run"]' },
    'policy_not_allowed',
  ],
  ['an Entra user', { issuer: entra, allow: user, claims: '"sub":"b","oid":"d","azp":"c","azpacr":"1","scp":"User.Read"' }, 'ok'],
  ['a client of any provider', { allow: user, claims: '"sub":"batch","client_id":"batch"' }, 'policy_not_allowed'],
  [
    'a service account of Keycloak',
    { allow: user, claims: '"preferred_username":"service-account-batch","azp":"batch"' },
    'policy_not_allowed',
  ],
  ['a client of Auth0', { allow: user, claims: '"sub":"abc@clients","gty":"client-credentials"' }, 'policy_not_allowed'],
  ['a person', { allow: user }, 'ok'],
  ['an access token', { typ: 'application/AT+jwt' }, 'ok'],
  ['a logout token', { typ: 'logout+jwt', claims: logout }, 'jwt_type_mismatch'],
  ['a logout token without its type', { claims: logout }, 'jwt_kind_refused'],
  ["another type than the issuer's", { issuer: { typ: 'at+jwt' } }, 'jwt_type_mismatch'],
  ["the issuer's type", { issuer: { typ: 'at+jwt' }, typ: 'at+jwt' }, 'ok'],
  ['a bound token', { claims: '"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}' }, 'jwt_bound'],
  [
    'a bound token where that is allowed',
    { issuer: { bound: 'allow' }, claims: '"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}' },
    'ok',
  ],
  [
    'two cookies behind the field',
    {
      issuer: access,
      fields: [
        ['Cf-Access-Jwt-Assertion', token(`{"iss":"https://id.example","aud":"a","sub":"u","exp":${NOW + 600}}`)],
        ['Cookie', 'CF_Authorization=one; CF_Authorization=two'],
      ],
    },
    'ok',
  ],
  ['two cookies alone', { issuer: access, fields: [['Cookie', 'CF_Authorization=one; CF_Authorization=two']] }, 'credential_ambiguous'],
  ['a key twice', { keys: { keys: [entry, entry] } }, 'ok'],
  ['another kind of key under the kid', { keys: { keys: [{ ...weak, kid: 'k1' }, { kty: 'AKP', kid: 'k1' }, entry] } }, 'ok'],
  ['a key that verifies nothing', { keys: { keys: [weak, entry] } }, 'ok'],
  ['another key of the same kind under the kid', { keys: { keys: [{ ...edge_key, d: undefined, kid: 'k1' }, entry] } }, 'need_keys'],
  ['a secret in the set', { keys: { keys: [entry, { kty: 'oct', k: 'AAAA', kid: 's' }] } }, 'keys_unavailable'],
  ['a byte order mark', { keys: `\uFEFF${JSON.stringify({ keys: [entry] })}` }, 'ok'],
  ['a long set', { keys: { keys: [{ ...entry, x5c: ['A'.repeat(200_000)] }] } }, 'ok'],
  [
    'a name with dots in a path',
    {
      issuer: { claims: { groups: 'https://acme.example/attrs.roles' } },
      allow: "'admin' in identity.groups",
      claims: '"https://acme.example/attrs":{"roles":["admin"]}',
    },
    'ok',
  ],
  [
    'scopes in a text',
    { issuer: { claims: { groups: 'scope' } }, allow: "'read' in identity.groups", claims: '"scope":"read write"' },
    'ok',
  ],
  ["Google's second name", { issuer: { preset: 'google', issuer: undefined } }, 'ok'],
  ['an issuer that is no URL', { issuer: { issuer: 'urn:example:idp', jwks_uri: 'https://id.example/keys' } }, 'ok'],
  ['an issuer that is no URL, without keys', { issuer: { issuer: 'urn:example:idp' } }, 'policy_member_type'],
  ['a slash too many', { fields: [['authorization', `Bearer ${token('{"iss":"https://id.example/"}')}`]] }, 'issuer_unknown'],
  ['a token that is too long', { fields: [['authorization', `Bearer ${'a'.repeat(20_000)}`]] }, 'credential_too_large'],
  [
    'more groups than the default header map sends',
    { claims: `"groups":${JSON.stringify(Array.from({ length: 150 }, (_, i) => `Отдел продаж ${i}`))}` },
    'identity_too_large',
  ],
  [
    'the same groups where they go nowhere',
    { service: { headers: {} }, claims: `"groups":${JSON.stringify(Array.from({ length: 150 }, (_, i) => `Отдел продаж ${i}`))}` },
    'ok',
  ],
];

test('a token is what it says, and its claims are what they are', async () => {
  const answers = await ask(CASES.map(([, given]) => exchange(given)));
  answers.forEach(({ reason, error, out }, i) => {
    const end = reason === 'ok' && out.outcome !== 'forward' ? out.outcome : (error ?? reason);
    assert.equal(end, CASES[i][2], `${CASES[i][0]}: ${JSON.stringify(out?.audit?.detail)}`);
    // The origin decides on the assertion, and says the same.
    if (end === 'ok') assert.equal(out.origin_reason, 'ok', CASES[i][0]);
  });
});

test('an unknown issuer is shown in the audit record, with what it misses a known one by', async () => {
  const [answer] = await ask([exchange({ fields: [['authorization', `Bearer ${token('{"iss":"https://id.example/"}')}`]] })]);
  assert.equal(
    answer.out.audit.detail,
    'no issuer has the token\'s iss "https://id.example/"; it differs from that of issuer corp in the slash at its end',
  );
});
