// The checks of Sallyport's edge as a careful engineer writes them by hand, with npm jose and npm http-message-sig: verify
// the access token, decide, mint an assertion, sign the request, write an audit line, send it on with a time limit, and give
// the answer back under the request's id, past a cache that knows URLs only. It keeps between requests what such an engineer
// keeps: the issuer's keys and the imported signing key. With CACHE=all it also keeps verified tokens and minted assertions, as
// our own edge does.
import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import { appendSignature, createSignature } from 'http-message-sig';

/** @typedef {{ORIGIN: string, ISSUER: string, AUDIENCE: string, JWKS_URI: string, SIGNING_KEY: string, CACHE: 'keys' | 'all'}} Environment */
/** @typedef {{payload: import('jose').JWTPayload, expires: number}} Verified */

const assertion_seconds = 30;
const upstream_timeout_ms = 60_000;
/** An assertion is used again only while it has this long to live. */
const assertion_reserve_seconds = 15;
const most_entries = 1024;
const foreign_field =
  /^(sallyport[-_]|x[-_]forwarded[-_]|forwarded$|x[-_]real[-_]ip$|signature|content-digest$|connection$|keep-alive$|proxy-|te$|trailer$|upgrade$|authorization$)/i;

/** What an app may read as another path than the one that was decided on. */
const ambiguous_path = /\/\/|\\|%(2[ef]|5c|00)/i;

/** @type {Promise<ReturnType<typeof start>> | ReturnType<typeof start> | undefined} */
let started;
/** @type {Map<string, Verified>} */
const verified_tokens = new Map();
/** @type {Map<string, {token: string, expires: number}>} */
const minted = new Map();

export default {
  /** @param {Request} request @param {Environment} environment */
  async fetch(request, environment) {
    const edge = await (started ??= start(environment));
    const id = random_text(16);
    try {
      const caller = await authenticate(request, edge);
      const url = new URL(request.url);
      const route = decide(request.method, url, caller);
      console.log(
        JSON.stringify({
          time: Date.now(),
          id,
          decision: 'allow',
          subject: caller.sub,
          issuer: caller.iss,
          route,
          method: request.method,
          host: url.host,
          path: url.pathname,
        }),
      );
      const headers = clean(request.headers);
      headers.set('sallyport-assertion', await assertion(caller, route, edge));
      headers.set('sallyport-context', `id="${id}", time=${Date.now()}, host="${url.host}", proto="${url.protocol.slice(0, -1)}"`);
      return under_id(await send(request, url, headers, edge), id);
    } catch (problem) {
      console.log(JSON.stringify({ time: Date.now(), id, decision: 'deny', reason: String(problem), method: request.method }));
      return Response.json({ title: 'Unauthorized', request_id: id }, { status: problem instanceof Denied ? 403 : 401 });
    }
  },
};

class Denied extends Error {}

/** @param {Environment} environment */
async function start(environment) {
  const jwk = JSON.parse(environment.SIGNING_KEY);
  return {
    environment,
    kid: jwk.kid,
    keys: createRemoteJWKSet(new URL(environment.JWKS_URI)),
    signing_key: /** @type {CryptoKey} */ (await importJWK(jwk, 'ES256')),
  };
}

/** @param {Request} request @param {Awaited<ReturnType<typeof start>>} edge @returns {Promise<import('jose').JWTPayload>} */
async function authenticate(request, { environment, keys }) {
  const token = /^Bearer ([\w.-]+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  if (!token) throw new Error('no token');
  const now = Date.now() / 1000;
  const known = environment.CACHE === 'all' ? verified_tokens.get(token) : undefined;
  if (known && known.expires > now) return known.payload;
  const { payload } = await jwtVerify(token, keys, {
    issuer: environment.ISSUER,
    audience: environment.AUDIENCE,
    algorithms: ['RS256', 'ES256'],
    clockTolerance: 5,
    requiredClaims: ['exp', 'sub'],
  });
  if (environment.CACHE === 'all') remember(verified_tokens, token, { payload, expires: payload.exp ?? 0 });
  return payload;
}

/** @param {string} method @param {URL} url @param {import('jose').JWTPayload} caller */
function decide(method, url, caller) {
  const groups = Array.isArray(caller.groups) ? caller.groups : [];
  if (ambiguous_path.test(url.pathname)) throw new Denied('path');
  if (!url.pathname.startsWith('/api/') || !['GET', 'HEAD'].includes(method)) throw new Denied('no route');
  if (!groups.includes('finance')) throw new Denied('not allowed');
  return 'reports-read';
}

/** What is for one hop, by its name or by Connection, does not go on. @param {Headers} received */
function clean(received) {
  const headers = new Headers();
  const one_hop = (received.get('connection') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  for (const [name, value] of received) if (!foreign_field.test(name) && !one_hop.includes(name)) headers.append(name, value);
  return headers;
}

/** @param {import('jose').JWTPayload} caller @param {string} route @param {Awaited<ReturnType<typeof start>>} edge */
async function assertion(caller, route, { environment, kid, signing_key }) {
  const now = Math.floor(Date.now() / 1000);
  const key = `${route} ${caller.sub} ${caller.jti}`;
  const known = environment.CACHE === 'all' ? minted.get(key) : undefined;
  if (known && known.expires - assertion_reserve_seconds > now) return known.token;
  const token = await new SignJWT({ idp: 'idp', kind: 'user', groups: caller.groups, route })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'sallyport-assertion+jwt' })
    .setIssuer(environment.ORIGIN)
    .setAudience('sallyport:service:app')
    .setSubject(caller.sub ?? '')
    .setIssuedAt(now)
    .setExpirationTime(now + assertion_seconds)
    .setJti(random_text(16))
    .sign(signing_key);
  if (environment.CACHE === 'all') remember(minted, key, { token, expires: now + assertion_seconds });
  return token;
}

/** @param {Request} request @param {URL} url @param {Headers} headers @param {Awaited<ReturnType<typeof start>>} edge */
async function send(request, url, headers, { environment, kid, signing_key }) {
  const created = Math.floor(Date.now() / 1000);
  const target = environment.ORIGIN + url.pathname + url.search;
  const fields = await createSignature(new Request(target, { method: request.method, headers }), {
    label: 'sallyport',
    components: ['@method', '@path', '@query', 'sallyport-assertion', 'sallyport-context'],
    parameters: { created, expires: created + 30, nonce: random_text(16), keyid: kid, alg: 'ecdsa-p256-sha256', tag: 'sallyport' },
    signer: {
      algorithm: 'ecdsa-p256-sha256',
      sign: async (base) =>
        new Uint8Array(
          await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signing_key, /** @type {Uint8Array<ArrayBuffer>} */ (base)),
        ),
    },
  });
  return fetch(target, {
    method: request.method,
    headers: appendSignature(headers, fields),
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(upstream_timeout_ms),
  });
}

/** So that the caller can say which request it was; an agent has said it already. @param {Response} answer @param {string} id */
function under_id(answer, id) {
  if (answer.headers.get('sallyport-request-id') === id) return answer;
  const response = new Response(answer.body, answer);
  response.headers.set('sallyport-request-id', id);
  return response;
}

/** Forgets the oldest when it is full. @template T @param {Map<string, T>} map @param {string} key @param {T} value */
function remember(map, key, value) {
  if (map.size >= most_entries) map.delete(/** @type {string} */ (map.keys().next().value));
  map.set(key, value);
}

/** @param {number} bytes */
function random_text(bytes) {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
