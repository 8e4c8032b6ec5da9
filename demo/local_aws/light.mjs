// A light task: no process, but listeners of this process on the task's address, which respond as an agent would. Hundreds of
// services can wake on a small machine that way. A task definition asks for it:
//   "light": { "port": 8443, "admin_port": 8444,   where its agent listens; without a port nothing does
//              "app_ms": 3000,                     its app listens so long after its agent
//              "health_ms": 5000,                  ECS finds it healthy so long after RUNNING; "health": false: it has no check
//              "healthy": false,                   ECS finds it unhealthy then
//              "balancer_ms": 5000,                a load balancer finds it unhealthy so long after RUNNING, of which ECS's health
//                                                  knows nothing
//              "exit_ms": 2000, "exit_code": 3 }   it ends by itself
import { createServer as create_http_server } from 'node:http';
import { createServer } from 'node:net';

import { LightAgent } from './light_agent.mjs';

const check_interval_ms = 1000;
const balancer_words =
  'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/local/0123456789abcdef)';

/** What listens for light tasks: a listener an address and port, one HTTP server behind all of them. */
export class Listeners {
  /** By address and port. @type {Map<string, (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void>} */
  #handlers = new Map();
  #http = create_http_server((request, response) => {
    const { localAddress, localPort } = request.socket;
    this.#handlers.get(`${localAddress}:${localPort}`)?.(request, response);
  });

  /** @param {import('./light_agent.mjs').Checks} [checks] what only the core can say, see light_agent.mjs */
  constructor(checks = {}) {
    this.checks = checks;
  }

  /** @param {string} address @param {number} port @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} handler
   * @returns what closes it, and every connection with it */
  async open(address, port, handler) {
    /** @type {Set<import('node:net').Socket>} */
    const sockets = new Set();
    const server = createServer((socket) => {
      sockets.add(socket.once('close', () => sockets.delete(socket)));
      this.#http.emit('connection', socket);
    });
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, address, () => resolve(undefined)));
    this.#handlers.set(`${address}:${port}`, handler);
    return async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      this.#handlers.delete(`${address}:${port}`);
    };
  }
}

/** What a task is made of, see types.d.ts. */
export class LightBody {
  /** @type {(() => Promise<void>)[]} */
  #closes = [];
  #task;
  #on_exit;
  #healthy_at = Infinity;

  /** @param {import('./task.mjs').Task} task @param {(essential: boolean) => void} on_exit */
  constructor(task, on_exit) {
    this.#task = task;
    this.#on_exit = on_exit;
    this.light = task.definition.light ?? {};
    this.agent = new LightAgent(task, this.light.app_ms ?? 0);
    /** @type {import('./types.d.ts').ContainerState[]} */
    this.containers = [{ container: { name: 'sallyport', command: [] }, lastStatus: 'PENDING', healthStatus: 'UNKNOWN', output: '' }];
  }

  get #container() {
    return /** @type {import('./types.d.ts').ContainerState} */ (this.containers[0]);
  }

  get #clock() {
    return this.#task.world.clock;
  }

  async start() {
    const { port, admin_port, exit_ms, balancer_ms, health_ms = 0 } = this.light;
    await this.#listen(port, this.agent.answer(this.#task.world.light?.checks));
    await this.#listen(admin_port, this.agent.answer_admin());
    this.agent.start();
    this.#container.lastStatus = 'RUNNING';
    this.#healthy_at = this.#clock.now() + health_ms;
    if (balancer_ms !== undefined) this.#clock.after(balancer_ms, () => void this.#task.stop('ServiceSchedulerInitiated', balancer_words));
    if (exit_ms !== undefined) this.#clock.after(exit_ms, () => this.exit(this.light.exit_code ?? 0));
  }

  /** @param {number | undefined} port @param {import('./light_agent.mjs').Handler} handler */
  async #listen(port, handler) {
    const { light } = this.#task.world;
    if (port === undefined || light === undefined) return;
    this.#closes.push(await light.open(this.#task.address, port, handler));
  }

  /** Its container ends. @param {number} code */
  exit(code) {
    if (this.#container.lastStatus !== 'RUNNING') return;
    Object.assign(this.#container, { exitCode: code, lastStatus: 'STOPPED' });
    this.#on_exit(true);
  }

  async stop() {
    this.agent.stop();
    await Promise.all(this.#closes.splice(0).map((close) => close()));
    if (this.#container.lastStatus === 'RUNNING') this.#container.exitCode = 0;
    this.#container.lastStatus = 'STOPPED';
  }

  get has_check() {
    return this.light.health !== false;
  }

  get interval_ms() {
    const left = this.#healthy_at - this.#clock.now();
    return left > 0 ? left : check_interval_ms;
  }

  async health() {
    if (this.#clock.now() < this.#healthy_at) return 'UNKNOWN';
    this.#container.healthStatus = this.light.healthy === false ? 'UNHEALTHY' : 'HEALTHY';
    return this.#container.healthStatus;
  }
}
