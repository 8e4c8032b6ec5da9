// Channels by every door of the core alike, and as node:crypto has them: agreement, derivation, grants, fields, and the states of a
// place over random conversations.
import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import test from 'node:test';
import { ask } from '../support/probes.mjs';
import {
  agent_secret,
  base64,
  changed,
  counted,
  derived,
  edge,
  good,
  grant,
  jwk_of,
  jwks,
  pair,
  text_part,
  thumbprint,
} from './channel_ends.mjs';
import { Random } from './random.mjs';

const source = new Random(9181);
const random = (/** @type {number} */ bound) => source.below(bound);
const octets = (/** @type {number} */ size) => Buffer.from(Array.from({ length: size }, () => random(256)));

test('P-256 agreement, by every door as node:crypto has it', async () => {
  const cases = Array.from({ length: 20 }, () => ({ secret: octets(32), point: pair(octets(32)).getPublicKey() }));
  const answers = await ask(
    cases.map(({ secret, point }) => ({ op: 'p256', in: { secret_b64: base64(secret), point_b64: base64(point) } })),
  );
  cases.forEach(({ secret, point }, i) => {
    const own = pair(secret);
    assert.deepEqual(answers[i].out, { agreed_b64: base64(own.computeSecret(point)), public_b64: base64(own.getPublicKey()) });
  });
});

const other = pair(counted(3));
const point = other.getPublicKey();
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const field = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex');
/** What no agreement is made with. @type {[string, Buffer, Buffer, string][]} */
const refused = [
  ['a point off the curve', counted(1), changed(point, 64), 'jwk_point_not_on_curve'],
  [
    'an x that is no element of the field',
    counted(1),
    Buffer.concat([point.subarray(0, 1), field, point.subarray(33)]),
    'jwk_point_not_on_curve',
  ],
  ['zeros', counted(1), Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]), 'jwk_point_not_on_curve'],
  ['the compressed form', counted(1), other.getPublicKey(null, 'compressed'), 'jwk_point_not_on_curve'],
  ['the hybrid form', counted(1), other.getPublicKey(null, 'hybrid'), 'jwk_point_not_on_curve'],
  ['64 octets', counted(1), point.subarray(0, 64), 'jwk_point_not_on_curve'],
  ['66 octets', counted(1), Buffer.concat([point, Buffer.alloc(1)]), 'jwk_point_not_on_curve'],
  ['infinity', counted(1), Buffer.alloc(1), 'jwk_point_not_on_curve'],
  ['infinity, uncompressed', counted(1), Buffer.alloc(65), 'jwk_point_not_on_curve'],
  ['the secret 0', Buffer.alloc(32), point, 'key_import_failed'],
  ['the order of the group as a secret', order, point, 'key_import_failed'],
  ['a secret beyond it', Buffer.alloc(32, 0xff), point, 'key_import_failed'],
];

test('P-256 agreement refuses what is no secret and no point', async () => {
  const answers = await ask(
    refused.map(([, secret, with_point]) => ({ op: 'p256', in: { secret_b64: base64(secret), point_b64: base64(with_point) } })),
  );
  assert.deepEqual(
    answers.map(({ reason }, i) => [refused[i][0], reason]),
    refused.map(([what, , , reason]) => [what, reason]),
  );
});

test('HKDF with SHA-256, by every door as node:crypto has it', async () => {
  const cases = Array.from({ length: 40 }, (_, i) => ({
    secret: octets(1 + random(80)),
    salt: octets(random(40)),
    info: octets(random(200)),
    size: 1 + i * 17,
  }));
  const answers = await ask(
    cases.map(({ secret, salt, info, size }) => ({
      op: 'hkdf',
      in: { secret_b64: base64(secret), salt_b64: base64(salt), info_b64: base64(info), size },
    })),
  );
  cases.forEach(({ secret, salt, info, size }, i) => {
    assert.equal(answers[i].out?.okm_b64, base64(new Uint8Array(hkdfSync('sha256', secret, salt, info, size))), `${i}`);
  });
});

const nonce = 'Gm3QvJx0TzqQ1y0m4m2r0w';

/** @param {string} compact */
const asked = (compact) => ({ op: 'channel_grant', in: { grant: compact, secret_b64: base64(agent_secret), nonce, jwks } });

test('a grant makes the same channel by every door, and with node:crypto', async () => {
  const grants = [grant(good()), grant(good(), { alg: 'EdDSA', kid: 'edge-2', typ: 'sallyport-channel+jwt' }, 'EdDSA')];
  const answers = await ask(grants.map(asked));
  grants.forEach((compact, i) => {
    const { out } = answers[i];
    assert.equal(answers[i].reason, 'ok');
    const expected = derived(compact, nonce);
    for (const [name, value] of Object.entries(expected)) assert.equal(out[name], value, name);
    assert.equal(out.thumbprint, thumbprint);
  });
});

