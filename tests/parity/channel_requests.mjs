// Requests under a channel as an edge sends them, or nearly: with node:crypto alone, from docs/reference/protocol.md.
import { createHmac, sign } from 'node:crypto';
import { base64, derived, edge_key, text_part } from './channel_ends.mjs';

export const NOW = 1_760_000_000;
export const LIFETIME = 30;

/**
 * What differs from a good request.
 * @typedef {object} Bent
 * @property {number} [created]
 * @property {number} [expires]
 * @property {string} [nonce]
 * @property {string} [tag]
 * @property {string} [alg]
 * @property {string} [keyid]
 * @property {string} [path] what is sent; the signature is for /x
 * @property {string} [left_out] a parameter of the signature
 * @property {'requests_b64' | 'confirmations_b64'} [mac_key]
 * @property {string[]} [grants] what goes along; by default nothing
 * @property {object} [assertion] claims
 * @property {boolean} [by_key] signed with the edge's published key
 */

/** @param {string} policy_digest @param {object} [claims] */
function assertion(policy_digest, claims = {}) {
  const all = {
    iss: 'https://edge.acme.example',
    aud: 'sallyport:service:reports',
    sub: '',
    idp: '',
    kind: 'anonymous',
    iat: NOW,
    exp: NOW + LIFETIME,
    jti: 'AAECAwQFBgcICQoLDA0ODw',
    route: 'all',
    pol: policy_digest,
    ...claims,
  };
  const input = `${text_part({ alg: 'ES256', kid: 'edge-1', typ: 'sallyport-assertion+jwt' })}.${text_part(all)}`;
  return `${input}.${signed(input).toString('base64url')}`;
}

/** @param {string} text */
const signed = (text) => sign('sha256', Buffer.from(text), { key: edge_key.privateKey, dsaEncoding: 'ieee-p1363' });

/** A nonce for each number. @param {number} number */
export const nonce_of = (number) => Buffer.from([...Array(15).fill(9), number]).toString('base64url');

/** The message in base64. @param {string} grant whose channel it is @param {string} policy_digest @param {Bent} [bent] */
export function request_under(grant, policy_digest, bent = {}) {
  const keys = derived(grant);
  const { created = NOW, nonce = nonce_of(0), path = '/x', grants = [], mac_key = 'requests_b64' } = bent;
  const parameters = {
    created: String(created),
    expires: String(bent.expires ?? created + LIFETIME),
    nonce: `"${nonce}"`,
    keyid: `"${bent.keyid ?? (bent.by_key ? 'edge-1' : keys.keyid)}"`,
    alg: `"${bent.alg ?? (bent.by_key ? 'ecdsa-p256-sha256' : 'hmac-sha256')}"`,
    tag: `"${bent.tag ?? 'sallyport'}"`,
  };
  const fields = {
    'sallyport-assertion': assertion(policy_digest, bent.assertion),
    'sallyport-context': `id="${nonce_of(200)}", time=${NOW * 1000}, host="reports.example", proto="https"`,
  };
  const lines = Object.entries({ '@method': 'GET', '@path': '/x', '@query': '?', ...fields });
  const said = Object.entries(parameters).filter(([name]) => name !== bent.left_out);
  const input = `(${lines.map(([name]) => `"${name}"`).join(' ')})${said.map(([name, value]) => `;${name}=${value}`).join('')}`;
  const base = [...lines, ['@signature-params', input]].map(([name, value]) => `"${name}": ${value}`).join('\n');
  const signature = bent.by_key ? signed(base) : createHmac('sha256', Buffer.from(keys[mac_key], 'base64')).update(base).digest();
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: agent.internal',
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    `Signature-Input: sallyport=${input}`,
    `Signature: sallyport=:${base64(signature)}:`,
    ...grants.map((each) => `Sallyport-Channel-Grant: ${each}`),
  ];
  return base64(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
}
