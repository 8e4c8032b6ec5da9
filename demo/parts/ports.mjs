// Ports for programs that must be told theirs.
import { createServer } from 'node:net';

/** Below those that Linux gives to outgoing connections and to whoever asks for any port: one of these stays free meanwhile. */
const first = 20_000;
const count = 12_000;
const most_tries = 100;

/** A port that was free a moment ago: the wanted one when it is. @param {number} [wanted] @returns {Promise<number>} */
export async function free_port(wanted = 0) {
  if (wanted !== 0 && (await is_free(wanted))) return wanted;
  for (let tries = 0; tries < most_tries; ++tries) {
    const port = first + Math.floor(Math.random() * count);
    if (await is_free(port)) return port;
  }
  throw new Error(`no free port found from ${first} to ${first + count - 1} on 127.0.0.1`);
}

/** @param {number} port @returns {Promise<boolean>} */
const is_free = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
