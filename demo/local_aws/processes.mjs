// The containers of a task as real processes on its loopback address, with their health checks. Processes know no clock but
// the wall's.
import { spawn } from 'node:child_process';

/**
 * A container, from its start to its end.
 * @typedef {object} Running
 * @property {import('./types.d.ts').Container} container
 * @property {string} lastStatus
 * @property {string} output the end of what it wrote
 * @property {string} healthStatus
 * @property {number} failed health checks in a row
 * @property {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} [process]
 * @property {Promise<void>} [ended]
 * @property {Promise<void>} [stopping] once the task stops: this container has ended
 * @property {number} [exitCode]
 * @property {string} [reason]
 */
/** @typedef {{address: string, id: string, overrides?: import('./types.d.ts').Overrides}} Place where a task runs, and with what */

const kept_output = 4000;
/** ECS's own stopTimeout. */
const default_stop_ms = 30_000;
const default_interval_ms = 1000;
const healthy_interval_ms = 5000;

export class Processes {
  #definition;
  #place;
  /** Told when a container has ended, and whether the task needs it. */
  #on_exit;

  /** @param {import('./types.d.ts').Definition} definition @param {Place} place @param {(essential: boolean) => void} on_exit */
  constructor(definition, place, on_exit) {
    this.#definition = definition;
    this.#place = place;
    this.#on_exit = on_exit;
    /** @type {Running[]} */
    this.containers = (definition.containers ?? []).map((container) => ({
      container,
      lastStatus: 'PENDING',
      output: '',
      healthStatus: 'UNKNOWN',
      failed: 0,
    }));
  }

  async start() {
    for (const one of this.containers) this.#start(one);
  }

  /** Each container after those that depend on it: SIGTERM first, SIGKILL after stopTimeout. */
  async stop() {
    await Promise.all(this.containers.map((one) => this.#stop_in_turn(one)));
  }

  /** @param {Running} one @returns {Promise<void>} */
  #stop_in_turn(one) {
    return (one.stopping ??= this.#stop_after_dependents(one));
  }

  /** @param {Running} one */
  async #stop_after_dependents(one) {
    const dependents = this.containers.filter(({ container }) => container.depends_on?.includes(one.container.name));
    await Promise.all(dependents.map((each) => this.#stop_in_turn(each)));
    if (one.process === undefined || one.exitCode !== undefined) return;
    one.process.kill('SIGTERM');
    const timer = setTimeout(() => one.process?.kill('SIGKILL'), this.#definition.stop_ms ?? default_stop_ms);
    await one.ended;
    clearTimeout(timer);
  }

  get #checked() {
    return this.containers.filter((one) => one.container.health !== undefined);
  }

  /** Whether ECS is to know about its health. */
  get has_check() {
    return this.#checked.length > 0;
  }

  /** Each check is a process: what is healthy is asked no more often than ECS asks at most, a quick start is not slowed by that. */
  get interval_ms() {
    const interval_ms = this.#checked[0]?.container.health?.interval_ms ?? default_interval_ms;
    const healthy = this.#checked.every((one) => one.healthStatus === 'HEALTHY' && one.failed === 0);
    return healthy ? Math.max(interval_ms, healthy_interval_ms) : interval_ms;
  }

  /** One round of checks, and what they make of the task. */
  async health() {
    const checked = this.#checked;
    await Promise.all(checked.map((one) => this.#check_once(one)));
    if (checked.some((one) => one.healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
    return checked.every((one) => one.healthStatus === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
  }

  /** @param {unknown} text */
  #fill(text) {
    return String(text).replaceAll('{address}', this.#place.address).replaceAll('{task}', this.#place.id);
  }

  /** @param {import('./types.d.ts').Container} container */
  #environment({ name, environment = {} }) {
    const override = this.#place.overrides?.containerOverrides?.find((each) => each.name === name);
    const overridden = Object.fromEntries((override?.environment ?? []).map((each) => [each.name, each.value]));
    const own = Object.entries(environment).map(([key, value]) => [key, this.#fill(value)]);
    return { PATH: process.env.PATH, ...Object.fromEntries(own), ...overridden };
  }

  /** @param {Running} one */
  #start(one) {
    const [program = '', ...args] = one.container.command.map((text) => this.#fill(text));
    const child = spawn(program, args, { env: this.#environment(one.container), stdio: ['ignore', 'pipe', 'pipe'] });
    one.process = child;
    one.lastStatus = 'RUNNING';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => (one.output = (one.output + data).slice(-kept_output)));
    }
    /** @type {Promise<{code: number, reason?: string}>} */
    const end = new Promise((resolve) => {
      child.once('error', (problem) => resolve({ code: 127, reason: problem.message }));
      child.once('exit', (code, signal) => resolve({ code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15) }));
    });
    one.ended = end.then(({ code, reason }) => {
      Object.assign(one, { exitCode: code, reason, lastStatus: 'STOPPED' });
      this.#on_exit(one.container.essential !== false);
    });
  }

  /** @param {Running} one */
  async #check_once(one) {
    const { command = ['true'], retries = 3 } = one.container.health ?? {};
    const [program = '', ...args] = command.map((text) => this.#fill(text));
    const code = await new Promise((resolve) => {
      const check = spawn(program, args, { stdio: 'ignore', timeout: 5000 });
      check.once('error', () => resolve(127)).once('exit', resolve);
    });
    one.failed = code === 0 ? 0 : one.failed + 1;
    if (code === 0) one.healthStatus = 'HEALTHY';
    if (one.failed >= retries) one.healthStatus = 'UNHEALTHY';
  }
}
