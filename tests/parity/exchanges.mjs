// Whole exchanges for the probe's `edge`, and for its `origin` the very messages that this edge would send.
import { SignJWT } from 'jose';
import { ask } from '../support/probes.mjs';
import { base64 } from '../support/vectors.mjs';
import { POLICY } from './samples.mjs';

const ENTROPY = base64(Buffer.alloc(48, 7));

/**
 * A key of a kind, private and public; the same where it is shared. @typedef {{secret: import('jose').JWK, open: import('jose').JWK}} KeyPair
 * @typedef {Awaited<ReturnType<typeof edge_seeds>>[number]} Exchange
 * @typedef {{method: string, scheme: string, host: string, target: string, fields: string[][], body_b64?: string, body_state?: string}} SentRequest
 */

/** @param {Record<string, KeyPair>} keys by algorithm @param {number} now seconds */
export async function edge_seeds(keys, now) {
  const issuers = {
    okta: {
      keys: [
        { ...keys.RS256.open, kid: 'r1' },
        { ...keys.ES256.open, kid: 'e1' },
      ],
    },
    github: { keys: [{ ...keys.RS256.open, kid: 'g1' }] },
    access: { keys: [{ ...keys.RS256.open, kid: 'c1' }] },
  };
  const edge = { keys: [{ ...keys.EdDSA.secret, kid: 'edge', alg: 'EdDSA' }] };
  const shared = { keys: [{ ...keys.HS256.secret, kid: 'shared', alg: 'HS256' }] };
  const secrets = { shared, billing: shared };
  const exchange = (/** @type {Partial<SentRequest>} */ request, /** @type {string[][]} */ fields) => ({
    policy: POLICY,
    keys: { edge, secrets, issuers },
    request: /** @type {SentRequest} */ ({
      method: 'GET',
      scheme: 'https',
      host: 'app.example',
      target: '/',
      fields: [['accept', '*/*'], ...fields],
      ...request,
    }),
    context: { ip: '192.0.2.7', country: 'CH', asn: 64500 },
    now: now * 1000,
    entropy_b64: ENTROPY,
    build: 'parity',
  });
  const times = { iat: now - 10, exp: now + 300 };
  const alice = {
    iss: 'https://issuer.example',
    aud: 'api',
    sub: 'alice',
    email: 'alice@acme.example',
    email_verified: true,
    groups: ['finance'],
    dept: 'x',
    ...times,
  };
  const token = await bearer(keys.RS256.secret, 'RS256', 'r1', alice);
  const other = await bearer(keys.ES256.secret, 'ES256', 'e1', alice);
  const workload = await bearer(keys.RS256.secret, 'RS256', 'g1', {
    iss: 'https://token.actions.githubusercontent.com',
    aud: 'sallyport',
    sub: 'repo:acme/reports',
    repository: 'acme/reports',
    ...times,
  });
  const access = {
    iss: 'https://acme.cloudflareaccess.com',
    aud: ['aud'],
    sub: 'alice',
    email: 'alice@acme.example',
    type: 'app',
    ...times,
  };
  const cookie = await compact(keys.RS256.secret, 'RS256', 'c1', access);
  return [
    exchange({}, []),
    exchange({ target: '/reports/2026?x=1' }, [token]),
    exchange({ target: '/reports/2026/08' }, [other, ['x-tenant', 'a'], ['sallyport-subject', 'forged'], ['connection', 'x-tenant']]),
    exchange({ method: 'POST', target: '/reports/new', body_b64: base64('{"a":1}') }, [
      token,
      ['content-type', 'application/json'],
      ['content-length', '7'],
    ]),
    exchange({ method: 'POST', target: '/reports/new', body_state: 'unread' }, [token, ['content-type', 'application/json']]),
    exchange({ method: 'PUT', target: '/users/alice/files/a.txt', body_state: 'unread' }, [token, ['content-length', '99']]),
    exchange({ target: '/admin/console' }, [token, ['x-tenant', 'b']]),
    exchange({ target: '/admin/console' }, [token, ['x-tenant', 'a'], ['cookie', 'a=b'], ['origin', 'https://page.example']]),
    exchange({ target: '/admin/console' }, [['origin', 'https://page.example']]),
    exchange({ target: '/open/a' }, [['accept_language', 'de']]),
    exchange({ target: '/exact' }, [token]),
    exchange({ target: '/open/a/b' }, []),
    exchange({ host: 'a.wild.example', target: '/anything' }, [workload]),
    exchange({ target: '/open/x' }, [['cf-access-jwt-assertion', cookie]]),
    exchange({ target: '/open/x' }, [['cookie', `a=b; CF_Authorization=${cookie}`]]),
    exchange({ host: 'edge.example', target: '/.well-known/jwks.json' }, []),
    exchange({ host: 'edge.example', target: '/.well-known/openid-configuration' }, []),
    exchange({ target: '/.sallyport/status' }, []),
    exchange({ target: '/billing/x?y=1' }, [token]),
    exchange({ target: '/billing/x?y=1' }, [token, ['sec-purpose', 'prefetch;prerender']]),
    exchange({ target: '/.sallyport/services/billing?for=%2Fbilling%2Fx%3Fy%3D1' }, [token]),
    exchange({ target: '/.sallyport/services/billing?for=%2Fadmin%2Fconsole' }, [token, ['origin', 'https://page.example']]),
    exchange({ target: '/.sallyport/services/billing?for=%2' }, [token]),
    exchange({ method: 'POST', target: '/.sallyport/services/billing/reset' }, [token]),
    exchange({ method: 'POST', target: '/.sallyport/services/billing/reset' }, [other]),
    exchange({ method: 'POST', target: '/export', body_b64: base64('{"MONTH":"2026-01"}') }, [
      token,
      ['content-type', 'application/json'],
      ['idempotency-key', 'k-1'],
      ['prefer', 'wait=5'],
    ]),
    exchange({ method: 'POST', target: '/export', body_b64: base64('{"MONTH":"soon"}') }, [token, ['content-type', 'application/json']]),
    exchange({ target: '/.sallyport/jobs/export~AAAAAAAAAAAAAAAAAAAAAA' }, [other, ['prefer', 'wait=30']]),
    exchange({ method: 'DELETE', target: '/.sallyport/jobs/export~AAAAAAAAAAAAAAAAAAAAAA' }, [token]),
    exchange({ target: '/.sallyport/jobs' }, [token]),
  ];
}

