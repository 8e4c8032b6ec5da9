// One task: its containers are real processes on a loopback address of its own, through the states of ECS:
// PROVISIONING, PENDING (the image is "pulled"), RUNNING, STOPPING, STOPPED.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A container of a task, from its start to its end.
 * @typedef {object} Running
 * @property {import('./types.d.ts').Container} container
 * @property {string} lastStatus
 * @property {string} output the end of what it wrote
 * @property {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} [process]
 * @property {Promise<void>} [ended]
 * @property {number} [exitCode]
 * @property {string} [reason]
 * @property {string} [healthStatus]
 */
/**
 * @typedef {import('./types.d.ts').LaunchOptions & {arn: string, cluster: string, definition: import('./types.d.ts').Definition,
 *   definition_name: string, address: string, on_stop: (task: Task) => void}} TaskOptions
 */

const stop_timeout_ms = 5000;
const kept_output = 4000;

export class Task {
  /** When it came where, in milliseconds; and why it ended. @type {number | undefined} */
  pull_started_at;
  /** @type {number | undefined} */
  pull_stopped_at;
  /** @type {number | undefined} */
  started_at;
  /** @type {number | undefined} */
  stopped_at;
  /** @type {string | undefined} */
  stop_code;
  /** @type {string | undefined} */
  stopped_reason;
  /** @type {Promise<void> | undefined} */
  done;

  /** @param {TaskOptions} what */
  constructor(what) {
    this.arn = what.arn;
    this.cluster = what.cluster;
    this.service = what.service;
    this.definition = what.definition;
    this.definition_name = what.definition_name;
    this.address = what.address;
    this.group = what.group;
    this.startedBy = what.startedBy;
    this.overrides = what.overrides;
    this.on_stop = what.on_stop;
    this.id = what.arn.split('/').pop() ?? '';
    this.lastStatus = 'PROVISIONING';
    this.desiredStatus = 'RUNNING';
    this.healthStatus = 'UNKNOWN';
    this.createdAt = Date.now();
    /** @type {Running[]} */
    this.containers = what.definition.containers.map((container) => ({ container, lastStatus: 'PENDING', output: '' }));
  }

  /** Runs to its end; never rejects. @param {{pull_error: string, hold: string}} faults */
  async run(faults) {
    const { provision_ms = 0, pull_ms = 0 } = this.definition;
    await sleep(provision_ms);
    await this.#released(faults);
    if (this.desiredStatus === 'STOPPED') return this.#end('UserInitiated', this.stopped_reason);
    this.lastStatus = 'PENDING';
    this.pull_started_at = Date.now();
    await sleep(pull_ms);
    await this.#released(faults);
    if (faults.pull_error !== '') return this.#end('TaskFailedToStart', faults.pull_error);
    this.pull_stopped_at = Date.now();
    if (this.desiredStatus === 'STOPPED') return this.#end('UserInitiated', this.stopped_reason);
    for (const one of this.containers) this.#start(one);
    if (this.lastStatus === 'PENDING') {
      this.lastStatus = 'RUNNING';
      this.started_at = Date.now();
    }
    void this.#watch_health();
  }

