// The runs of one job: a Durable Object named after it, the only one that starts, watches and stops its tasks. What to do next
// is decided by the core (shared/jobs/jobs.hpp, shared/jobs/pace.hpp), one event at a time; here are its memory, its alarm, its
// calls and those who wait.
//
// Rules
// * An event is taken, stored, and its effects are begun, without a pause between: events have one order.
// * Stored are runs as the core writes them. Credentials never are.
// * The pace of looks and those who wait are in memory only: after a restart there is a look soon, and callers ask again.
import { DurableObject } from 'cloudflare:workers';
import { jitter, random_name } from '../host/random.js';
import { Frame } from '../objects/frame.js';
import { Waiters } from '../objects/waiters.js';
import { change, fail } from '../observe.js';
import { RunStore } from './store.js';

/**
 * @typedef {import('../core/start.js').CoreEnvironment} CoreEnvironment
 * @typedef {import('../core/wire.js').JobOrder} JobOrder
 * @typedef {import('../core/operations.d.ts').CatalogJob} CatalogJob
 * @typedef {import('./store.js').StoredRun} StoredRun
 * @typedef {import('../core/operations.d.ts').JobRefusal} Refused
 * @typedef {import('../core/operations.d.ts').RunView} RunView
 * @typedef {Exclude<import('../core/operations.d.ts').JobTold, {runs: RunView[]}>} JobAnswer
 * @typedef {import('../core/operations.d.ts').JobShown} Shown
 * @typedef {import('../core/operations.d.ts').JobCall} EcsCall
 * @typedef {import('../core/operations.d.ts').JobStep} Step
 * @typedef {import('../core/operations.d.ts').JobPlan} Plan
 * @typedef {import('../core/operations.d.ts').Operations} Operations
 */

/** @extends {DurableObject<CoreEnvironment>} */
export class Jobs extends DurableObject {
  #frame;
  #store;
  /** @type {Waiters<Refused | undefined>} */ #waiters = new Waiters();
  /** The core's own text. */ #pace = '';

