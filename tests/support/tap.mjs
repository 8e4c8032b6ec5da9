// A man in the middle on loopback: passes bytes on, counts and keeps them. It stands where an attacker with a foothold in
// the network would stand.
import { createConnection, createServer } from 'node:net';

/**
 * @typedef {object} Tap
 * @property {number} port where it listens
 * @property {() => {connections: number, to_target: number, to_caller: number}} counts connections and bytes so far
 * @property {() => Promise<Buffer>} next_request the next bytes up to and with the head and its Content-Length body, kept from
 *   the target when `hold` is asked for
 * @property {(hold: boolean) => void} hold whether connections that open from now on are kept from the target: the caller gets no answer
 * @property {() => Promise<void>} stop
 */

/** @param {() => number} target_port asked for each connection, so that the way may change under traffic
 * @param {{port?: number}} [options] @returns {Promise<Tap>} */
export async function start_tap(target_port, { port = 0 } = {}) {
  const counted = { connections: 0, to_target: 0, to_caller: 0 };
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /** @type {((request: Buffer) => void)[]} */
  const waiting = [];
  let holding = false;

  const server = createServer((caller) => {
    ++counted.connections;
    const keeps = holding;
    const target = keeps ? null : createConnection({ host: '127.0.0.1', port: target_port() });
    const reader = request_reader((request) => waiting.shift()?.(request));
    pass(caller, target, (piece) => { counted.to_target += keeps ? 0 : piece.length; if (waiting.length > 0) reader(piece); });
    if (target) pass(target, caller, (piece) => { counted.to_caller += piece.length; });
  });

  /** @param {import('node:net').Socket} from @param {import('node:net').Socket | null} to @param {(piece: Buffer) => void} saw */
  function pass(from, to, saw) {
    sockets.add(from);
    from.on('data', saw);
    from.on('error', () => to?.destroy());
    from.on('close', () => { sockets.delete(from); to?.destroySoon(); });
    if (to) from.pipe(to);
  }

  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    counts: () => ({ ...counted }),
    hold: (hold) => { holding = hold; },
    next_request: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () => new Promise((resolve) => {
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
    give(kept.subarray(0, end + 4 + length));
    kept = kept.subarray(end + 4 + length);
  };
}
