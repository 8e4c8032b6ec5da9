// The sealed texts of signing in, made with node:crypto alone (shared/login/keys.hpp, seal.hpp): what the core is held to, and
// what the parity test damages.
import { createCipheriv, createHash, createHmac } from 'node:crypto';

export const NOW = 1_767_225_600;
const LABEL = 'sallyport login 1';

export const counted = (/** @type {number} */ from, size = 32) => Buffer.from(Array.from({ length: size }, (_, i) => (from + i) & 0xff));
/** @param {Uint8Array} key @param {(string | Uint8Array)[]} parts */
const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest();
/** @param {Buffer} master */
export const key_id = (master) => hmac(master, `${LABEL} key id`).subarray(0, 4);

/** @param {Buffer[]} masters */
export const key_set = (masters) => ({ keys: masters.map((each) => ({ kty: 'oct', k: each.toString('base64url') })) });

/**
 * @typedef {{master: Buffer, purpose: string, scope: string, name: string, plain: string, now: number, entropy: Buffer}} Sealing
 */

/** @param {Sealing} what */
export function sealed({ master, purpose, scope, name, plain, now, entropy }) {
  const day = Buffer.alloc(2);
  day.writeUInt16BE(Math.floor(now / 86_400));
  const key = hmac(master, `${LABEL}\0${purpose}\0${scope}\0`, day);
  const digest = createHash('sha256').update(plain).digest();
  const nonce = hmac(hmac(master, `${LABEL}\0nonce`), entropy, `${purpose}\0${scope}\0`, digest).subarray(0, 12);
  const front = Buffer.concat([Buffer.from([1]), key_id(master), day]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(
    Buffer.concat([Buffer.from(`${LABEL}\0${purpose}\0${scope}\0${name}\0`), front]),
  );
  const hidden = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([front, nonce, hidden, cipher.getAuthTag()]).toString('base64url');
}

/** @param {Buffer} seed */
export function words(seed) {
  const [state, verifier, nonce] = ['state', 'verifier', 'nonce'].map((word) => hmac(seed, `sallyport ${word} 1`).toString('base64url'));
  return { state, verifier, nonce, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** @param {Buffer} master @param {{issuer: string, client_id: string, subject: string}} who */
export const person = (master, { issuer, client_id, subject }) =>
  hmac(hmac(master, `${LABEL}\0name`), `sallyport person 1\0${issuer}\0${client_id}\0${subject}`).toString('base64url');

export const SESSION = JSON.stringify({
  a: NOW + 43_200,
  d: { email: 'alice@acme.example', groups: ['finance'], subject: 'alice' },
  f: counted(3, 8).toString('base64url'),
  g: counted(4, 16).toString('base64url'),
  h: NOW + 60,
  i: NOW,
  k: counted(5, 4).toString('base64url'),
  n: 1,
  o: counted(6).toString('base64url'),
  p: 'okta',
  q: NOW,
  s: counted(7, 16).toString('base64url'),
});
export const TRANSACTION = JSON.stringify({
  iss: 'https://acme.okta.example',
  p: 'okta',
  r: '/reports?year=2026',
  t: NOW,
  w: { provider: 'okta' },
  y: counted(8).toString('base64url'),
});

/** @returns {Sealing[]} */
export function sealings() {
  const master = counted(0);
  const places = /** @type {const} */ ([
    ['session', 'app.example', '__Host-Http-sallyport-s-AAAAAAAA', SESSION],
    ['transaction', 'app.example:8443', '__Host-Http-sallyport-t-AAAAAAAA', TRANSACTION],
    ['sso', 'login.example', '__Host-Http-sallyport-sso', '{}'],
    ['start', 'login.example', 'rq', ''],
    ['handoff', 'app.example', 'code', '{"é":1}'],
    ['logout', 'login.example', 'lo', 'x'.repeat(63)],
    ['store', 'object', 'refresh\0session', 'token'],
  ]);
  return places.map(([purpose, scope, name, plain], i) => ({
    master,
    purpose,
    scope,
    name: name.split('\0')[0] ?? '',
    plain,
    now: NOW + i,
    entropy: counted(9 + i),
  }));
}

/** For the probe's login_open. */
export const OPENINGS = sealings().map((each) => ({
  keys: key_set([counted(1), each.master]),
  purpose: each.purpose,
  scope: each.scope,
  name: each.name,
  text: sealed(each),
  now: each.now,
}));
