// The deployments of a service, and the rolling from one to the next: with minimumHealthyPercent 100 and maximumPercent 200,
// which are AWS's defaults, all new tasks are started at once, and for each that is up an old one goes. A deployment of a
// service whose desired count is 0 is complete at once.
import { randomInt } from 'node:crypto';

import { event_texts } from './service_events.mjs';

/** @typedef {{id: string, definition_name: string, created_at: number, failed: number, complete: boolean}} Deployment */
/** @typedef {import('./task.mjs').Task} Task */

export class Deployments {
  #service;
  /** @type {Deployment[]} newest first; only the first one is complete at last */
  #all;
  #steady = false;

  /** @param {import('./service.mjs').Service} service */
  constructor(service) {
    this.#service = service;
    this.#all = [this.#made()];
  }

  /** @returns {Deployment} */
  #made() {
    const id = `ecs-svc/${randomInt(1e9, 9e9)}${randomInt(1e8, 1e9)}`;
    const created_at = this.#service.scheduler.clock.now();
    return { id, definition_name: this.#service.definition_name, created_at, failed: 0, complete: false };
  }

  get primary() {
    return /** @type {Deployment} */ (this.#all[0]);
  }

  /** A new one, of what the service runs from now on. */
  begin() {
    this.#all.unshift(this.#made());
  }

  /** @param {string | undefined} id */
  count_failure(id) {
    const failed = this.#all.find((each) => each.id === id);
    if (failed !== undefined) failed.failed += 1;
  }

  told() {
    return this.#all.map((each) => ({ ...each }));
  }

  /** Starts what is missing, and stops what is too much. */
  reconcile() {
    const { tasks, target, acted } = this.#service;
    const wanted = [...tasks].filter((task) => task.is_wanted);
    const mine = wanted.filter((task) => task.deployment === acted.primary.id);
    const old = wanted.filter((task) => task.deployment !== acted.primary.id);
    const up = mine.filter((task) => task.is_steady).length;
    this.#start(acted.primary, target - mine.length);
    const less = [...this.#spared(mine, mine.length - target), ...this.#spared(old, old.length - Math.max(target - up, 0))];
    this.#stop(less);
    const steady = up === target && mine.length === target && old.length === 0;
    if (steady && !(this.#steady && acted.primary.complete)) this.#complete(acted.primary);
    this.#steady = steady;
  }

  /** @param {Deployment} primary @param {number} missing */
  #start(primary, missing) {
    const started = [];
    for (let left = missing; left > 0; left -= 1) {
      const task = this.#service.start_one(primary.id, primary.definition_name);
      if (task === undefined) break;
      started.push(task.id);
    }
    if (started.length > 0) this.#service.say(event_texts.started(started));
  }

  /** Those that go, the oldest first: protected tasks stay. @param {Task[]} tasks @param {number} count */
  #spared(tasks, count) {
    return tasks.filter((task) => !task.is_protected).slice(0, Math.max(count, 0));
  }

  /** @param {Task[]} tasks */
  #stop(tasks) {
    if (tasks.length === 0) return;
    this.#service.say(event_texts.stopped(tasks.map((task) => task.id)));
    const reason = `Scaling activity initiated by (deployment ${this.#service.acted.primary.id})`;
    for (const task of tasks) void task.stop('ServiceSchedulerInitiated', reason);
  }

  /** @param {Deployment} primary */
  #complete(primary) {
    primary.complete = true;
    this.#all = this.#all.slice(0, this.#all.indexOf(primary) + 1);
    this.#service.say(event_texts.steady);
    this.#service.told();
  }
}
