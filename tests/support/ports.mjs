// Ports for programs that must be told theirs.
import { createServer } from 'node:net';

/** A port that was free a moment ago: the wanted one when it is. @param {number} [wanted] @returns {Promise<number>} */
export const free_port = (wanted = 0) => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', (problem) => (wanted === 0 ? reject(problem) : resolve(free_port())));
  server.listen(wanted, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    server.close(() => resolve(port));
  });
});
