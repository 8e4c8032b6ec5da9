// One task, through the states of ECS: PROVISIONING, PENDING (the image is "pulled"), RUNNING, DEPROVISIONING, STOPPED. What
// is in it are processes (processes.mjs) or, for a light task, a listener of this process (light.mjs).
//
// `version` counts as a real account was measured (ministackorg/ministack#1720): 1 PROVISIONING, 2 PENDING, 3 RUNNING,
// 4 RUNNING and no longer wanted, 5 DEPROVISIONING, 6 STOPPED. The interface that is attached, with its address, and health
// do not move it: of two looks with the same version the later may know more.
import { message_of } from './config.mjs';
import { Timeline } from './facts.mjs';
import { LightBody } from './light.mjs';
import { has_interface } from './network.mjs';
import { Processes } from './processes.mjs';
import { described } from './task_view.mjs';

/**
 * @typedef {import('./types.d.ts').LaunchOptions & {arn: string, cluster: string, cluster_arn: string, definition: import('./types.d.ts').Definition,
 *   definition_name: string, address: string, world: TaskWorld, on_change: (task: Task) => void}} TaskOptions
 */
/** @typedef {{clock: import('./clock.mjs').Clock, faults: import('./faults.mjs').Faults, light?: import('./light.mjs').Listeners}} TaskWorld */

export class Task {
  version = 0;
  /** @type {import('./network.mjs').InterfaceStatus} */
  interface_status = 'PRECREATED';
  /** When it came where, in milliseconds; and why it ended. @type {number | undefined} */
  pull_started_at;
  /** @type {number | undefined} */
  pull_stopped_at;
  /** @type {number | undefined} */
  started_at;
  /** @type {number | undefined} */
  stopping_at;
  /** @type {number | undefined} */
  stopped_at;
  /** @type {string | undefined} */
  stop_code;
  /** @type {string | undefined} */
  stopped_reason;
  /** Until when scale-in and deployments spare it. */
  protected_until = 0;
  /** @type {Promise<void> | undefined} */
  #starting;
  /** @type {Promise<void> | undefined} */
  #stopping;
  /** Ends the pause that it is in. */
  #go_on = () => {};

  /** @param {TaskOptions} what */
  constructor(what) {
    this.arn = what.arn;
    this.id = what.arn.split('/').pop() ?? '';
    this.cluster = what.cluster;
    this.cluster_arn = what.cluster_arn;
    this.service = what.service;
    this.deployment = what.deployment;
    this.definition = what.definition;
    this.definition_name = what.definition_name;
    this.address = what.address;
    this.group = what.group;
    this.startedBy = what.startedBy;
    this.overrides = what.overrides;
    this.tags = what.tags ?? {};
    this.network = what.definition.network ?? 'awsvpc';
    this.world = what.world;
    this.lastStatus = 'PROVISIONING';
    this.desiredStatus = 'RUNNING';
    this.healthStatus = 'UNKNOWN';
    this.createdAt = this.#now;
    this.on_change = what.on_change;
    const exit = (/** @type {boolean} */ essential) => this.#container_ended(essential);
    /** @type {import('./types.d.ts').Body} */
    this.body = what.definition.light ? new LightBody(this, exit) : new Processes(what.definition, this, exit);
    /** @type {Timeline<ReturnType<typeof described>>} */
    this.timeline = new Timeline(this.world.clock);
  }

  /** Runs to its end; never rejects. */
  run() {
    this.#become({ lastStatus: has_interface(this.network) ? 'PROVISIONING' : 'PENDING' });
    this.done = this.#run();
  }

