// The runs of one job: a Durable Object named after it, the only one that starts, watches and stops its tasks.
//
// Rules
// * A run is stored before ECS is asked for its task. Whatever is lost then (the answer, this object) is tried again with the
//   same client token, so that one run never gets two tasks.
// * Tasks are looked at by the alarm, all in one call a cluster, in growing steps; never because somebody asks about a run.
// * One idempotency key of one caller is one run. A run whose task AWS refuses for good before anybody was told its id is
//   forgotten, so that the same key may try again.
// * Stored are the run and who asked for it; what the task gets as input only until it has it; credentials never.
// * Those who wait are in memory only: after a restart they ask again.
import { DurableObject } from 'cloudflare:workers';
import { Frame } from '../objects/frame.js';
import { Waiters } from '../objects/waiters.js';
import { batched, look_at_tasks, start_task, stop_task } from './calls.js';
import { complain, note } from './log.js';
import { LOOK_FIRST_MS, pause, until_next_look, within } from './pace.js';
import { begin, end, is_final, observe, observe_missing, stopped_by, task_started, view } from './run.js';
import { RunStore } from './store.js';

/**
 * @typedef {import('../core/start.js').CoreEnvironment} CoreEnvironment
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('./run.js').RunView} RunView
 * @typedef {import('./calls.js').Refused} Refused
 * @typedef {import('../core/wire.js').Caller} Caller
 * @typedef {import('../core/wire.js').JobOrder} JobOrder
 * @typedef {{run: RunView, refused?: undefined} | {run?: undefined, refused: {reason: string, detail: string}}} JobAnswer
 *   `detail` is for operators
 * @typedef {{id: string, caller: Caller, may_inspect: boolean, wait_ms: number}} Question about the run `id`, without the job
 */

/** How long a caller who would not wait is kept for the answer of RunTask, so that a refusal is told at once. */
const START_ANSWER_MS = 10_000;
/** Starts that are tried again at the same time; the alarm rings at once for what is left. */
const MOST_STARTS = 10;
/** After this, a start whose object was lost on the way is tried again. */
const START_LEASE_MS = 30_000;
/** A start that AWS puts off for longer has failed. */
const START_PATIENCE_MS = 600_000;

/** @extends {DurableObject<CoreEnvironment>} */
export class Jobs extends DurableObject {
  /** Where the deployment cannot start, the object only tells what is stored. */ #frame;
  #store;
  /** What is told to those who wait for a start: the refusal, or nothing. @type {Map<string, Promise<Refused | undefined>>} */ #starting =
    new Map();
  /** @type {Set<string>} */ #stopping = new Set();
  /** @type {Waiters<void>} */ #waiters = new Waiters();
  /** When tasks are looked at next. */ #look_at = 0;
  #failed_looks = 0;

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
   * A run that policy allowed, or the one that its idempotency key already stands for.
   * @param {JobOrder} order
   * @param {import('./run.js').Place} place
   * @returns {Promise<JobAnswer>}
   */
  async run(order, place) {
    if (!this.#frame.started) return refusal('not_ready', 'the object of the job could not start');
    const now = Date.now();
    let run = this.#store.find_by_token(order.client_token ?? '', now);
    if (run !== undefined && (run.caller.key !== order.caller.key || run.input_digest !== order.input_digest))
      return refusal('job_key_reused', '');
    if (run === undefined) {
      run = begin(order, place, now);
      this.#store.save(run);
      void this.#start(run);
    }
    const refused = await within(this.#starting.get(run.id), START_ANSWER_MS);
    if (refused !== undefined) return refusal(refused.reason, refused.words);
    this.#change(run.id, (told) => {
      told.told = true;
    });
    return this.#answer(run.id, order.wait_ms);
  }

  /** @param {Question} question @returns {Promise<JobAnswer>} */
  async get(question) {
    const run = this.#visible(question);
    return run === undefined ? refusal('job_not_found', '') : this.#answer(run.id, question.wait_ms);
  }