test('another signature over the same grant is the same channel', async () => {
  const [first, second] = [grant(good()), grant(good())];
  assert.notEqual(first, second, 'ECDSA is not deterministic here');
  const answers = await ask([asked(first), asked(second)]);
  assert.deepEqual(answers[0].out, answers[1].out);
});

/** @type {[string, string][]} */
const bad_grants = [
  ['nothing', ''],
  ['two parts', 'a.b'],
  ['another typ', grant(good(), { alg: 'ES256', kid: 'edge-1', typ: 'sallyport-assertion+jwt' })],
  ['no kid', grant(good(), { alg: 'ES256', typ: 'sallyport-channel+jwt' })],
  ['one member more in the header', grant(good(), { alg: 'ES256', kid: 'edge-1', typ: 'sallyport-channel+jwt', x: 1 })],
  ['a header in another order', grant(good(), { kid: 'edge-1', alg: 'ES256', typ: 'sallyport-channel+jwt' })],
  ['an unknown kid', grant(good(), { alg: 'ES256', kid: 'edge-9', typ: 'sallyport-channel+jwt' })],
  ['the kid of a key for another alg', grant(good(), { alg: 'ES256', kid: 'edge-2', typ: 'sallyport-channel+jwt' })],
  ['alg none', `${text_part({ alg: 'none', kid: 'edge-1', typ: 'sallyport-channel+jwt' })}.${text_part(good())}.`],
  ['one member more', grant({ ...good(), sub: 'alice' })],
  ['a payload in another order', grant(Object.fromEntries(Object.entries(good()).reverse()))],
  ['white space in it', grant(JSON.stringify(good()).replace(':', ': '))],
  ['a number as text', grant({ ...good(), exp: '1760000600' })],
  ['a fraction', grant({ ...good(), exp: 1760000600.5 })],
  ['a private key in cnf', grant({ ...good(), cnf: { jwk: { ...jwk_of(edge), d: 'AA' } } })],
  ['a key of another curve', grant({ ...good(), cnf: { jwk: { ...jwk_of(edge), crv: 'P-384' } } })],
  ['a short coordinate', grant({ ...good(), cnf: { jwk: { ...jwk_of(edge), x: jwk_of(edge).x.slice(2) } } })],
  ['a spoilt signature', `${grant(good()).slice(0, -6)}AAAAAA`],
  ['more than 2,048 octets', grant({ ...good(), iss: `https://edge.example/${'x'.repeat(2000)}` })],
  ...Object.keys(good()).map(
    (name) =>
      /** @type {[string, string]} */ ([`no ${name}`, grant(Object.fromEntries(Object.entries(good()).filter(([each]) => each !== name)))]),
  ),
];

test('no channel comes of a grant that is none', async () => {
  const answers = await ask(bad_grants.map(([, compact]) => asked(compact)));
  assert.deepEqual(
    answers.map(({ reason }, i) => [bad_grants[i][0], reason]),
    bad_grants.map(([what]) => [what, 'channel_grant_invalid']),
  );
});

test('a grant whose point lies off the curve makes no channel', async () => {
  const bad = { ...jwk_of(edge), y: changed(edge.getPublicKey().subarray(33), 31).toString('base64url') };
  const [answer] = await ask([asked(grant({ ...good(), cnf: { jwk: bad } }))]);
  assert.equal(answer.reason, 'jwk_point_not_on_curve');
});

test('a place says the same by every door, whatever is said to it', async () => {
  const conversations = Array.from({ length: 60 }, () => {
    /** @type {unknown[][]} */
    const events = [];
    let sent = 0;
    for (let i = 0; i < 120; i += 1) {
      const ms = random(5) === 0 ? random(100_000) : random(1_500);
      if (sent === 0 || random(2) === 0) {
        events.push([ms, 'send', random(4)]);
        sent += 1;
      } else if (random(12) === 0) {
        events.push([ms, 'drop', random(sent)]);
      } else {
        events.push([ms, 'hear', sent - 1 - random(Math.min(sent, 6)), random(6) === 0, random(4), random(3) > 0]);
      }
    }
    return { op: 'channel_place', in: { now: 1_760_000_000_000, events } };
  });
  const answers = await ask(conversations);
  const said = new Set(answers.flatMap(({ out }) => out.steps.map((/** @type {string} */ step) => step.replace(/ch1\.\d+/, 'ch1'))));
  for (const how of ['open ch1 probing', 'mac ch1 confirmed', 'again offered', 'probe ch1 probing', 'probe ch1 confirmed'])
    assert.ok(said.has(how), how);
});