  get #now() {
    return this.world.clock.now();
  }

  /** The shape of DescribeTasks: as it is, or as it was then; nothing before it was there. @param {number} [time] */
  describe(time) {
    return this.timeline.at(time);
  }

  get containers() {
    return this.body.containers;
  }

  get is_wanted() {
    return this.desiredStatus === 'RUNNING';
  }

  /** What a deployment counts as up. */
  get is_steady() {
    return this.is_wanted && this.lastStatus === 'RUNNING' && (!this.body.has_check || this.healthStatus === 'HEALTHY');
  }

  get is_protected() {
    return this.protected_until > this.#now;
  }

  /** A change that an event tells. @param {Partial<Task>} facts */
  #become(facts) {
    this.version += 1;
    this.#learn(facts);
  }

  /** A change that no event tells. @param {Partial<Task>} facts */
  #learn(facts) {
    Object.assign(this, facts);
    this.timeline.tell(described(this));
    this.on_change(this);
  }

  async #run() {
    const { provision_ms = 0, pull_ms = 0 } = this.definition;
    const { current } = this.world.faults;
    if (has_interface(this.network) && !(await this.#provision(provision_ms + current.capacity_ms))) return;
    if (this.lastStatus === 'PROVISIONING') this.#become({ lastStatus: 'PENDING' });
    this.#learn({ pull_started_at: this.#now });
    await this.#pause(pull_ms);
    await this.#released();
    if (!this.is_wanted) return;
    if (current.pull_error !== '') return void this.stop('TaskFailedToStart', current.pull_error);
    this.#learn({ pull_stopped_at: this.#now });
    const failed = await this.#start();
    if (failed !== undefined) return void this.stop('TaskFailedToStart', failed);
    if (!this.is_wanted) return;
    this.#become({ lastStatus: 'RUNNING', started_at: this.#now });
    if (this.body.has_check) await this.#watch_health();
  }

  /** Why it could not be started, if so; its end waits for that. */
  async #start() {
    const starting = this.body.start();
    this.#starting = starting.catch(() => {});
    return starting.then(
      () => undefined,
      (problem) => message_of(problem),
    );
  }

  /** Its interface comes in the middle of this. @param {number} ms @returns whether it goes on */
  async #provision(ms) {
    await this.#pause(ms / 2);
    if (this.is_wanted && this.world.faults.take_eni_timeout()) {
      void this.stop('TaskFailedToStart', 'Timeout waiting for network interface provisioning to complete.');
      return false;
    }
    if (this.is_wanted && ms > 0) this.#learn({ interface_status: 'ATTACHED' });
    await this.#pause(ms / 2);
    await this.#released();
    if (this.is_wanted) this.interface_status = 'ATTACHED';
    return this.is_wanted;
  }

  /** For so long, or until it is to stop. @param {number} ms @returns {Promise<void>} */
  #pause(ms) {
    if (!this.is_wanted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.world.clock.after(ms, resolve);
      this.#go_on = () => {
        cancel();
        resolve();
      };
    });
  }

  async #released() {
    while (this.world.faults.current.hold === this.lastStatus && this.is_wanted) await this.#pause(10);
  }

  async #watch_health() {
    let seen = this.healthStatus;
    while (this.is_wanted) {
      const status = await this.body.health();
      if (status !== seen) this.#tell_health(status);
      seen = status;
      await this.#pause(this.body.interval_ms);
    }
  }

  /** @param {string} status */
  #tell_health(status) {
    const tell = () => this.is_wanted && this.#learn({ healthStatus: status });
    const late = this.world.faults.current.health_late_ms;
    if (late > 0) this.world.clock.after(late, tell);
    else tell();
  }

  /** @param {boolean} essential */
  #container_ended(essential) {
    if (essential) void this.stop('EssentialContainerExited', 'Essential container in task exited');
    else this.#learn({});
  }

  /** Its end, for the first reason that was given. @param {string} code @param {string} reason @returns {Promise<void>} */
  stop(code, reason) {
    if (this.#stopping !== undefined) return this.#stopping;
    const ended = Promise.withResolvers();
    this.#stopping = ended.promise;
    this.#become({ desiredStatus: 'STOPPED', stop_code: code, stopped_reason: reason, stopping_at: this.#now });
    this.#go_on();
    void this.#end().then(ended.resolve);
    return this.#stopping;
  }

  async #end() {
    await this.#starting;
    await this.body.stop();
    if (has_interface(this.network)) this.#become({ lastStatus: 'DEPROVISIONING' });
    this.#become({ lastStatus: 'STOPPED', stopped_at: this.#now, interface_status: 'DELETED' });
  }
}
