// The coordinator of one service that sleeps: a Durable Object named after it. What to do next is decided by the core's
// state machine (shared/aws/wake.hpp), one event at a time; here are its memory, its alarm, its calls and those who wait.
//
// Rules
// * An event is taken, stored, and its effects are begun, without a pause between: events have one order.
// * At most one call of AWS is under way, the one that the state names; what comes after it was given up is dropped.
// * Stored are the state and the last caller, in whose name AWS is asked. Credentials never are.
// * Those who wait are in memory only: after a restart they ask again, and join what the state still knows.
import { DurableObject } from 'cloudflare:workers';
import { Aws } from '../aws/aws.js';
import { CoreFailed } from '../core/core.js';
import { describe } from '../host/describe.js';
import { replaceCore, startedCore } from '../core/start.js';
import { change, fail } from '../observe.js';
import { failed, ready, starting } from './answers.js';
import { lookAtService, lookAtTasks, refused } from './look.js';
import { WakeMemory, placeOf } from './memory.js';
import { jitter, settingsFor, tuningOf } from './settings.js';

/**
 * @typedef {import('../aws/aws.js').Caller} Caller
 * @typedef {import('../core/core.js').EcsService} EcsService
 * @typedef {import('./answers.js').WakeAnswer} WakeAnswer
 * @typedef {import('./answers.js').WakeState} WakeState
 * @typedef {import('../core/start.js').CoreEnvironment & {SALLYPORT_WAKE_TUNING?: string}} WakeEnvironment
 * @typedef {{core: import('../core/core.js').Core, aws: Aws, tuning: object}} Parts
 * @typedef {{name: string, ecs: EcsService}} Service
 * @typedef {{send: 'none' | 'look' | 'update', desired: number, known_tasks_only: boolean}} Sending
 * @typedef {Sending & {answer: 'none' | 'join' | 'ready' | 'failed' | 'refused'}} Effects
 */

/** start_step::watching of shared/aws/wake.hpp. */
const WATCHING = 2;
/** Cloudflare ends a request that stays without a byte for 100 s. */
const MOST_HOLD_MS = 95_000;
/** Until a deployment that cannot start is replaced by one that can. */
const UNREADY_MS = 30_000;

/** @type {import('../aws/exchange.js').AwsRefusal} */
const INTERRUPTED = {
  kind: 1, kind_name: 'transient', code: 'Interrupted', message: 'the coordinator was restarted during a call', request_id: '',
  http_status: 0, retryable: true, reason: 'aws_unavailable',
};

/** @extends {DurableObject<WakeEnvironment>} */
export class Wake extends DurableObject {
  /** Nothing: this deployment cannot start, and the object keeps what is stored for one that can. @type {Parts | undefined} */ #parts;
  /** Why it cannot. */ #problem = '';
  #memory;
  /** @type {Service | undefined} */ #service;
  /** @type {WakeState | null} */ #state = null;
  /** @type {Caller | null} */ #caller = null;
  /** Why the state is a failure: a name of shared/core/reason.def. */
  #reason = 'wake_failed';
  /** When the platform will ring; unknown at first. @type {number | undefined} */ #alarmAt;
  /** @type {Set<(answer: WakeAnswer) => void>} */ #waiting = new Set();
  /** @type {AbortController | undefined} */ #flight;

