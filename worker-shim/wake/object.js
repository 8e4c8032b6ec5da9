// The coordinator of one service that sleeps: a Durable Object named after it. What to do next is decided by the core's
// state machine (shared/wake/wake.hpp), one event at a time; here are its memory, its alarm, its calls and those who wait.
//
// Rules
// * An event is taken, stored, and its effects are begun, without a pause between: events have one order.
// * At most one call of AWS is under way, the one that the state names; what comes after it was given up is dropped.
// * Stored are the state and the last caller, in whose name AWS is asked. Credentials never are.
// * Those who wait are in memory only: after a restart they ask again, and join what the state still knows.
import { DurableObject } from 'cloudflare:workers';
import { jitter } from '../host/random.js';
import { Frame } from '../objects/frame.js';
import { Waiters } from '../objects/waiters.js';
import { change, fail } from '../observe.js';
import { failed, ready, starting } from './answers.js';
import { look_at_service, look_at_tasks, refused } from './look.js';
import { WakeMemory, place_of } from './memory.js';
import { settings_for, tuning_of } from './settings.js';

/**
 * @typedef {import('../aws/aws.js').Caller} Caller
 * @typedef {import('../core/core.js').EcsService} EcsService
 * @typedef {import('./answers.js').WakeAnswer} WakeAnswer
 * @typedef {import('./answers.js').WakeState} WakeState
 * @typedef {import('../core/start.js').CoreEnvironment & {SALLYPORT_WAKE_TUNING?: string}} WakeEnvironment
 * @typedef {{name: string, ecs: EcsService}} Service
 * @typedef {{send: 'none' | 'look' | 'update', desired: number, known_tasks_only: boolean}} Sending
 * @typedef {Sending & {answer: 'none' | 'join' | 'ready' | 'failed' | 'refused'}} Effects
 */

/** start_step::watching of shared/wake/wake.hpp. */
const WATCHING = 2;
/** What requests wait for. */
const START = 'start';
/** Cloudflare ends a request that stays without a byte for 100 s. */
const MOST_HOLD_MS = 95_000;

/** @type {import('../aws/exchange.js').AwsRefusal} */
const INTERRUPTED = {
  kind: 1,
  kind_name: 'transient',
  code: 'Interrupted',
  message: 'the coordinator was restarted during a call',
  request_id: '',
  http_status: 0,
  retryable: true,
  reason: 'aws_unavailable',
};

/** @extends {DurableObject<WakeEnvironment>} */
export class Wake extends DurableObject {
  #frame;
  #memory;
  /** @type {Waiters<WakeAnswer>} */ #waiters = new Waiters();
  /** Of the deployment. */ #tuning = {};
  /** @type {Service | undefined} */ #service;
  /** @type {WakeState | null} */ #state = null;
  /** @type {Caller | null} */ #caller = null;
  /** Why the state is a failure: a name of shared/core/reason.def. */
  #reason = 'wake_failed';
  /** @type {AbortController | undefined} */ #flight;

