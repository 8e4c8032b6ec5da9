// What an agent checks of a request under a channel (docs/reference/protocol.md), row by row, by every door of the core alike: the
// reason, and what the response says of channels.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, test } from 'node:test';
import { ask } from '../support/probes.mjs';
import { agent, agent_secret, base64, changed, derived, edge, good, grant, jwk_of, jwks, pair, counted } from './channel_ends.mjs';
import { NOW, nonce_of, request_under } from './channel_requests.mjs';

/** @typedef {import('./channel_requests.mjs').Bent} Bent */

/** @param {{issuer?: string, channel?: boolean, signature?: string}} [how] */
const policy = ({ issuer = 'https://edge.acme.example', channel, signature } = {}) => ({
  name: 'parity',
  edge: { issuer },
  issuers: { okta: { issuer: 'https://okta.example', audiences: ['api'], kind: 'user' } },
  services: { reports: { origin: 'https://reports.example', channel, signature }, payroll: { origin: 'https://payroll.example' } },
  routes: [{ id: 'all', host: 'reports.example', path: '/**', service: 'reports', anonymous: true, allow: 'true' }],
});
const moved = policy({ issuer: 'https://edge-2.acme.example' });
const secret = { kty: 'oct', k: counted(1).toString('base64url'), kid: 'static', alg: 'HS256' };
const another_key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), alg: 'ES256' };
const keys = { edge: jwks };
const skew = 5;

let digest = '';

const compact = grant(good());
const probe = { nonce: nonce_of(1), grants: [compact] };
/** @param {Bent} [bent] @param {string} [of] */
const message = (bent, of = compact) => ({ message_b64: request_under(of, digest, bent) });
/** A grant that says something else, and goes along. @param {object} payload @param {object} [header] @returns {() => object} */
const granted = (payload, header) => () => {
  const other = grant({ ...good(), ...payload }, header);
  return message({ grants: [other] }, other);
};
/** A good channel, which goes along with something else for its grant. @param {string} text @returns {() => object} */
const beside = (text) => () => message({ grants: [text] });
/** After the probe, which was admitted. @param {() => object} next @returns {() => object} */
const held = (next) => () => ({ earlier: [{ ...message(probe), now: NOW * 1000, keys, policy: policy(), service: 'reports' }], ...next() });

const key = `key=:${base64(agent.getPublicKey())}:;v=1`;
const unknown = `unknown, ${key}`;
const nothing = undefined;
/** @param {string} nonce @param {string} [of] */
const confirm = (nonce, of = compact) => `confirm=:${derived(of, nonce).confirm_b64}:`;
/** Its first and its last second lie just within what clocks may differ. */
const fleeting = grant({ ...good(), iat: NOW + skew, exp: NOW + skew + 1 });
const expiring = grant({ ...good(), iat: NOW - 590, exp: NOW - skew + 1 });

/** What is asked, the reason, what the response says of channels, and how many are held then.
 * @type {[what: string, asked: () => object, reason: string, says: string | undefined, held?: number][]} */
