// What runs: services are kept at their desired count, with ECS's growing pause for tasks that will not start.
import { randomBytes } from 'node:crypto';

import { Task } from './task.mjs';

/** @typedef {import('./types.d.ts').Service} Service */

const kept_stopped_ms = 3_600_000;
const pause_first_ms = 500;
const pause_most_ms = 30_000;

export class Scheduler {
  #next_address = 1;

  /** @param {import('./types.d.ts').Config} config @param {import('./faults.mjs').Faults} faults */
  constructor(config, faults) {
    this.config = config;
    this.faults = faults;
    /** By ARN. @type {Map<string, Task>} */
    this.tasks = new Map();
    /** @type {Map<string, Service>} */
    this.services = new Map();
    /** Client tokens of RunTask: the same one with the same parameters starts nothing new. @type {Map<string, import('./types.d.ts').Remembered>} */
    this.remembered = new Map();
    this.updates = 0;
    for (const [cluster, { services = {} }] of Object.entries(config.clusters ?? {})) {
      for (const [name, service] of Object.entries(services)) {
        /** @type {Service} */
        const entry = { cluster, name, definition_name: service.task_definition, desired: 0, failures: 0, events: [] };
        this.services.set(`${cluster}/${name}`, entry);
        this.set_desired(entry, service.desired ?? 0);
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

  /** @param {Service} service @param {number} desired */
  set_desired(service, desired) {
    service.desired = desired;
    service.failures = 0;
    this.updates += 1;
    this.#reconcile(service);
  }

  /** Starts one task and returns it at once, as RunTask does. @param {string} cluster @param {string} definition_name
   * @param {import('./types.d.ts').LaunchOptions} [more] */
  launch(cluster, definition_name, more = {}) {
    const { account, region } = this.config;
    const task = new Task({
      arn: `arn:aws:ecs:${region}:${account}:task/${cluster}/${randomBytes(16).toString('hex')}`,
      cluster,
      definition: /** @type {import('./types.d.ts').Definition} */ (this.config.task_definitions?.[definition_name]),
      definition_name,
      address: `127.0.1.${this.#take_address()}`,
      on_stop: (ended) => this.#ended(ended),
      ...more,
    });
    this.tasks.set(task.arn, task);
    task.done = task.run(this.faults.current);
    return task;
  }

  #take_address() {
    const address = this.#next_address;
    this.#next_address = (this.#next_address % 254) + 1;
    return address;
  }

  /** @param {Service} service */
  tasks_of(service) {
    return [...this.tasks.values()].filter((task) => task.service === service);
  }

  /** @param {Service} service */
  #reconcile(service) {
    const wanted = this.tasks_of(service).filter((task) => task.desiredStatus === 'RUNNING');
    for (let missing = service.desired - wanted.length; missing > 0; missing -= 1) {
      this.launch(service.cluster, service.definition_name, {
        service,
        group: `service:${service.name}`,
        startedBy: `ecs-svc/${service.name}`,
      });
      service.events.unshift({ message: `(service ${service.name}) has started 1 tasks.`, createdAt: Date.now() / 1000 });
    }
    for (const task of wanted.slice(0, Math.max(wanted.length - service.desired, 0))) {
      const reason = `Scaling activity initiated by (deployment ecs-svc/${service.name})`;
      void task.stop('ServiceSchedulerInitiated', reason);
    }
  }

  /** @param {Task} task */
  #ended(task) {
    setTimeout(() => this.tasks.delete(task.arn), kept_stopped_ms).unref();
    const { service } = task;
    if (service === undefined || service.desired === 0) return;
    service.failures += 1;
    const pause = Math.min(pause_first_ms * 2 ** (service.failures - 1), pause_most_ms);
    setTimeout(() => this.#reconcile(service), pause).unref();
  }

  async stop_all() {
    for (const service of this.services.values()) service.desired = 0;
    await Promise.all([...this.tasks.values()].map((task) => task.stop('UserInitiated', 'local-aws is stopping')));
  }

  describe() {
    const services = [...this.services.values()].map(({ cluster, name, desired }) => ({ cluster, name, desired }));
    const tasks = [...this.tasks.values()].map((task) => ({
      ...task.describe(),
      output: Object.fromEntries(task.containers.map((one) => [one.container.name, one.output])),
      pids: task.containers.map((one) => one.process?.pid).filter((pid) => pid !== undefined),
    }));
    return { updates: this.updates, services, tasks };
  }
}
