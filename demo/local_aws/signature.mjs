// Who signed this? The request is signed again with AWS's own signer and the secret that was issued; equal or refused.
import { timingSafeEqual } from 'node:crypto';

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Request} Request */
/** @typedef {import('./types.d.ts').World} World */

const authorization_form =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;
const max_skew_ms = 5 * 60 * 1000;

/** `wanted`: the service that must have been signed for. @param {{config: {region: string}, sessions: World['sessions']}} world @param {Pick<Request, 'headers' | 'method' | 'url'>} request
 * @param {Buffer | string} body @param {string} [wanted] @returns the session behind the request's credentials */
export async function authenticate(world, request, body, wanted = 'ecs') {
  const parts = authorization_form.exec(request.headers.authorization ?? '');
  if (parts === null) throw new AwsError(400, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, key_id = '', , region = '', service = '', signed_headers = '', signature = ''] = parts;
  if (region !== world.config.region || service !== wanted) {
    throw new AwsError(400, 'InvalidSignatureException', 'Credential should be scoped to a valid region and service.');
  }
  const session = find_session(world, key_id, request.headers['x-amz-security-token']);
  const time = signing_time(request.headers['x-amz-date']);
  const expected = await sign_again(session.keys, { region, service, time, signed_headers }, request, body);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) {
    const message = 'The request signature we calculated does not match the signature you provided.';
    throw new AwsError(400, 'InvalidSignatureException', message);
  }
  return session;
}

/** @param {Pick<World, 'sessions'>} world @param {string} key_id @param {string | undefined} token */
function find_session(world, key_id, token) {
  const session = world.sessions.find(key_id);
  if (session === undefined || session.keys.sessionToken !== token) {
    throw new AwsError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (session.keys.expires * 1000 <= Date.now()) {
    throw new AwsError(400, 'ExpiredTokenException', 'The security token included in the request is expired');
  }
  return session;
}

/** @param {string | undefined} text */
function signing_time(text) {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  const [year = NaN, month = NaN, ...rest] = parts?.slice(1).map(Number) ?? [];
  const time = Date.UTC(year, month - 1, ...rest);
  if (!(Math.abs(time - Date.now()) <= max_skew_ms)) {
    throw new AwsError(400, 'InvalidSignatureException', 'Signature expired or not yet current');
  }
  return new Date(time);
}

/** @param {import('./types.d.ts').Keys} keys @param {{region: string, service: string, time: Date, signed_headers: string}} scope
 * @param {Pick<Request, 'headers' | 'method' | 'url'>} request @param {Buffer | string} body */
async function sign_again(keys, { region, service, time, signed_headers }, request, body) {
  const names = new Set(signed_headers.split(';'));
  if (!names.has('host')) throw new AwsError(400, 'InvalidSignatureException', 'Host must be a signed header');
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (value !== undefined && names.has(name) ? [[name, value]] : [])),
  );
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    applyChecksum: names.has('x-amz-content-sha256'),
    credentials: keys,
  });
  const url = new URL(request.url ?? '', 'http://local');
  const signed = await signer.sign(
    { method: request.method ?? '', protocol: 'http:', hostname: url.hostname, path: url.pathname, query: query_of(url), headers, body },
    { signingDate: time, signableHeaders: names },
  );
  return /Signature=([0-9a-f]+)$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
}

/** Names may stand there several times. @param {URL} url @returns {Record<string, string[]>} */
function query_of(url) {
  return Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]));
}
