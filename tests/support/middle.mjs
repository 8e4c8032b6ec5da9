// Between edge and agent: passes everything on, notes it, and changes what a test wants changed.
import { Agent, createServer, request as http_request } from 'node:http';
import { finished } from 'node:stream/promises';
import { until } from '../../demo/parts/child.mjs';

/**
 * @typedef {import('node:http').IncomingMessage} IncomingMessage
 * @typedef {import('node:http').ServerResponse} ServerResponse
 * @typedef {{method: string, target: string, headers: import('node:http').IncomingHttpHeaders, status: number}} Passed
 * @typedef {{status: number, headers: import('node:http').OutgoingHttpHeaders, body?: string}} Response
 * @typedef {(response: Response, request: Passed) => Response | void | Promise<Response | void>} Changing a response on its way; without
 *   `body` it keeps its own
 * @typedef {(request: Omit<Passed, 'status'>) => Response | void | Promise<Response>} Standing in for the agents: they do not hear of a
 *   request that gets a response here
 */

/** @param {number[]} agents their ports; they take turns */
export async function start_middle(...agents) {
  const middle = new Middle(agents);
  await middle.listen();
  return middle;
}

export class Middle {
  #agents;
  #turns = 0;
  #under_way = 0;
  #connections = new Agent({ keepAlive: true });
  #server = createServer((from, back) => void this.#take(from, back));
  /** @type {Changing | undefined} */
  #change;
  /** @type {Standing | undefined} */
  #stand_in;
  /** @type {Promise<void> | undefined} */
  #held;
  /** Requests that got a response. @type {Passed[]} */
  passed = [];
  /** Sallyport-Channel of the agents' responses. @type {string[]} */
  said = [];
  url = '';

  /** @param {number[]} agents */
  constructor(agents) {
    this.#agents = agents;
  }

  async listen() {
    this.#server.keepAliveTimeout = 60_000;
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    this.url = `http://127.0.0.1:${port}`;
  }

  /** @param {Changing} [how] none: nothing is changed any more */
  change(how) {
    this.#change = how;
  }

  /** @param {Standing} [how] none: the agents get every request again */
  stand_in(how) {
    this.#stand_in = how;
  }

  /** Keeps further requests back, and waits until none is under way. @returns {Promise<() => void>} what lets them go on */
  async hold() {
    const { promise, resolve } = Promise.withResolvers();
    this.#held = promise;
    await until('no request is under way', () => this.#under_way === 0);
    return () => {
      this.#held = undefined;
      resolve(undefined);
    };
  }

  /** @returns {Promise<void>} */
  stop() {
    this.#connections.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** @param {IncomingMessage} from @param {ServerResponse} back */
  async #take(from, back) {
    const { method = '', url: target = '', headers } = from;
    const own = this.#stand_in?.({ method, target, headers });
    if (own === undefined) return this.#pass_on(from, back);
    await finished(from.resume());
    const { status, headers: fields, body } = await own;
    this.passed.push({ method, target, headers, status });
    back.writeHead(status, fields).end(body);
  }

  /** @param {IncomingMessage} from @param {ServerResponse} back */
  async #pass_on(from, back) {
    const { method, url: path, rawHeaders } = from;
    const port = this.#agents[this.#turns++ % this.#agents.length];
    await this.#held;
    this.#under_way += 1;
    back.on('close', () => {
      this.#under_way -= 1;
    });
    const onward = http_request({ host: '127.0.0.1', port, agent: this.#connections, method, path, headers: rawHeaders }, (answer) => {
      this.#bring_back(from, answer, back);
    });
    onward.on('error', () => back.destroy());
    from.on('error', () => onward.destroy());
    from.pipe(onward);
  }

  /** @param {IncomingMessage} from @param {IncomingMessage} answer @param {ServerResponse} back */
  async #bring_back({ method = '', url: target = '', headers: asked }, answer, back) {
    /** @type {Response} */
    const plain = { status: answer.statusCode ?? 0, headers: answer.headers };
    const seen = { method, target, headers: asked, status: plain.status };
    this.passed.push(seen);
    this.said.push(String(answer.headers['sallyport-channel'] ?? ''));
    const { status, headers, body } = (await this.#change?.(plain, seen)) ?? plain;
    back.writeHead(status, headers);
    if (body === undefined) answer.pipe(back);
    else answer.resume().on('end', () => back.end(body));
  }
}