const rows = [
  ['a request under the published key is offered the key', () => message({ by_key: true }), 'ok', key],
  ['a probe is confirmed', () => message(probe), 'ok', confirm(nonce_of(1)), 1],
  ['a held channel needs nothing more', held(() => message()), 'ok', nothing, 1],

  ['1: a keyid of 48 characters', () => message({ keyid: `${derived(compact).keyid}A`, grants: [compact] }), 'httpsig_algorithm', unknown],
  ['1: a keyid of 4 characters', () => message({ keyid: 'ch1.', grants: [compact] }), 'httpsig_algorithm', unknown],
  ['1: ES256 under the keyid', () => message({ by_key: true, keyid: derived(compact).keyid }), 'httpsig_algorithm', unknown],
  ['1: another alg', () => message({ alg: 'rot13', grants: [compact] }), 'httpsig_algorithm', unknown],
  [
    '1: no channels by the policy in force, as against the one before',
    () => ({ ...message(probe), policy: policy({ channel: false }), previous_policy: policy() }),
    'httpsig_algorithm',
    'unknown',
  ],
  [
    '1: no channels any more, though it is held',
    held(() => ({ ...message(), policy: policy({ channel: false }) })),
    'httpsig_algorithm',
    'unknown',
    1,
  ],
  [
    '1: a service with a static secret',
    () => ({ ...message(probe), policy: policy({ signature: 'hmac-sha256' }), secrets: { keys: [secret] } }),
    'httpsig_algorithm',
    'unknown',
  ],

  ['2: another tag', () => message({ ...probe, tag: 'other' }), 'httpsig_tag', nothing],
  ['2: no created', () => message({ ...probe, left_out: 'created' }), 'httpsig_parameter_invalid', nothing],
  ['2: no nonce', () => message({ ...probe, nonce: 'AAAA' }), 'httpsig_nonce', nothing],
  ['2: created in the future', () => message({ ...probe, created: NOW + skew + 1 }), 'httpsig_created_in_future', nothing],
  ['2: expired', () => message({ ...probe, created: NOW - skew - 31 }), 'httpsig_expired', nothing],
  ['2: a long life', () => message({ ...probe, expires: NOW + 61 }), 'httpsig_lifetime_too_long', nothing],

  [
    '3: held until its grant has expired by more than the clocks differ',
    held(() => ({ ...message({ created: NOW + 605 }), now: (NOW + 605) * 1000 })),
    'channel_grant_expired',
    unknown,
    1,
  ],
  [
    '3: held until then',
    held(() => ({ ...message({ created: NOW + 604, assertion: { iat: NOW + 604, exp: NOW + 634 } }), now: (NOW + 604) * 1000 })),
    'ok',
    nothing,
    1,
  ],
  ['3: a grant that comes along is not looked at', held(() => message({ grants: ['garbage'] })), 'ok', confirm(nonce_of(0)), 1],
  [
    '3: verified once more under other keys',
    held(() => ({ ...message(), keys: { edge: { keys: [...jwks.keys, { ...another_key, kid: 'edge-3' }] } } })),
    'ok',
    nothing,
    1,
  ],
  [
    '3: its key is gone',
    held(() => ({ ...message(), keys: { edge: { keys: [{ ...another_key, kid: 'edge-3' }] } } })),
    'channel_grant_invalid',
    unknown,
    1,
  ],
  [
    '3: another key has its kid',
    held(() => ({ ...message(), keys: { edge: { keys: [{ ...another_key, kid: 'edge-1' }] } } })),
    'channel_grant_invalid',
    unknown,
    1,
  ],
  ['3: the edge has moved', held(() => ({ ...message(), policy: moved })), 'channel_grant_issuer', unknown, 1],
  ['3: the edge has moved just now', held(() => ({ ...message(), policy: moved, previous_policy: policy() })), 'ok', nothing, 1],
  ['3: it is held for another service', held(() => ({ ...message(), service: 'payroll' })), 'channel_grant_audience', unknown, 1],

  ['4: it is not held, and there is no grant', () => message(), 'channel_unknown', unknown],
  ['4: a keyid that no digest has', () => message({ keyid: `ch1.${'!'.repeat(43)}` }), 'channel_unknown', unknown],

  ['5: garbage for a grant', beside('garbage'), 'channel_grant_invalid', unknown],
  ['5: two parts', beside('a.b'), 'channel_grant_invalid', unknown],
  ['5: another grant than the keyid names', beside(grant({ ...good(), jti: nonce_of(7) })), 'channel_grant_invalid', unknown],
  ['5: more than 2,048 octets', granted({ iss: `https://edge.example/${'x'.repeat(2000)}` }), 'channel_grant_invalid', unknown],
  ['5: another typ', granted({}, { alg: 'ES256', kid: 'edge-1', typ: 'sallyport-assertion+jwt' }), 'channel_grant_invalid', unknown],
  ['5: one member more', granted({ sub: 'alice' }), 'channel_grant_invalid', unknown],
  ['5: a number as text', granted({ exp: '1760000600' }), 'channel_grant_invalid', unknown],
  ['5: of another edge', granted({ iss: 'https://edge.other.example' }), 'channel_grant_issuer', unknown],
  ['5: for another service', granted({ aud: 'sallyport:channel:payroll' }), 'channel_grant_audience', unknown],
  ['5: with the audience of assertions', granted({ aud: 'sallyport:service:reports' }), 'channel_grant_audience', unknown],
  ["5: for another agent's key", granted({ agent: nonce_of(1).repeat(2).slice(0, 43) }), 'channel_unknown', unknown],
  ['5: a life of 601 s', granted({ exp: NOW + 601 }), 'channel_grant_lifetime', unknown],
  ['5: no life', granted({ exp: NOW }), 'channel_grant_lifetime', unknown],
  ['5: made in the future', granted({ iat: NOW + 6, exp: NOW + 60 }), 'channel_grant_not_yet_valid', unknown],
  ['5: expired', granted({ iat: NOW - 600, exp: NOW - skew }), 'channel_grant_expired', unknown],
  ['5: made ahead of this clock', () => message({ grants: [fleeting] }, fleeting), 'ok', confirm(nonce_of(0), fleeting), 1],
  ['5: expired by this clock', () => message({ grants: [expiring] }, expiring), 'ok', confirm(nonce_of(0), expiring), 1],

  ['6: an unknown kid', granted({}, { alg: 'ES256', kid: 'edge-9', typ: 'sallyport-channel+jwt' }), 'channel_grant_invalid', unknown],
  [
    '6: a key for another alg',
    granted({}, { alg: 'ES256', kid: 'edge-2', typ: 'sallyport-channel+jwt' }),
    'channel_grant_invalid',
    unknown,
  ],
  ['6: a spoilt signature', beside(`${compact.slice(0, -6)}AAAAAA`), 'channel_grant_invalid', unknown],
  [
    '7: a point off the curve',
    granted({ cnf: { jwk: { ...jwk_of(edge), y: changed(edge.getPublicKey().subarray(33), 31).toString('base64url') } } }),
    'channel_grant_invalid',
    unknown,
  ],
  ["8: a MAC by another channel's key", granted({ cnf: { jwk: jwk_of(pair(counted(9))) } }), 'httpsig_invalid', unknown],
  ['8: a MAC by the key of confirmations', () => message({ ...probe, mac_key: 'confirmations_b64' }), 'httpsig_invalid', unknown],
  ['8: the MAC of another request', () => message({ ...probe, path: '/y' }), 'httpsig_invalid', unknown],
  ['8: the MAC of another request, when it is held', held(() => message({ path: '/y' })), 'httpsig_invalid', unknown, 1],

  ['a grant beside ES256', () => message({ by_key: true, grants: [compact] }), 'sallyport_field_unknown', nothing],
  ['a grant twice', () => message({ grants: [compact, compact] }), 'sallyport_field_repeated', nothing],
  ['both sendings, the channel first', held(() => message({ by_key: true, nonce: nonce_of(1) })), 'replay_detected', key, 1],
  [
    'both sendings, the channel last',
    () => ({ earlier: [message({ by_key: true })], ...message({ grants: [compact] }) }),
    'replay_detected',
    confirm(nonce_of(0)),
    1,
  ],
  ['an assertion that is no good', () => message({ ...probe, assertion: { aud: 'other' } }), 'assertion_audience', confirm(nonce_of(1)), 1],
];

