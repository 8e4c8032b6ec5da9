// An origin on loopback that shows what really came over the wire.
import { createServer } from 'node:http';

/**
 * @typedef {{method: string, target: string, fields: [string, string][], body: Buffer}} Seen
 * @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean | void} Answering true when it
 *   takes over the request, body and all
 * @typedef {Awaited<ReturnType<typeof start_origin>>} RunningOrigin
 */

/** @param {{answer?: Answering}} [options] */
export async function start_origin({ answer } = {}) {
  const seen = /** @type {Seen[]} */ ([]);
  const server = createServer(async (request, response) => {
    if (answer?.(request, response)) return;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push({ method: request.method ?? '', target: request.url ?? '', fields: pairs(request.rawHeaders), body: Buffer.concat(chunks) });
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end('from the origin');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    last: () => seen[seen.length - 1],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}

/** @param {string[]} raw @returns {[string, string][]} */
function pairs(raw) {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [/** @type {[string, string]} */ ([name.toLowerCase(), raw[i + 1]])] : []));
}

/** All values of a field. @param {Seen} request @param {string} name */
export function values(request, name) {
  return request.fields.filter(([each]) => each === name).map(([, value]) => value);
}