  /**
   * Stops it; one that is over stays as it ended.
   * @param {Question} question
   * @returns {Promise<JobAnswer>}
   */
  async stop(question) {
    const run = this.#visible(question);
    if (run === undefined) return refusal('job_not_found', '');
    if (is_final(run)) return { run: view(run) };
    if (!this.#frame.started) return refusal('not_ready', 'the object of the job could not start');
    this.#change(run.id, (wanted) => {
      wanted.stop ??= { why: 'caller', caller: question.caller, at: 0, tries: 0, sent: false };
    });
    const refused = await this.#stop(run.id);
    if (refused !== undefined) return refusal(refused.reason, refused.words);
    return this.#answer(run.id, question.wait_ms);
  }

  /** The caller's own, newest first. @param {{caller_key: string, most: number}} of @returns {Promise<RunView[]>} */
  async list({ caller_key, most }) {
    return this.#store.of_caller(caller_key, most).map(view);
  }

  /** @override */
  async alarm() {
    if (!this.#frame.rang()) return;
    const now = Date.now();
    const live = this.#store.live();
    const due = live
      .filter((run) => run.task_arn === '' && run.start.at <= now)
      .slice(0, MOST_STARTS)
      .map((run) => this.#start(run));
    await Promise.all([...due, this.#look_when_due(live, now)]);
    this.#enforce(Date.now());
    this.#store.expire(Date.now());
    this.#schedule();
  }

  /** @param {CoreEnvironment} environment */
  async #begin(environment) {
    if (!(await this.#frame.start(environment))) return;
    // An object that comes back keeps to the pace of the one before it.
    this.#look_at = (await this.ctx.storage.getAlarm()) ?? Date.now();
    for (const run of this.#store.live()) if (run.start.sending) this.#interrupted(run);
    this.#schedule();
  }

  /** The object was lost while a start was under way: whether there is a task, only ECS knows. @param {Run} run */
  #interrupted(run) {
    run.start = { ...run.start, at: Date.now(), sending: false, unclear: true };
    this.#store.save(run);
  }

  /**
   * @param {Run} run stored, and without a task
   * @returns {Promise<Refused | undefined>} one start at a time: the same promise while it is under way
   */
  #start(run) {
    const { id } = run;
    const flight =
      this.#starting.get(id) ??
      this.#try_start(run).finally(() => {
        this.#starting.delete(id);
      });
    this.#starting.set(id, flight);
    return flight;
  }

  /** @param {Run} run */
  async #try_start(run) {
    run.start = { ...run.start, tries: run.start.tries + 1, sending: true, at: Date.now() + START_LEASE_MS };
    this.#store.save(run);
    this.#schedule();
    const answer = await this.#ask((aws) => start_task(aws, run));
    const refused = 'task' in answer ? this.#started(run.id, answer.task) : this.#not_started(run.id, answer);
    await this.#stop(run.id);
    this.#schedule();
    return refused;
  }

  /**
   * @param {string} id
   * @param {import('./run.js').Task} task
   */
  #started(id, task) {
    this.#change(
      id,
      (run) => {
        run.start.sending = false;
        task_started(run, task, Date.now());
      },
      task,
    );
    this.#look_at = Math.min(this.#look_at, Date.now() + LOOK_FIRST_MS);
    return undefined;
  }

  /**
   * @param {string} id
   * @param {Exclude<import('./calls.js').StartAnswer, {task: object}>} answer
   */
  #not_started(id, answer) {
    const run = /** @type {Run} */ (this.#store.find(id));
    const refused = 'refused' in answer ? answer.refused : answer.again;
    const unclear = run.start.unclear || answer.unclear;
    complain(run, 'RunTask', refused, unclear);
    run.start = { ...run.start, sending: false, unclear, at: Date.now() + pause(run.start.tries) };
    // As long as there may be a task, it has to be found, whatever AWS says meanwhile: nobody else would stop it in time.
    if (('again' in answer || unclear) && Date.now() < run.created + START_PATIENCE_MS) {
      this.#store.save(run);
      return undefined;
    }
    if (!run.told && !unclear) {
      this.#store.remove(id);
      return refused;
    }
    this.#store.save(run);
    this.#change(id, (lost) =>
      end(lost, { state: 'failed', reason: 'again' in answer ? 'start_failed' : 'start_refused', exit_code: null }, Date.now()),
    );
    return undefined;
  }

  /**
   * Carries out the wish to stop a run, if there is one.
   * @param {string} id
   * @returns {Promise<Refused | undefined>} AWS does not let us
   */
  async #stop(id) {
    const run = this.#store.find(id);
    if (run === undefined || run.stop === null || run.stop.sent || is_final(run) || this.#stopping.has(id)) return undefined;
    // A start under way, or one whose answer was lost, has to tell first which task there is to stop.
    if (run.task_arn === '' && (run.start.sending || run.start.unclear)) return undefined;
    if (run.task_arn === '') {
      this.#change(id, (unstarted) => end(unstarted, stopped_by(/** @type {NonNullable<Run['stop']>} */ (unstarted.stop).why), Date.now()));
      return undefined;
    }
    this.#stopping.add(id);
    const refused = await this.#ask((aws) => stop_task(aws, run)).finally(() => this.#stopping.delete(id));
    if (refused !== undefined) complain(run, 'StopTask', refused.refused, false);
    this.#change(id, ({ stop }) => {
      if (stop === null) return;
      Object.assign(stop, { sent: refused === undefined, tries: stop.tries + 1, at: Date.now() + pause(stop.tries + 1) });
    });
    this.#look_at = Math.min(this.#look_at, Date.now() + LOOK_FIRST_MS);
    this.#schedule();
    return refused?.for_good ? refused.refused : undefined;
  }

  /** Timeouts, and stops that did not get through. @param {number} now */
  #enforce(now) {
    for (const { id, deadline, stop } of this.#store.live()) {
      if (deadline > 0 && deadline <= now && stop === null) {
        this.#change(id, (run) => {
          run.stop = { why: 'timeout', caller: run.caller, at: 0, tries: 0, sent: false };
        });
      } else if (stop === null || stop.at > now) {
        continue;
      }
      this.ctx.waitUntil(this.#stop(id));
    }
  }

  /**
   * @param {Run[]} live
   * @param {number} now
   */
  async #look_when_due(live, now) {
    if (now < this.#look_at) return;
    const batches = batched(live.filter((run) => run.task_arn !== ''));
    let failed = false;
    for (const batch of batches) failed = !(await this.#look(batch)) || failed;
    this.#failed_looks = failed ? this.#failed_looks + 1 : 0;
    const left = this.#store.live().filter((run) => run.task_arn !== '');
    this.#look_at =
      left.length === 0 ? Infinity : Date.now() + (failed ? pause(this.#failed_looks) : until_next_look(left, batches.length, Date.now()));
  }

  /** @param {Run[]} runs of one cluster @returns {Promise<boolean>} */
  async #look(runs) {
    const answer = await this.#ask((aws) => look_at_tasks(aws, runs));
    if ('refused' in answer) {
      complain(/** @type {Run} */ (runs[0]), 'DescribeTasks', answer.refused, false);
      return false;
    }
    const by_arn = new Map(answer.tasks.map((task) => [task.arn, task]));
    const missing = new Set(answer.missing);
    for (const { id, task_arn } of runs) {
      const task = by_arn.get(task_arn);
      if (task !== undefined) this.#change(id, (run) => observe(run, task, Date.now()), task);
      else if (missing.has(task_arn)) this.#change(id, (run) => observe_missing(run, Date.now()));
    }
    return true;
  }

  /**
   * Changes what is stored now, which may be more than what the caller last saw; one that is over is left alone.
   * @param {string} id
   * @param {(run: Run) => void} how
   * @param {import('./run.js').Task} [task] for the log
   */
  #change(id, how, task) {
    const run = this.#store.find(id);
    if (run === undefined || is_final(run)) return;
    const before = run.state;
    how(run);
    this.#store.save(run);
    if (run.state !== before) note(run, before, task);
    if (is_final(run)) this.#waiters.release(id, undefined);
  }

  /** Nothing when there is none, or none that this caller may know of. @param {Question} question */
  #visible({ id, caller, may_inspect }) {
    const run = this.#store.find(id);
    return run !== undefined && (may_inspect || run.caller.key === caller.key) ? run : undefined;
  }

  /**
   * The run as it is once it is over, or after `wait_ms`.
   * @param {string} id
   * @param {number} wait_ms
   * @returns {Promise<JobAnswer>}
   */
  async #answer(id, wait_ms) {
    const run = this.#store.find(id);
    if (run === undefined) return refusal('aws_unavailable', 'the run was given up');
    if (wait_ms <= 0 || is_final(run)) return { run: view(run) };
    await this.#waiters.wait(id, wait_ms, () => {});
    return this.#answer(id, 0);
  }

  /** Sets the alarm to whatever is due first. */
  #schedule() {
    const times = this.#store.live().map((run) => {
      if (run.task_arn === '') return run.start.at;
      const stop_at = run.stop === null ? run.deadline : run.stop.sent ? Infinity : run.stop.at;
      return Math.min(this.#look_at, stop_at);
    });
    const expiry = this.#store.next_expiry();
    const next = Math.min(...times, expiry || Infinity);
    this.#frame.ring(next === Infinity ? 0 : next);
  }

  /**
   * @template T
   * @param {(aws: import('../aws/aws.js').Aws) => Promise<T>} call
   */
  async #ask(call) {
    try {
      return await call(this.#frame.parts.aws);
    } catch (error) {
      throw this.#frame.begin_again(error);
    }
  }
}

/**
 * @param {string} reason
 * @param {string} detail
 * @returns {JobAnswer}
 */
function refusal(reason, detail) {
  return { refused: { reason, detail } };
}
