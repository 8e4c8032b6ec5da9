// What runs: all services with their tasks, and the tasks of RunTask.
import { randomBytes } from 'node:crypto';

import { Placement } from './placement.mjs';
import { Service } from './service.mjs';
import { Task } from './task.mjs';
import { Tokens } from './tokens.mjs';

const kept_stopped_ms = 3_600_000;
const addresses_a_net = 254;
const nets = 256;

/** @typedef {{clock: import('./clock.mjs').Clock, faults: import('./faults.mjs').Faults, quotas: import('./quotas.mjs').Quotas, light?: import('./light.mjs').Listeners}} Surroundings */

export class Scheduler {
  /** Several of these on one machine begin apart. */
  #next_address = (process.pid * 251) % (addresses_a_net * nets);

  /** @param {import('./types.d.ts').Config} config @param {Surroundings} surroundings */
  constructor(config, { clock, faults, quotas, light }) {
    this.config = config;
    this.clock = clock;
    this.faults = faults;
    this.quotas = quotas;
    this.light = light;
    /** By ARN. @type {Map<string, Task>} */
    this.tasks = new Map();
    this.placement = new Placement(faults, this.tasks);
    this.tokens = new Tokens(clock);
    this.updates = 0;
    /** @type {Map<string, Service>} */
    this.services = new Map();
    for (const [cluster, { services = {} }] of Object.entries(config.clusters ?? {})) {
      for (const [name, service] of Object.entries(services)) {
        this.services.set(`${cluster}/${name}`, new Service(this, cluster, name, service));
      }
    }
  }

  /** @param {string} cluster */
  cluster_exists(cluster) {
    return this.config.clusters?.[cluster] !== undefined;
  }

  /** @param {string} cluster @param {string} name */
  find_service(cluster, name) {
    return this.services.get(`${cluster}/${name}`);
  }

  /** @param {string} name @returns {import('./types.d.ts').Definition} */
  definition(name) {
    return /** @type {import('./types.d.ts').Definition} */ (this.config.task_definitions?.[name]);
  }

  /** @param {string} definition_name */
  refusal_for_service(definition_name) {
    return this.placement.refusal_for_service(this.definition(definition_name));
  }

  /** @param {Service} service @param {Parameters<Service['update']>[0]} changes */
  update(service, changes) {
    this.updates += 1;
    service.update(changes);
  }

  /** Starts one task and returns it at once, as RunTask does. @param {string} cluster @param {string} definition_name
   * @param {import('./types.d.ts').LaunchOptions} [more] */
  launch(cluster, definition_name, more = {}) {
    const { account, region } = this.config;
    const task = new Task({
      arn: `arn:aws:ecs:${region}:${account}:task/${cluster}/${randomBytes(16).toString('hex')}`,
      cluster,
      cluster_arn: `arn:aws:ecs:${region}:${account}:cluster/${cluster}`,
      definition: this.definition(definition_name),
      definition_name,
      address: this.#take_address(),
      world: this,
      on_change: (changed) => this.#changed(changed),
      ...more,
    });
    this.tasks.set(task.arn, task);
    task.service?.tasks.add(task);
    task.run();
    return task;
  }

  #take_address() {
    const used = new Set([...this.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED').map((task) => task.address));
    for (;;) {
      const at = this.#next_address;
      this.#next_address = (at + 1) % (addresses_a_net * nets);
      const address = `127.1.${Math.floor(at / addresses_a_net)}.${(at % addresses_a_net) + 1}`;
      if (!used.has(address)) return address;
    }
  }

  /** @param {Service} service */
  tasks_of(service) {
    return [...service.tasks];
  }

  /** @param {Task} task */
  #changed(task) {
    if (task.lastStatus === 'STOPPED') this.clock.after(kept_stopped_ms, () => this.#forget(task));
    task.service?.task_changed(task);
  }

  /** @param {Task} task */
  #forget(task) {
    this.tasks.delete(task.arn);
    task.service?.tasks.delete(task);
  }

  /** AWS takes a Spot task back: SIGTERM at once, at most two minutes until SIGKILL. @param {string} arn */
  interrupt(arn) {
    return this.tasks.get(arn)?.stop('SpotInterruption', 'Your Spot Task was interrupted.');
  }

  /** Scale-in and deployments spare it for so long; 0 ends that. @param {Task} task @param {number} ms */
  protect(task, ms) {
    task.protected_until = this.clock.now() + ms;
    this.clock.after(ms, () => task.service?.changed());
  }

  async stop_all() {
    for (const service of this.services.values()) service.close();
    await Promise.all([...this.tasks.values()].map((task) => task.stop('UserInitiated', 'local-aws is stopping')));
  }

  describe() {
    const services = [...this.services.values()].map(({ cluster, name, desired }) => ({ cluster, name, desired }));
    const tasks = [...this.tasks.values()].flatMap((task) => {
      const described = task.describe();
      const output = Object.fromEntries(task.containers.map((one) => [one.container.name, one.output]));
      const pids = task.containers.map((one) => one.process?.pid).filter((pid) => pid !== undefined);
      return described === undefined ? [] : [{ ...described, output, pids }];
    });
    return { updates: this.updates, services, tasks, quotas: this.quotas.tokens(), throttled: Object.fromEntries(this.quotas.refused) };
  }
}
