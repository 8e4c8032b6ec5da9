// A man in the middle on loopback: passes bytes on, counts them, and on demand shows or keeps a request. It stands where
// an attacker with a foothold in the network would stand.
import { createConnection, createServer } from 'node:net';

/** @typedef {import('node:net').Socket} Socket */
/**
 * @typedef {object} Tap
 * @property {number} port where it listens
 * @property {() => {connections: number, to_target: number, to_caller: number}} counts connections and bytes so far
 * @property {(options?: {hold?: boolean}) => Promise<Buffer>} next_request the next whole request that comes by: head, and body
 *   with Content-Length. With `hold` the target gets nothing of it, and its caller a 502.
 * @property {() => Promise<void>} stop
 */

const held_answer = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** @param {() => number} target_port asked for each connection, so that the way may change under traffic
 * @param {{port?: number}} [options] @returns {Promise<Tap>} */
export async function start_tap(target_port, { port = 0 } = {}) {
  const counted = { connections: 0, to_target: 0, to_caller: 0 };
  /** @type {Set<Socket>} */
  const sockets = new Set();
  /** @type {{hold: boolean, resolve: (request: Buffer) => void} | undefined} */
  let wanted;

  const server = createServer((caller) => {
    ++counted.connections;
    const target = createConnection({ host: '127.0.0.1', port: target_port() });
    const show = request_reader((request) => {
      wanted?.resolve(request);
      wanted = undefined;
    });
    pass(caller, target, (piece) => {
      const held = wanted?.hold === true;
      if (wanted) show(piece);
      if (held && !wanted) caller.end(held_answer);
      if (!held) counted.to_target += piece.length;
      return !held;
    });
    pass(target, caller, (piece) => {
      counted.to_caller += piece.length;
      return true;
    });
  });

  /** @param {Socket} from @param {Socket} to @param {(piece: Buffer) => boolean} may_pass */
  function pass(from, to, may_pass) {
    sockets.add(from);
    from.on('data', (piece) => {
      if (!may_pass(piece) || to.write(piece)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
  }

  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    counts: () => ({ ...counted }),
    next_request: ({ hold = false } = {}) =>
      new Promise((resolve) => {
        wanted = { hold, resolve };
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Puts pieces together to whole requests. Enough for what our own edge sends: a head, and a body with Content-Length.
 * @param {(request: Buffer) => void} give */
function request_reader(give) {
  let kept = Buffer.alloc(0);
  return (/** @type {Buffer} */ piece) => {
    kept = Buffer.concat([kept, piece]);
    const end = kept.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/^content-length: *(\d+)\r$/im.exec(kept.toString('latin1', 0, end + 2))?.[1] ?? 0);
    if (kept.length < end + 4 + length) return;
    const request = kept.subarray(0, end + 4 + length);
    kept = Buffer.alloc(0);
    give(request);
  };
}
