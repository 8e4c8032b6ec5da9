// Lets a browser be alice or bob: GET /as/alice?then=URL logs her in at the provider and goes to the URL with her token in a
// cookie. Cookies do not know ports, so the edge on the same address gets it. Only for looking at the demo: a real
// deployment has Cloudflare Access or another login in front.
import { createServer } from 'node:http';
import { log_in, people } from './provider.mjs';

/** As the policy's issuer reads it. */
const cookie = 'demo_token';

/** @param {{issuer: string}} provider @param {string} edge the only place to go to @param {number} port */
export async function start_login(provider, edge, port) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', edge);
    const person = url.pathname.replace('/as/', '');
    const then = new URL(url.searchParams.get('then') ?? '/', edge);
    if (!people[person] || then.origin !== edge) return response.writeHead(404).end();
    const token = await log_in(provider, person).catch(() => undefined);
    if (token === undefined) return response.writeHead(502).end('the provider does not log anybody in');
    response
      .writeHead(302, {
        location: then.href,
        'set-cookie': `${cookie}=${token}; Path=/; HttpOnly; SameSite=Lax`,
        'cache-control': 'no-store',
      })
      .end();
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)));
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: taken,
    stop: () =>
      new Promise((/** @type {(value: void) => void} */ resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