  /**
   * @param {DurableObjectState} context
   * @param {CoreEnvironment} environment
   */
  constructor(context, environment) {
    super(context, environment);
    this.#frame = new Frame(context);
    this.#store = new RunStore(context.storage.sql);
    context.blockConcurrencyWhile(() => this.#begin(environment));
  }

  /**
   * To run the job, or to look at or stop one of its runs.
   * @param {JobOrder} order
   * @param {CatalogJob} [place] to run it
   * @returns {Promise<JobAnswer>}
   */
  async ask(order, place) {
    if (!this.#frame.started) return { refused: { reason: 'not_ready', detail: 'the object of the job could not start' } };
    const stored = order.do === 'run' ? this.#store.find_by_token(order.client_token ?? '') : this.#store.find(run_of(order));
    let { columns, shown, effects } = this.#event(stored, { kind: order.do, order, place, id: random_name() });
    const id = columns?.id ?? '';
    while (effects.refused === undefined && effects.wait !== undefined) {
      const { for: what, ms } = effects.wait;
      const refused = await this.#waiters.wait(`${what} ${id}`, ms, () => undefined);
      ({ shown, effects } = this.#event(this.#store.find(id), { kind: 'waited', order, for: what, refused }));
    }
    return effects.refused === undefined ? { shown: /** @type {Shown} */ (shown) } : { refused: effects.refused };
  }

  /** The caller's own, newest first. @param {JobOrder} order @returns {Promise<RunView[]>} */
  async list({ caller: { key } }) {
    return this.#operate('job_list', { states: this.#store.of_caller(key), caller_key: key }).runs;
  }

  /** @override */
  async alarm() {
    if (!this.#frame.rang()) return;
    const { take, look } = this.#plan('rang');
    for (const run of this.#store.due(Date.now(), take)) this.#step(run, { kind: 'alarm' });
    if (look) this.ctx.waitUntil(this.#look());
    this.#schedule('changed');
  }

  /** @param {CoreEnvironment} environment */
  async #begin(environment) {
    if (!(await this.#frame.start(environment))) return;
    for (const run of this.#store.live()) this.#step(run, { kind: 'restarted' });
    this.#schedule('changed');
  }

  /**
   * One event of one run, after which the alarm is set.
   * @param {StoredRun | undefined} stored
   * @param {{kind: string} & Record<string, unknown>} event
   */
  #event(stored, event) {
    const step = this.#step(stored, event);
    this.#schedule('changed');
    return step;
  }

  /**
   * One event of one run. Nothing in here waits.
   * @param {StoredRun | undefined} stored
   * @param {{kind: string} & Record<string, unknown>} event
   * @returns {Step}
   */
  #step(stored, event) {
    const step = this.#operate('job_step', { state: stored?.state ?? '', event });
    if (step.error !== undefined) return this.#unreadable(stored, step);
    if (step.state === '' && stored !== undefined) this.#store.remove(stored.id);
    this.#take(step, stored);
    return step;
  }

  /** @param {Step} step @param {StoredRun} [before] */
  #take({ state, columns, effects: { send, releases, records } }, before) {
    const id = columns?.id ?? before?.id ?? '';
    if (columns !== undefined && state !== before?.state) this.#store.save(columns, state);
    records.forEach(tell);
    for (const { for: what, refused } of releases) this.#waiters.release(`${what} ${id}`, refused);
    if (send !== undefined) this.ctx.waitUntil(this.#send(id, send));
  }

  /**
   * @param {StoredRun | undefined} stored
   * @param {import('../core/operations.d.ts').Failure & {put_off_until?: number}} why
   * @returns {Step}
   */
  #unreadable(stored, { error, detail, put_off_until }) {
    fail('a stored run cannot be read', { run: stored?.id, detail });
    if (stored !== undefined && put_off_until !== undefined) this.#store.put_off(stored.id, put_off_until);
    return { state: '', effects: { refused: { reason: error, detail }, releases: [], records: [] } };
  }

  /** @param {string} id @param {EcsCall} call */
  async #send(id, call) {
    const answered = await this.#frame.call(call);
    this.#event(this.#store.find(id), { kind: 'answered', action: call.action, ...answered });
  }

  async #look() {
    let event = 'looked';
    for (const ids of this.#operate('job_batches', { watched: this.#store.watched() }).batches) {
      if ((await this.#look_at(ids)) === 'look_refused') event = 'look_refused';
    }
    this.#schedule(event);
  }

  /** @param {string[]} ids of runs whose tasks are looked at in one call */
  async #look_at(ids) {
    const { call } = this.#operate('job_look', { states: this.#store.states(ids) });
    if (call === undefined) return 'looked';
    const { answer } = await this.#frame.call(call);
    const { steps, records, event } = this.#operate('job_looked', { states: this.#store.states(ids), answer });
    for (const step of steps) this.#take(step);
    records.forEach(tell);
    return event;
  }

  /** @param {string} event @returns {Plan} */
  #plan(event) {
    const plan = this.#operate('job_plan', { pace: this.#pace, event, runs: this.#store.summary(Date.now()) });
    this.#pace = plan.pace;
    this.#store.forget(plan.forget_ended_by);
    return plan;
  }

  /** Sets the alarm. @param {string} event */
  #schedule(event) {
    this.#frame.ring(this.#plan(event).alarm);
  }

  /**
   * @template {Exclude<Extract<keyof Operations, `job_${string}`>, 'job_response'>} Op
   * @param {Op} op
   * @param {Omit<Operations[Op]['in'], 'now' | 'jitter'>} input
   */
  #operate(op, input) {
    return this.#frame.operate(op, /** @type {Operations[Op]['in']} */ ({ ...input, now: Date.now(), jitter: jitter() }));
  }
}

/** @param {JobOrder} order about `<job>~<run>` */
const run_of = ({ id = '' }) => id.slice(id.indexOf('~') + 1);

/** @param {{type: 'job' | 'log'}} record */
function tell(record) {
  if (record.type === 'job') change('job', record);
  else fail('AWS refused', record);
}
