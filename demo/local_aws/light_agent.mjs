// What the agent of a light task says: at its admin port as agent/admin/answer.cpp, at its port in the app's stead. It believes
// every request: signatures are the business of real agents. The exception is the status of the agent, whose checks and wording
// are the core's: who starts local-aws passes `checks.status`, which is asked for each request to `/.sallyport/agent` with what
// there is to tell; without it the agent is one that is too old to know the path, and takes its assertion for a wrong one.

/** What a light agent knows of itself. @typedef {{task: string, service: string, ready: boolean, why: string, in_flight: number,
 *   idle_ms: number, up_ms: number}} AgentStatus */
/** @typedef {{status?: (request: import('node:http').IncomingMessage, status: AgentStatus) => Promise<{status: number, fields: Record<string, string>, body: string}>}} Checks */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler */

const status_path = '/.sallyport/agent';

export class LightAgent {
  #task;
  #app_ms;
  #started_at = Infinity;
  #stopping = false;
  #in_flight = 0;
  #idle_since = 0;

  /** @param {import('./task.mjs').Task} task @param {number} app_ms */
  constructor(task, app_ms) {
    this.#task = task;
    this.#app_ms = app_ms;
  }

  get #now() {
    return this.#task.world.clock.now();
  }

  start() {
    this.#started_at = this.#now;
    this.#idle_since = this.#now;
  }

  stop() {
    this.#stopping = true;
  }

  get #app_listens() {
    return this.#now >= this.#started_at + this.#app_ms;
  }

  get #why() {
    if (this.#stopping) return 'stopping';
    return this.#app_listens ? '' : 'app';
  }

  /** @returns {AgentStatus} */
  status() {
    return {
      task: this.#task.arn,
      service: this.#task.service?.name ?? '',
      ready: this.#why === '',
      why: this.#why,
      in_flight: this.#in_flight,
      idle_ms: this.#in_flight > 0 ? 0 : this.#now - this.#idle_since,
      up_ms: this.#now - this.#started_at,
    };
  }

  /** @param {Checks} [checks] @returns {Handler} */
  answer(checks = {}) {
    return (request, response) => void this.#answer(checks, request, response);
  }

  /** @param {Checks} checks @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #answer(checks, request, response) {
    if (request.url?.split('?')[0] === status_path) return this.#tell_status(checks, request, response);
    this.#in_flight += 1;
    response.once('close', () => {
      this.#in_flight -= 1;
      this.#idle_since = this.#now;
    });
    request.resume();
    if (!this.#app_listens) return void problem(response, 502, 'upstream_unavailable');
    const body = JSON.stringify({ task: this.#task.arn, method: request.method, target: request.url });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  }

  /** It is no use of the app, and not under way. @param {Checks} checks @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #tell_status({ status }, request, response) {
    if (status === undefined) return problem(response, 401, 'unauthorized');
    const told = await status(request, this.status());
    response.writeHead(told.status, told.fields).end(told.body);
  }

  /** @returns {Handler} */
  answer_admin() {
    return (request, response) => {
      const path = request.url?.split('?')[0];
      if (path === '/healthz') return void response.end('ok\n');
      if (path !== '/readyz') return void response.writeHead(404).end();
      const ready = !this.#stopping;
      response.writeHead(ready ? 200 : 503, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(`${JSON.stringify(ready ? { ready } : { ready, reason: 'not_ready' })}\n`);
    };
  }
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} code */
function problem(response, status, code) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ type: 'about:blank', status, code }));
}