/** Of all rows: a door is opened once. @type {import('../support/probes.mjs').Answer[]} */
let answers = [];
before(async () => {
  const [loaded] = await ask([{ op: 'policy', in: { policy: policy() } }]);
  digest = loaded.out.digest;
  const at = { policy: policy(), service: 'reports', keys, now: NOW * 1000, skew, channel_secret_b64: base64(agent_secret) };
  answers = await ask(rows.map(([, asked]) => ({ op: 'origin', in: { ...at, ...asked() } })));
});

rows.forEach(([what, , reason, says, count = 0], i) => {
  test(`at the origin: ${what}`, () => {
    const { out, ...answer } = answers[i];
    assert.deepEqual([answer.reason, out.channel, out.held], [reason, says, count], JSON.stringify(out));
    for (const each of out.earlier ?? []) assert.equal(each, 'ok');
  });
});

test('an origin without a key of its own has no channels', async () => {
  const given = { policy: policy(), service: 'reports', keys, now: NOW * 1000, skew };
  const both = await ask([message(probe), message({ by_key: true })].map((each) => ({ op: 'origin', in: { ...given, ...each } })));
  assert.deepEqual(
    both.map(({ reason, out }) => [reason, out.channel]),
    [
      ['channel_unknown', 'unknown'],
      ['ok', undefined],
    ],
  );
});
