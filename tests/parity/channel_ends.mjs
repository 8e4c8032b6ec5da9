// The two ends of a channel, with node:crypto alone: keys, grants, and what both derive from them.
import assert from 'node:assert/strict';
import { createECDH, createHash, createHmac, generateKeyPairSync, hkdfSync, sign } from 'node:crypto';

export const base64 = (/** @type {Uint8Array} */ octets) => Buffer.from(octets).toString('base64');
export const counted = (/** @type {number} */ from, size = 32) => Buffer.from(Array.from({ length: size }, (_, i) => from + i));

/** @param {Buffer} secret */
export function pair(secret) {
  const made = createECDH('prime256v1');
  made.setPrivateKey(secret);
  return made;
}

/** @param {Buffer} from @param {number} at */
export function changed(from, at) {
  const made = Buffer.from(from);
  made[at] ^= 1;
  return made;
}

export const edge_key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed_key = generateKeyPairSync('ed25519');
export const jwks = {
  keys: [
    { ...edge_key.publicKey.export({ format: 'jwk' }), kid: 'edge-1', alg: 'ES256', use: 'sig' },
    { ...ed_key.publicKey.export({ format: 'jwk' }), kid: 'edge-2', alg: 'EdDSA', use: 'sig' },
  ],
};
export const agent_secret = counted(0x40);
export const agent = pair(agent_secret);
export const edge = pair(counted(0x20));
export const text_part = (/** @type {unknown} */ value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** @param {import('node:crypto').ECDH} of */
export function jwk_of(of) {
  const at = of.getPublicKey();
  return { crv: 'P-256', kty: 'EC', x: at.subarray(1, 33).toString('base64url'), y: at.subarray(33).toString('base64url') };
}
export const thumbprint = createHash('sha256')
  .update(JSON.stringify(jwk_of(agent)))
  .digest('base64url');
export const good = () => ({
  agent: thumbprint,
  aud: 'sallyport:channel:reports',
  cnf: { jwk: jwk_of(edge) },
  exp: 1760000600,
  iat: 1760000000,
  iss: 'https://edge.acme.example',
  jti: 'p2b1eIu5n0m1tZQ8iTqT9A',
});

/** @param {unknown} payload @param {unknown} [header] @param {string} [by] */
export function grant(payload, header = { alg: 'ES256', kid: 'edge-1', typ: 'sallyport-channel+jwt' }, by = 'ES256') {
  const input = `${text_part(header)}.${text_part(payload)}`;
  const signature =
    by === 'EdDSA'
      ? sign(null, Buffer.from(input), ed_key.privateKey)
      : sign('sha256', Buffer.from(input), { key: edge_key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** The protocol's derivation. @param {string} compact @param {string} [nonce] */
export function derived(compact, nonce = '') {
  const id = createHash('sha256')
    .update(compact.slice(0, compact.lastIndexOf('.')))
    .digest();
  const info = Buffer.concat([Buffer.from('sallyport channel 1\0'), id, edge.getPublicKey(), agent.getPublicKey()]);
  assert.equal(info.length, 182);
  const okm = Buffer.from(hkdfSync('sha256', edge.computeSecret(agent.getPublicKey()), '', info, 64));
  return {
    keyid: `ch1.${id.toString('base64url')}`,
    requests_b64: base64(okm.subarray(0, 32)),
    confirmations_b64: base64(okm.subarray(32)),
    confirm_b64: createHmac('sha256', okm.subarray(32)).update(`sallyport confirm 1\0${nonce}`).digest('base64'),
  };
}
