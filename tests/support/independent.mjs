// Verifies a request of ours with other people's implementations only: npm http-message-signatures for RFC 9421, npm jose
// for the assertion, node:crypto for the digest of the body.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, createSecretKey } from 'node:crypto';
import { httpbis, createVerifier } from 'http-message-signatures';
import { createLocalJWKSet, jwtVerify } from 'jose';

/** JOSE alg of a key -> its name in RFC 9421. */
const HTTPSIG_NAMES = { ES256: 'ecdsa-p256-sha256', EdDSA: 'ed25519', HS256: 'hmac-sha256' };

/**
 * Throws unless the request is signed as the profile says and its assertion and body are right.
 * @param {import('./origin.mjs').Seen} seen as it came over the wire
 * @param {{keys: any[]}} jwks public keys of the edge, and shared secrets
 * @param {{issuer: string, audience: string}} expected
 */
export async function verify_request(seen, jwks, { issuer, audience }) {
  const headers = Object.fromEntries(seen.fields);
  const verified = await httpbis.verifyMessage(
    {
      keyLookup: async ({ keyid }) => verifying_key(jwks.keys.find((key) => key.kid === keyid)),
      requiredFields: [
        '@method',
        '@path',
        '@query',
        'sallyport-assertion',
        'sallyport-context',
        ...present(headers, ['content-digest', 'content-type', 'content-length']),
      ],
      requiredParams: ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'],
      all: true,
    },
    { method: seen.method, url: `http://origin.example${seen.target}`, headers },
  );
  assert.equal(verified, true, 'request signature');
  assert.equal(/authority=:([^:]+):/.exec(headers['sallyport-context'])?.[1], authority_digest(seen.fields), 'authority');

  const open = { keys: jwks.keys.filter((key) => key.kty !== 'oct') };
  const { payload, protectedHeader } = await jwtVerify(headers['sallyport-assertion'], createLocalJWKSet(open), {
    issuer,
    audience,
    typ: 'sallyport-assertion+jwt',
  });
  if (headers['content-digest'] !== undefined) {
    assert.equal(headers['content-digest'], `sha-256=:${createHash('sha256').update(seen.body).digest('base64')}:`);
  } else {
    assert.equal(seen.body.length > 0, payload.body === 'stream', 'a body that is not covered is said to stream');
  }
  return { payload, protectedHeader };
}

const AUTHORITY = ['authorization', 'content-encoding', 'cookie', 'origin', 'range'];

/** What docs/reference/protocol.md says of the context's member `authority`, or undefined: the request has none of these fields.
 * @param {Iterable<[string, string]>} fields */
export function authority_digest(fields) {
  const all = [...fields];
  const lines = AUTHORITY.map((name) => [name, all.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)])
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `"${name}": ${/** @type {string[]} */ (values).join(name === 'cookie' ? '; ' : ', ')}\n`);
  return lines.length === 0 ? undefined : createHash('sha256').update(lines.join('')).digest('base64');
}

/** @param {any} jwk */
function verifying_key(jwk) {
  if (jwk === undefined) return null;
  const alg = HTTPSIG_NAMES[/** @type {keyof typeof HTTPSIG_NAMES} */ (jwk.alg)];
  const key = jwk.kty === 'oct' ? createSecretKey(Buffer.from(jwk.k, 'base64url')) : createPublicKey({ key: jwk, format: 'jwk' });
  return { id: jwk.kid, algs: [alg], verify: createVerifier(/** @type {any} */ (key), alg) };
}

/** Content-Length: 0 is what transports put on a request without body as they like: it says nothing, so it is not signed.
 * @param {Record<string, string>} headers @param {string[]} names */
function present(headers, names) {
  return names.filter((name) => headers[name] !== undefined && !(name === 'content-length' && headers[name] === '0'));
}