  /** @param {{hold: string}} faults */
  async #released(faults) {
    while (faults.hold === this.lastStatus && this.desiredStatus !== 'STOPPED') await sleep(10);
  }

  /** @param {string} code @param {string} reason */
  async stop(code, reason) {
    if (this.lastStatus === 'STOPPED') return;
    this.desiredStatus = 'STOPPED';
    this.stop_code ??= code;
    this.stopped_reason ??= reason;
    if (this.lastStatus === 'RUNNING') this.lastStatus = 'STOPPING';
    const running = this.containers.filter((one) => one.process !== undefined && one.exitCode === undefined);
    for (const one of running) one.process?.kill('SIGTERM');
    const timer = setTimeout(() => running.forEach((one) => one.process?.kill('SIGKILL')), stop_timeout_ms);
    await Promise.all(running.map((one) => one.ended));
    clearTimeout(timer);
    if (running.length > 0 || this.started_at !== undefined) this.#end(code, reason);
  }

  /** @param {Running} one */
  #start(one) {
    const fill = (/** @type {unknown} */ text) => String(text).replaceAll('{address}', this.address).replaceAll('{task}', this.id);
    const [program = '', ...args] = one.container.command.map(fill);
    const override = this.overrides?.containerOverrides?.find((each) => each.name === one.container.name);
    const overridden = Object.fromEntries((override?.environment ?? []).map(({ name, value }) => [name, value]));
    const own = Object.entries(one.container.environment ?? {}).map(([name, value]) => [name, fill(value)]);
    const env = { PATH: process.env.PATH, ...Object.fromEntries(own), ...overridden };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
    one.ended = end.then(({ code, reason }) => this.#container_ended(one, code, reason));
  }

  /** @param {Running} one @param {number} code @param {string} [reason] */
  #container_ended(one, code, reason) {
    one.exitCode = code;
    one.reason = reason;
    one.lastStatus = 'STOPPED';
    if (one.container.essential === false || this.desiredStatus === 'STOPPED') return;
    void this.stop('EssentialContainerExited', 'Essential container in task exited');
  }

  async #watch_health() {
    const checked = this.containers.filter((one) => one.container.health !== undefined);
    if (checked.length === 0) return;
    const failures = new Map(checked.map((one) => [one, 0]));
    while (this.lastStatus === 'RUNNING') {
      await Promise.all(checked.map((one) => this.#check_once(one, failures)));
      if (checked.every((one) => one.healthStatus === 'HEALTHY')) this.healthStatus = 'HEALTHY';
      if (checked.some((one) => one.healthStatus === 'UNHEALTHY')) this.healthStatus = 'UNHEALTHY';
      await sleep(checked[0]?.container.health?.interval_ms ?? 1000);
    }
  }

  /** @param {Running} one @param {Map<Running, number>} failures */
  async #check_once(one, failures) {
    const { command = ['true'], retries = 3 } = one.container.health ?? {};
    const [program = '', ...args] = command.map((text) => text.replaceAll('{address}', this.address));
    const code = await new Promise((resolve) => {
      const check = spawn(program, args, { stdio: 'ignore', timeout: 5000 });
      check.once('error', () => resolve(127)).once('exit', resolve);
    });
    const failed = code === 0 ? 0 : (failures.get(one) ?? 0) + 1;
    failures.set(one, failed);
    if (code === 0) one.healthStatus = 'HEALTHY';
    if (failed >= retries) one.healthStatus = 'UNHEALTHY';
  }

  /** @param {string} code @param {string | undefined} reason */
  #end(code, reason) {
    if (this.lastStatus === 'STOPPED') return;
    this.lastStatus = 'STOPPED';
    this.desiredStatus = 'STOPPED';
    this.stop_code ??= code;
    this.stopped_reason ??= reason;
    this.stopped_at = Date.now();
    this.on_stop(this);
  }

  /** The shape of DescribeTasks. @param {string} [cluster_arn] */
  describe(cluster_arn) {
    const seconds = (/** @type {number | undefined} */ time) => (time === undefined ? undefined : time / 1000);
    const [, , , region, account] = this.arn.split(':');
    return {
      taskArn: this.arn,
      clusterArn: cluster_arn,
      taskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/${this.definition_name}`,
      lastStatus: this.lastStatus,
      desiredStatus: this.desiredStatus,
      healthStatus: this.healthStatus,
      group: this.group,
      startedBy: this.startedBy,
      stopCode: this.stop_code,
      stoppedReason: this.stopped_reason,
      createdAt: seconds(this.createdAt),
      pullStartedAt: seconds(this.pull_started_at),
      pullStoppedAt: seconds(this.pull_stopped_at),
      startedAt: seconds(this.started_at),
      stoppedAt: seconds(this.stopped_at),
      attachments: [
        {
          id: this.id,
          type: 'ElasticNetworkInterface',
          status: this.lastStatus === 'PROVISIONING' ? 'PRECREATED' : 'ATTACHED',
          details: [{ name: 'privateIPv4Address', value: this.address }],
        },
      ],
      containers: this.containers.map(({ container, lastStatus, exitCode, reason, healthStatus }) => ({
        name: container.name,
        lastStatus,
        exitCode,
        reason,
        healthStatus: healthStatus ?? 'UNKNOWN',
      })),
    };
  }
}