/** @param {Exchange[]} edge */
export async function origin_seeds(edge) {
  const answers = await ask(edge.map((each) => ({ op: 'edge', in: each })));
  return answers.flatMap(({ out }, i) => (out?.outcome === 'forward' ? [admission(edge[i], out)] : []));
}

/** @param {Exchange} exchange @param {any} out what the edge decided */
function admission({ policy, keys, request, now }, out) {
  const length = out.content_length ?? (out.body === 'none' ? undefined : 0);
  const body = out.body === 'bytes' ? Buffer.from(request.body_b64 ?? '', 'base64') : Buffer.alloc(Number(length ?? 0), 'x');
  const fields = [['Host', 'origin.example'], ...out.fields, ...(length === undefined ? [] : [['Content-Length', String(length)]])];
  const head = [`${request.method} ${out.target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  const secret = /** @type {Record<string, object>} */ (keys.secrets)[out.service];
  return {
    policy,
    service: out.service,
    keys: { edge: keys.edge, ...(secret && { secrets: secret }) },
    message_b64: base64(Buffer.concat([Buffer.from(head), body])),
    now: now + 1000,
    skew: 5,
    seen: [],
  };
}

/** @param {import('jose').JWK} secret @param {string} alg @param {string} kid @param {import('jose').JWTPayload} claims */
function compact(secret, alg, kid, claims) {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(secret);
}

/** @param {import('jose').JWK} secret @param {string} alg @param {string} kid @param {import('jose').JWTPayload} claims */
async function bearer(secret, alg, kid, claims) {
  return ['authorization', `Bearer ${await compact(secret, alg, kid, claims)}`];
}
