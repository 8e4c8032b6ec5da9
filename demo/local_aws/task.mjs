// One task: its containers are real processes on a loopback address of its own, through the states of ECS:
// PROVISIONING, PENDING (the image is "pulled"), RUNNING, STOPPING, STOPPED.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const stop_timeout_ms = 5000;
const kept_output = 4000;

export class Task {
  /** @param {{arn: string, definition: object, definition_name: string, address: string, group?: string, startedBy?: string,
   *   overrides?: object, on_stop: (task: Task) => void}} what */
  constructor(what) {
    Object.assign(this, what);
    this.id = what.arn.split('/').pop();
    this.lastStatus = 'PROVISIONING';
    this.desiredStatus = 'RUNNING';
    this.healthStatus = 'UNKNOWN';
    this.createdAt = Date.now();
    this.containers = what.definition.containers.map((container) => ({ container, lastStatus: 'PENDING', output: '' }));
  }

  /** Runs to its end; never rejects. @param {{pull_error: string}} faults */
  async run(faults) {
    const { provision_ms = 0, pull_ms = 0 } = this.definition;
    await sleep(provision_ms);
    if (this.desiredStatus === 'STOPPED') return this.#end('UserInitiated', this.stoppedReason);
    this.lastStatus = 'PENDING';
    this.pullStartedAt = Date.now();
    await sleep(pull_ms);
    if (faults.pull_error !== '') return this.#end('TaskFailedToStart', faults.pull_error);
    this.pullStoppedAt = Date.now();
    if (this.desiredStatus === 'STOPPED') return this.#end('UserInitiated', this.stoppedReason);
    for (const one of this.containers) this.#start(one);
    if (this.lastStatus === 'PENDING') {
      this.lastStatus = 'RUNNING';
      this.started_at = Date.now();
    }
    void this.#watch_health();
  }

  async stop(code, reason) {
    if (this.lastStatus === 'STOPPED') return;
    this.desiredStatus = 'STOPPED';
    this.stopCode ??= code;
    this.stoppedReason ??= reason;
    if (this.lastStatus === 'RUNNING') this.lastStatus = 'STOPPING';
    const running = this.containers.filter((one) => one.process !== undefined && one.exitCode === undefined);
    for (const one of running) one.process.kill('SIGTERM');
    const timer = setTimeout(() => running.forEach((one) => one.process.kill('SIGKILL')), stop_timeout_ms);
    await Promise.all(running.map((one) => one.ended));
    clearTimeout(timer);
    if (running.length > 0 || this.started_at !== undefined) this.#end(code, reason);
  }

  #start(one) {
    const fill = (text) => String(text).replaceAll('{address}', this.address).replaceAll('{task}', this.id);
    const [program, ...args] = one.container.command.map(fill);
    const override = this.overrides?.containerOverrides?.find((each) => each.name === one.container.name);
    const overridden = Object.fromEntries((override?.environment ?? []).map(({ name, value }) => [name, value]));
    const own = Object.entries(one.container.environment ?? {}).map(([name, value]) => [name, fill(value)]);
    const env = { PATH: process.env.PATH, ...Object.fromEntries(own), ...overridden };
    one.process = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    one.lastStatus = 'RUNNING';
    for (const stream of [one.process.stdout, one.process.stderr]) {
      stream.on('data', (data) => (one.output = (one.output + data).slice(-kept_output)));
    }
    one.ended = new Promise((resolve) => {
      one.process.once('error', (problem) => resolve({ code: 127, reason: problem.message }));
      one.process.once('exit', (code, signal) => resolve({ code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15) }));
    }).then(({ code, reason }) => this.#container_ended(one, code, reason));
  }

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
      await sleep(checked[0].container.health.interval_ms ?? 1000);
    }
  }

  async #check_once(one, failures) {
    const { command, retries = 3 } = one.container.health;
    const [program, ...args] = command.map((text) => text.replaceAll('{address}', this.address));
    const code = await new Promise((resolve) => {
      const check = spawn(program, args, { stdio: 'ignore', timeout: 5000 });
      check.once('error', () => resolve(127)).once('exit', resolve);
    });
    failures.set(one, code === 0 ? 0 : failures.get(one) + 1);
    if (code === 0) one.healthStatus = 'HEALTHY';
    if (failures.get(one) >= retries) one.healthStatus = 'UNHEALTHY';
  }

  #end(code, reason) {
    if (this.lastStatus === 'STOPPED') return;
    this.lastStatus = 'STOPPED';
    this.desiredStatus = 'STOPPED';
    this.stopCode ??= code;
    this.stoppedReason ??= reason;
    this.stoppedAt = Date.now();
    this.on_stop(this);
  }

  /** The shape of DescribeTasks. */
  describe(cluster_arn) {
    const seconds = (time) => (time === undefined ? undefined : time / 1000);
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
      stopCode: this.stopCode,
      stoppedReason: this.stoppedReason,
      createdAt: seconds(this.createdAt),
      pullStartedAt: seconds(this.pullStartedAt),
      pullStoppedAt: seconds(this.pullStoppedAt),
      startedAt: seconds(this.started_at),
      stoppedAt: seconds(this.stoppedAt),
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
