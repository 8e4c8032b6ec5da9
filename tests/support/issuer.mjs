// A small token issuer on loopback whose behaviour a test can set: what a real provider would never do on request.
import { createServer } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

/**
 * @typedef {Awaited<ReturnType<typeof start_issuer>>} RunningIssuer
 */

/** @param {{alg?: string}} [options] */
export async function start_issuer({ alg = 'ES256' } = {}) {
  const keys = [await make_key(alg, 'first')];
  /** What was asked, path by path; and what to answer instead of the documents, when set. */
  const seen = /** @type {string[]} */ ([]);
  const behaviour = {
    answer: /** @type {((path: string, response: import('node:http').ServerResponse) => boolean) | null} */ (null),
    cache_control: '',
  };
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (behaviour.answer?.(request.url ?? '', response)) return;
    const document = documents()[request.url ?? ''];
    response.writeHead(document ? 200 : 404, {
      'Content-Type': 'application/json',
      ...(behaviour.cache_control && { 'Cache-Control': behaviour.cache_control }),
    });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const documents = () =>
    /** @type {Record<string, unknown>} */ ({
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
      '/jwks': { keys: keys.map((key) => key.open) },
    });

  return {
    issuer,
    seen,
    behaviour,
    /** Publishes another key and signs with it from now on. @param {string} kid */
    async rotate(kid) {
      keys.unshift(await make_key(alg, kid));
    },
    /** Forgets all but the newest key. */
    retire() {
      keys.length = 1;
    },
    /** A token as the provider makes them, with claims and header of the caller's choice on top.
     * @param {Record<string, unknown>} [claims] @param {Record<string, unknown>} [header] */
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const [key] = keys;
      return new SignJWT({
        iss: issuer,
        aud: 'api://acme',
        sub: 'alice',
        email: 'alice@acme.example',
        groups: ['finance'],
        iat: now,
        exp: now + 600,
        ...claims,
      })
        .setProtectedHeader({ alg, kid: key.open.kid, ...header })
        .sign(key.secret);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}

/** @param {string} alg @param {string} kid */
async function make_key(alg, kid) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { secret: privateKey, open: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } };
}
