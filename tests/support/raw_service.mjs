// An edge in front of a service that answers byte for byte what a test wants, as no HTTP server would.
import { createServer } from 'node:net';
import { policy_for, start_edge } from './edge.mjs';

/** @typedef {Awaited<ReturnType<typeof start_edge>>} Edge */

/** @param {(socket: import('node:net').Socket) => void} serve every connection @param {object[]} [routes] before the usual ones
 * @returns {Promise<{edge: Edge, stop: () => Promise<void>}>} */
export async function start_edge_to_raw_service(serve, routes = []) {
  const service = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise((resolve) => service.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (service.address());
  const edge = await start_edge({ policy: (issuer) => with_routes(policy_for(issuer, `http://127.0.0.1:${port}`), routes) });
  const stop = async () => {
    await edge.stop();
    service.close();
  };
  return { edge, stop };
}

/** @param {string} policy @param {object[]} routes */
function with_routes(policy, routes) {
  const document = JSON.parse(policy);
  return JSON.stringify({ ...document, routes: [...routes, ...document.routes] });
}
