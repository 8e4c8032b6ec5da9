// One service: what is wanted of it, its deployments, and how its tasks are kept at what is wanted. What is told by
// DescribeServices changes with the answer of UpdateService; what runs follows when ECS acts (settings.mjs).
import { Deployments } from './deployments.mjs';
import { Timeline } from './facts.mjs';
import { ServiceEvents, event_texts } from './service_events.mjs';

/** @typedef {import('./task.mjs').Task} Task */
/** @typedef {ReturnType<Service['fact']>} ServiceFact */

const pause_first_ms = 500;
const pause_most_ms = 30_000;
const place_again_ms = 1_000;
const failures_told = 3;

export class Service {
  desired = 0;
  /** @type {Set<Task>} those that ended a while ago are not among them */
  tasks = new Set();
  #failures = 0;
  #not_before = 0;
  #due = false;
  #closed = false;
  /** @type {WeakSet<Task>} that are known to be no longer wanted */
  #left = new WeakSet();

  /** @param {import('./scheduler.mjs').Scheduler} scheduler @param {string} cluster @param {string} name
   * @param {import('./types.d.ts').ServiceConfig} config */
  constructor(scheduler, cluster, name, config) {
    this.scheduler = scheduler;
    this.cluster = cluster;
    this.name = name;
    this.definition_name = config.task_definition;
    this.scheduling = config.scheduling ?? 'REPLICA';
    this.instances = config.instances ?? 1;
    this.tags = config.tags ?? {};
    this.propagate = config.propagate_tags;
    this.events = new ServiceEvents(name, scheduler.clock);
    this.deployments = new Deployments(this);
    /** @type {Timeline<ServiceFact>} */
    this.timeline = new Timeline(scheduler.clock);
    this.acted = { desired: 0, primary: this.deployments.primary };
    this.update({ desired: config.desired });
  }

  /** What DescribeServices tells of it at one time, besides what it counts. */
  fact() {
    const { desired, definition_name } = this;
    return { desired, definition_name, events: this.events.newest(10), deployments: this.deployments.told() };
  }

  told() {
    this.timeline.tell(this.fact());
  }

  /** As UpdateService does: what is wanted changes now, what runs when ECS acts.
   * @param {{desired?: number, definition_name?: string, force?: boolean}} changes */
  update({ desired = this.desired, definition_name = this.definition_name, force = false }) {
    const lowered = desired < this.desired;
    if (force || definition_name !== this.definition_name) {
      this.definition_name = definition_name;
      this.deployments.begin();
    }
    this.desired = desired;
    this.#failures = 0;
    this.#not_before = 0;
    this.told();
    const { scale_in_ms, act_ms } = this.scheduler.faults.current;
    this.scheduler.clock.after(lowered && scale_in_ms > 0 ? scale_in_ms : act_ms, () => this.#act());
  }

  #act() {
    this.acted = { desired: this.desired, primary: this.deployments.primary };
    this.changed();
  }

  /** How many tasks ECS keeps up. */
  get target() {
    return this.scheduling === 'DAEMON' ? this.instances : this.acted.desired;
  }

  /** Looks after its tasks, once for all that has changed by then. */
  changed() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (!this.#closed) this.deployments.reconcile();
    });
  }

  /** @param {Task} task */
  task_changed(task) {
    if (!task.is_wanted && !this.#left.has(task)) this.#task_left(task);
    if (task.is_wanted && task.healthStatus === 'UNHEALTHY') {
      this.say(event_texts.unhealthy(task.id));
      void task.stop('ServiceSchedulerInitiated', 'Task failed container health checks');
    }
    this.changed();
  }

  /** @param {Task} task */
  #task_left(task) {
    this.#left.add(task);
    const for_good = task.stopped_reason?.startsWith('Scaling activity');
    if (!for_good && task.stop_code !== 'SpotInterruption') this.#pause(this.#pause_after(task));
  }

  /** Only what never ran makes ECS wait longer and longer. @param {Task} task */
  #pause_after(task) {
    if (task.started_at !== undefined) return this.scheduler.faults.current.replace_ms;
    this.#failures += 1;
    this.deployments.count_failure(task.deployment);
    if (this.#failures >= failures_told) this.say(event_texts.impaired);
    return Math.min(pause_first_ms * 2 ** (this.#failures - 1), pause_most_ms);
  }

  /** @param {number} ms */
  #pause(ms) {
    const { clock } = this.scheduler;
    this.#not_before = Math.max(this.#not_before, clock.now() + ms);
    clock.after(ms, () => this.changed());
  }

  /** Starts one task of the deployment, if there is room for it now. @param {string} deployment @param {string} definition_name
   * @returns {Task | undefined} */
  start_one(deployment, definition_name) {
    const { clock } = this.scheduler;
    if (clock.now() < this.#not_before) return undefined;
    const why = this.scheduler.refusal_for_service(definition_name);
    if (why !== '') this.say(event_texts.unplaced(why));
    if (why !== '' || !this.scheduler.quotas.take('launches', 1)) {
      this.#pause(place_again_ms);
      return undefined;
    }
    return this.scheduler.launch(this.cluster, definition_name, {
      service: this,
      deployment,
      group: `service:${this.name}`,
      startedBy: deployment,
      tags: this.#tags_of_tasks(definition_name),
    });
  }

  /** @param {string} definition_name */
  #tags_of_tasks(definition_name) {
    if (this.propagate === 'SERVICE') return this.tags;
    return this.propagate === 'TASK_DEFINITION' ? this.scheduler.definition(definition_name).tags : undefined;
  }

  /** @param {string} text */
  say(text) {
    if (this.events.say(text)) this.told();
  }

  /** Nothing is started any more. */
  close() {
    this.#closed = true;
  }
}
