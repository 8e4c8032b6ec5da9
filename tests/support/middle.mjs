// Between edge and agent: passes everything on, notes it, and changes what a test wants changed.
import { Agent, createServer, request as http_request } from 'node:http';

/**
 * @typedef {{method: string, target: string, headers: import('node:http').IncomingHttpHeaders, status: number}} Passed
 * @typedef {{status: number, headers: import('node:http').OutgoingHttpHeaders, body?: string}} Response
 * @typedef {(response: Response, request: Passed) => Response | void} Changing a response on its way; without `body` it keeps its own
 */

/** @param {number} to the agent's port */
export async function start_middle(to) {
  const passed = /** @type {Passed[]} */ ([]);
  const state = { change: /** @type {Changing | undefined} */ (undefined) };
  const agent = new Agent({ keepAlive: true });
  const server = createServer((from, back) => {
    const { method = '', url: path = '', rawHeaders } = from;
    const onward = http_request({ host: '127.0.0.1', port: to, agent, method, path, headers: rawHeaders }, (answer) => {
      const seen = { method, target: path, headers: from.headers, status: answer.statusCode ?? 0 };
      passed.push(seen);
      /** @type {Response} */
      const plain = { status: seen.status, headers: answer.headers };
      const { status, headers, body } = state.change?.(plain, seen) ?? plain;
      back.writeHead(status, headers);
      if (body === undefined) answer.pipe(back);
      else answer.resume().on('end', () => back.end(body));
    });
    onward.on('error', () => back.destroy());
    from.on('error', () => onward.destroy());
    from.pipe(onward);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    /** @param {Changing} [how] none: nothing is changed any more */
    change(how) {
      state.change = how;
    },
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