  /**
   * @param {DurableObjectState} context
   * @param {WakeEnvironment} environment
   */
  constructor(context, environment) {
    super(context, environment);
    this.#frame = new Frame(context);
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
      case 'refused':
        return { answer: 'refused', reason: 'wake_budget_exhausted' };
      case 'ready':
        return ready(state);
      case 'join':
        return this.#waiters.wait(START, Math.min(hold_ms, MOST_HOLD_MS), () => starting(/** @type {WakeState} */ (this.#state)));
      default:
        return failed(state, this.#reason);
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
    return { service: this.#service?.name ?? '', state: this.#state, waiting: this.#waiters.count(START) };
  }

  /** @override */
  async alarm() {
    if (!this.#frame.rang()) return;
    const due = this.#state?.alarm ?? 0;
    if (this.#service === undefined || due === 0) return;
    if (Date.now() < due) return this.#frame.ring(due);
    this.#step(this.#service, { kind: 'alarm' });
  }

  /** @param {WakeEnvironment} environment */
  async #begin(environment) {
    const tuning = tuning_of(environment.SALLYPORT_WAKE_TUNING);
    this.#tuning = tuning ?? {};
    const mistake = tuning === undefined ? 'SALLYPORT_WAKE_TUNING: not a JSON object' : '';
    if (await this.#frame.start(environment, mistake)) this.#remember();
  }

  /** What the policy has no more, or has elsewhere now, is not asked after: whoever changed the policy decides what runs. */
  #remember() {
    const remembered = this.#memory.load();
    if (remembered === undefined) return;
    const ecs = find(this.#frame.parts.core, remembered.name);
    if (!ecs || place_of(ecs) !== remembered.place) return this.#memory.forget();
    this.#service = { name: remembered.name, ecs };
    this.#state = remembered.state;
    this.#caller = remembered.caller;
    // A deployment that could not start has put it off.
    if (this.#state !== null) this.#frame.ring(this.#state.alarm);
    // A call that was under way when the object ended will never come back; a start need not wait for its deadline.
    if (this.#state?.phase_name === 'starting' && this.#state.in_flight !== 0) this.#step(this.#service, refused({ refused: INTERRUPTED }));
  }

  /** @param {string} name */
  #named(name) {
    const { core } = this.#frame.parts;
    if (this.#service?.name === name) return this.#service;
    const ecs = find(core, name);
    if (!ecs) throw new Error(`service ${name} is not one of this policy that runs on ECS`);
    return (this.#service = { name, ecs });
  }

  /**
   * One event through the state machine. Nothing in here waits.
   * @param {Service} service
   * @param {object} event
   * @param {Caller} [caller] in whose name a start that this event begins is made
   */
  #step(service, event, caller) {
    const before = this.#state?.phase_name ?? 'asleep';
    const settings = settings_for(service.ecs, this.#tuning);
    const { state, effects, reason } = this.#decide({ state: this.#state, event, settings, now: Date.now(), jitter: jitter() });
    this.#state = state;
    this.#reason = reason ?? 'wake_failed';
    if (caller !== undefined && before !== 'starting' && state.phase_name === 'starting') this.#caller = caller;
    this.#memory.save({ name: service.name, place: place_of(service.ecs), state, caller: this.#caller });
    this.#frame.ring(state.alarm);
    if (state.phase_name !== before) this.#note(service, before, state);
    if (effects.answer === 'ready') this.#waiters.release(START, ready(state));
    if (effects.answer === 'failed') this.#waiters.release(START, failed(state, this.#reason));
    if (effects.send !== 'none') this.ctx.waitUntil(this.#send(service, state, effects));
    return { state, effects };
  }

  /**
   * @param {object} input
   * @returns {{state: WakeState, effects: Effects, reason?: string}}
   */
  #decide(input) {
    try {
      return this.#frame.parts.core.operate('wake', input);
    } catch (error) {
      throw this.#frame.begin_again(error);
    }
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
    const event = await this.#call(service, state, sending, flight.signal).catch((error) => {
      throw this.#frame.begin_again(error);
    });
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
    const { aws } = this.#frame.parts;
    const purpose = { service: ecs.service, cluster: ecs.cluster };
    const who = { region: ecs.region, role: ecs.role, target: name, purpose, caller: /** @type {Caller} */ (this.#caller) };
    /** @type {import('./look.js').Call} */
    const call = (action, parameters) => aws.call(action, parameters, who, { retries: 0, signal });
    if (send === 'update') return update(call, ecs.service, desired);
    if (known_tasks_only) return look_at_tasks(call, known_tasks);
    return look_at_service(call, ecs.service, phase_name === 'starting' && step === WATCHING);
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

/**
 * @param {import('../core/core.js').Core} core
 * @param {string} name
 */
function find(core, name) {
  return core.operate('catalog', {}).services.find((/** @type {import('../core/core.js').CatalogService} */ each) => each.name === name)?.ecs;
}