  /**
   * @param {DurableObjectState} context
   * @param {WakeEnvironment} environment
   */
  constructor(context, environment) {
    super(context, environment);
    this.#memory = new WakeMemory(context.storage);
    context.blockConcurrencyWhile(() => this.#begin(environment));
  }

  /**
   * A request that policy allowed: it wakes the service when that sleeps, and waits until it is there or `hold_ms` are over.
   * @param {{service: string, caller: Caller, hold_ms: number}} request
   * @returns {Promise<WakeAnswer>}
   */
  async ensure({ service, caller, hold_ms }) {
    const { state, effects } = this.#step(this.#named(service), { kind: 'request', caller: caller.key }, caller);
    switch (effects.answer) {
      case 'refused': return { answer: 'refused', reason: 'wake_budget_exhausted' };
      case 'ready': return ready(state);
      case 'join': return this.#wait(Math.min(hold_ms, MOST_HOLD_MS));
      default: return failed(state, this.#reason);
    }
  }

  /**
   * A request was answered from endpoints that its isolate remembers: the service is not idle. It wakes nothing.
   * @param {{service: string, caller: Caller}} request
   * @returns {Promise<boolean>} false: the service is not known to be healthy; ask `ensure` for endpoints
   */
  async touch({ service, caller }) {
    if (this.#state?.phase_name !== 'healthy') return false;
    this.#step(this.#named(service), { kind: 'request', caller: caller.key });
    return true;
  }

  /**
   * A connection to a task failed.
   * @param {{service: string, task_arn: string}} what
   */
  async lost({ service, task_arn }) {
    this.#step(this.#named(service), { kind: 'endpoint_lost', task_arn });
  }

  /** For operators and tests: there are no secrets in it. */
  async status() {
    return { service: this.#service?.name ?? '', state: this.#state, waiting: this.#waiting.size };
  }

  /** @override */
  async alarm() {
    this.#alarmAt = 0;
    // Thrown errors would use up the platform's few tries, and then nobody would stop the service any more.
    if (this.#parts === undefined) return this.#setAlarm(Date.now() + UNREADY_MS);
    const due = this.#state?.alarm ?? 0;
    if (this.#service === undefined || due === 0) return;
    if (Date.now() < due) return this.#setAlarm(due);
    this.#step(this.#service, { kind: 'alarm' });
  }

  /** @param {WakeEnvironment} environment */
  async #begin(environment) {
    const { core, endpoint, problem } = await startedCore(environment);
    const tuning = tuningOf(environment.SALLYPORT_WAKE_TUNING);
    this.#problem = problem ?? (tuning === undefined ? 'SALLYPORT_WAKE_TUNING: not a JSON object' : '');
    if (tuning === undefined || problem !== undefined) return fail('coordinator not started', { detail: this.#problem });
    this.#parts = { core, aws: new Aws(core, { endpoint }), tuning };
    this.#remember();
  }

  /** What the policy has no more, or has elsewhere now, is not asked after: whoever changed the policy decides what runs. */
  #remember() {
    const remembered = this.#memory.load();
    if (remembered === undefined) return;
    const ecs = this.#find(remembered.name);
    if (!ecs || placeOf(ecs) !== remembered.place) return this.#memory.forget();
    this.#service = { name: remembered.name, ecs };
    this.#state = remembered.state;
    this.#caller = remembered.caller;
    // A deployment that could not start has put it off.
    if (this.#state !== null) this.#setAlarm(this.#state.alarm);
    // A call that was under way when the object ended will never come back; a start need not wait for its deadline.
    if (this.#state?.phase_name === 'starting' && this.#state.in_flight !== 0) this.#step(this.#service, refused({ refused: INTERRUPTED }));
  }

  /** @param {string} name */
  #named(name) {
    if (this.#parts === undefined) throw new Error(`not started: ${this.#problem}`);
    if (this.#service?.name === name) return this.#service;
    const ecs = this.#find(name);
    if (!ecs) throw new Error(`service ${name} is not one of this policy that runs on ECS`);
    return (this.#service = { name, ecs });
  }

  /** @param {string} name */
  #find(name) {
    const { core } = /** @type {Parts} */ (this.#parts);
    return core.catalog().services.find((each) => each.name === name)?.ecs;
  }

  /**
   * One event through the state machine. Nothing in here waits.
   * @param {Service} service
   * @param {object} event
   * @param {Caller} [caller] in whose name a start that this event begins is made
   */
  #step(service, event, caller) {
    const { tuning } = /** @type {Parts} */ (this.#parts);
    const before = this.#state?.phase_name ?? 'asleep';
    const settings = settingsFor(service.ecs, tuning);
    const { state, effects, reason } = this.#decide({ state: this.#state, event, settings, now: Date.now(), jitter: jitter() });
    this.#state = state;
    this.#reason = reason ?? 'wake_failed';
    if (caller !== undefined && before !== 'starting' && state.phase_name === 'starting') this.#caller = caller;
    this.#memory.save({ name: service.name, place: placeOf(service.ecs), state, caller: this.#caller });
    this.#setAlarm(state.alarm);
    if (state.phase_name !== before) this.#note(service, before, state);
    if (effects.answer === 'ready') this.#release(ready(state));
    if (effects.answer === 'failed') this.#release(failed(state, this.#reason));
    if (effects.send !== 'none') this.ctx.waitUntil(this.#send(service, state, effects));
    return { state, effects };
  }

  /**
   * @param {object} input
   * @returns {{state: WakeState, effects: Effects, reason?: string}}
   */
  #decide(input) {
    try {
      return /** @type {Parts} */ (this.#parts).core.operate('wake', input);
    } catch (error) {
      throw this.#beginAgain(error);
    }
  }

  /**
   * A core that stopped half-way is not asked again: the object begins anew from what is stored, with another one.
   * @param {unknown} error
   */
  #beginAgain(error) {
    const { core } = /** @type {Parts} */ (this.#parts);
    const what = error instanceof CoreFailed ? 'the core failed and is replaced' : 'the coordinator begins again';
    fail(what, { service: this.#service?.name, detail: describe(error) });
    void replaceCore(core, error);
    this.ctx.abort(`the core failed: ${describe(error)}`);
    return error;
  }

  /**
   * Sends what the state machine asked for, and gives it what came back, unless it was given up meanwhile.
   * @param {Service} service
   * @param {WakeState} state in which it was asked for
   * @param {Sending} sending
   */
  async #send(service, state, sending) {
    this.#flight?.abort();
    const flight = (this.#flight = new AbortController());
    const event = await this.#call(service, state, sending, flight.signal).catch((error) => { throw this.#beginAgain(error); });
    if (this.#flight !== flight || this.#state?.in_flight === 0 || this.#state?.in_flight_until !== state.in_flight_until) return;
    if (event.kind === 'refused') complain(service.name, event.error);
    this.#step(service, event);
  }

  /**
   * @param {Service} service
   * @param {WakeState} state
   * @param {Sending} sending
   * @param {AbortSignal} signal
   */
  async #call({ name, ecs }, { known_tasks, phase_name, step }, { send, desired, known_tasks_only }, signal) {
    const { aws } = /** @type {Parts} */ (this.#parts);
    const purpose = { service: ecs.service, cluster: ecs.cluster };
    const who = { region: ecs.region, role: ecs.role, target: name, purpose, caller: /** @type {Caller} */ (this.#caller) };
    /** @type {import('./look.js').Call} */
    const call = (action, parameters) => aws.call(action, parameters, who, { retries: 0, signal });
    if (send === 'update') return update(call, ecs.service, desired);
    if (known_tasks_only) return lookAtTasks(call, known_tasks);
    return lookAtService(call, ecs.service, phase_name === 'starting' && step === WATCHING);
  }

  /**
   * @param {number} holdMs
   * @returns {Promise<WakeAnswer>}
   */
  #wait(holdMs) {
    return new Promise((resolve) => {
      const finish = (/** @type {WakeAnswer} */ answer) => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        resolve(answer);
      };
      const timer = setTimeout(() => finish(starting(/** @type {WakeState} */ (this.#state))), holdMs);
      this.#waiting.add(finish);
    });
  }

  /** @param {WakeAnswer} answer */
  #release(answer) {
    for (const finish of [...this.#waiting]) finish(answer);
  }

  /** @param {number} at in milliseconds; 0: none */
  #setAlarm(at) {
    if (at === this.#alarmAt) return;
    this.#alarmAt = at;
    this.ctx.waitUntil(at === 0 ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(at));
  }

  /**
   * One record for every change of phase.
   * @param {Service} service
   * @param {string} from
   * @param {WakeState} state
   */
  #note({ name }, from, { phase_name, detail }) {
    const { issuer, subject, route } = this.#caller ?? {};
    const why = phase_name === 'failed' ? { reason: this.#reason, detail } : {};
    change('wake', { service: name, from, to: phase_name, issuer, subject, route, ...why });
  }
}

/**
 * @param {import('./look.js').Call} call
 * @param {string} service
 * @param {number} desired
 */
async function update(call, service, desired) {
  const answer = await call('UpdateService', { service, desired });
  return answer.refused === undefined ? { kind: /** @type {const} */ ('updated') } : refused(answer);
}

/**
 * @param {string} service
 * @param {import('../aws/exchange.js').AwsRefusal} error
 */
function complain(service, { code, message, request_id, http_status }) {
  fail('AWS refused', { service, code, status: http_status, aws_request: request_id || undefined, detail: message });
}
