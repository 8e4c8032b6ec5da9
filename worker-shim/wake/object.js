// The coordinator of one service that sleeps: a Durable Object named after it. What to do next is decided by the core's
// state machine (shared/wake/wake.hpp), one event at a time; here are its memory, its alarm, its calls and those who wait.
//
// Rules
// * An event is taken, stored, and its effects are begun, without a pause between: events have one order.
// * Probes of agents are sent beside that (probe.js), as many and to whom the state machine says.
// * At most one call of AWS is under way, the one that the state names; what comes after it was given up is dropped.
// * Stored are the state and the last caller, in whose name AWS is asked. Credentials never are.
// * Those who wait are in memory only: after a restart they ask again, and join what the state still knows.
import { DurableObject } from 'cloudflare:workers';
import { jitter } from '../host/random.js';
import { Frame } from '../objects/frame.js';
import { Waiters } from '../objects/waiters.js';
import { change, fail, warn } from '../observe.js';
import { look_at_service, look_at_tasks, refused } from './look.js';
import { FACTS_VERSION, Governor, region_word } from './governor.js';
import { WakeMemory, place_of } from './memory.js';
import { probe } from './probe.js';
import { settings_for, tuning_of } from './settings.js';

/**
 * @typedef {import('../core/wire.js').Caller} Caller
 * @typedef {import('../core/operations.d.ts').EcsService} EcsService
 * @typedef {import('../core/operations.d.ts').WakeEffects} Effects
 * @typedef {import('../core/operations.d.ts').WakeEvent} WakeEvent
 * @typedef {import('../core/operations.d.ts').WakeTold} WakeTold
 * @typedef {import('../core/operations.d.ts').WakeView} WakeView
 * @typedef {import('../core/start.js').CoreEnvironment & {SALLYPORT_WAKE_TUNING?: string, REGION?: any}} WakeEnvironment
 * @typedef {{name: string, team: string, ecs: EcsService, origin: string, vpc: string, mtls_certificate: string}} Service
 */

/** What requests wait for. */
const START = 'start';
/** Cloudflare ends a request that stays without a byte for 100 s. */
const MOST_HOLD_MS = 95_000;

/** @extends {DurableObject<WakeEnvironment>} */
export class Wake extends DurableObject {
  #frame;
  #memory;
  /** @type {Waiters<WakeTold>} */ #waiters = new Waiters();
  /** Of the deployment. */ #tuning = {};
  /** @type {Service | undefined} */ #service;
  /** Of the state machine: only the core reads it. Empty: it has not begun. */ #state = '';
  /** What is read of the state. @type {WakeView | undefined} */ #view;
  /** @type {Caller | null} */ #caller = null;
  /** @type {AbortController | undefined} */ #flight;
  /** The way to the Region of the service, where there is one. @type {Governor | undefined} */ #governor;
  /** For the next probe. Several a second are due while a task comes up, which no alarm is made for. */
  /** @type {{at: number, timer: ReturnType<typeof setTimeout>} | undefined} */ #next_probe;

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
   * @returns {Promise<WakeTold>}
   */
  async ensure({ service, caller, hold_ms }) {
    const named = this.#named(service);
    const { effects, told } = this.#step(named, request_of(caller), caller);
    return effects.answer === 'join' ? this.#waiters.wait(START, Math.min(hold_ms, MOST_HOLD_MS), () => this.#told(named)) : told;
  }

  /**
   * A request was answered from endpoints that its isolate remembers: the service is not idle. It wakes nothing.
   * @param {{service: string, caller: Caller}} request
   * @returns {Promise<boolean>} false: the service is not known to be healthy; ask `ensure` for endpoints
   */
  async touch({ service, caller }) {
    if (this.#view?.phase !== 'healthy') return false;
    this.#step(this.#named(service), request_of(caller));
    return true;
  }

  /**
   * A connection to a task failed.
   * @param {{service: string, task_arn: string}} what
   */
  async lost({ service, task_arn }) {
    this.#step(this.#named(service), { kind: 'endpoint_lost', task_arn });
  }

  /**
   * What the looks of the Region say, of what has changed.
   * @param {{v: number, place: string} & Record<string, unknown>} told
   */
  async facts({ v, place, ...facts }) {
    if (v !== FACTS_VERSION) throw new Error(`facts of version ${v}`);
    this.#step(this.#named(place), /** @type {WakeEvent} */ ({ kind: 'facts', ...facts }));
  }

  /**
   * What is known of the service, for those who wake nothing: it is no use, and nothing is stored.
   * @param {{service: string}} what
   * @returns {Promise<import('./coordinator.js').Seen>}
   */
  async seen({ service }) {
    return this.#frame.operate('wake_seen', this.#now(this.#named(service)));
  }

  /**
   * An operator repaired what made starts fail.
   * @param {{service: string}} what
   */
  async reset({ service }) {
    this.#step(this.#named(service), { kind: 'reset' });
  }

  /** For operators and tests: there are no secrets in it. */
  async status() {
    return { service: this.#service?.name ?? '', state: this.#state, view: this.#view, waiting: this.#waiters.count(START) };
  }

  /** @override */
  async alarm() {
    if (!this.#frame.rang()) return;
    const due = this.#view?.alarm ?? 0;
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
    const service = find(this.#frame.parts.core, remembered.name);
    if (!service || place_of(service.ecs) !== remembered.place) return this.#memory.forget();
    this.#service = service;
    this.#state = remembered.state;
    this.#caller = remembered.caller;
    // It sets the alarm, too, which a deployment that could not start has put off.
    this.#step(this.#service, { kind: 'restarted' });
  }

  /** @param {string} name */
  #named(name) {
    const { core } = this.#frame.parts;
    if (this.#service?.name === name) return this.#service;
    const service = find(core, name);
    if (!service) throw new Error(`service ${name} is not one of this policy that runs on ECS`);
    return (this.#service = service);
  }

  /**
   * One event through the state machine. Nothing in here waits.
   * @param {Service} service
   * @param {WakeEvent} event
   * @param {Caller} [caller] in whose name a start that this event begins is made
   */
  #step(service, event, caller) {
    const { state, keep, before, view, effects, told } = this.#frame.operate('wake', { ...this.#now(service), event });
    this.#view = view;
    if (caller !== undefined && before !== 'starting' && view.phase === 'starting') this.#caller = caller;
    this.#state = state;
    if (keep) this.#keep(service);
    this.#frame.ring(view.alarm);
    if (view.phase !== before) this.#note(service, before, view);
    if (effects.answer === 'ready' || effects.answer === 'failed') this.#waiters.release(START, told);
    if (effects.send !== 'none') this.ctx.waitUntil(this.#send(service, view, effects));
    for (const { what, task, detail } of effects.notes ?? []) warn(what, { service: service.name, task: task || undefined, detail });
    this.#ask_region(service, effects);
    for (const order of effects.probes ?? []) this.ctx.waitUntil(this.#probe(service, order));
    this.#plan_probe(service, view.probe_at);
    return { effects, told };
  }

  /** @param {Service} service @param {Effects} effects */
  #ask_region(service, { admit, reports = [], watches = [] }) {
    const place = service.name;
    const { cluster, service: watched } = service.ecs;
    const ask = (/** @type {import('./governor.js').Method} */ method, /** @type {object} */ asked, attempt = '') =>
      this.ctx.waitUntil(this.#ask(service, method, { place, ...asked }, attempt));
    if (admit !== undefined) ask('admit', { team: service.team, ...admit }, admit.attempt);
    for (const each of reports) ask('report', each);
    for (const each of watches) ask('watch', { cluster, service: watched, ...each });
  }

  /**
   * @param {Service} service
   * @param {import('./governor.js').Method} method
   * @param {{place: string} & Record<string, unknown>} asked
   * @param {string} attempt of what is to be admitted
   */
  async #ask(service, method, asked, attempt) {
    this.#governor ??= governor_of(this.#frame, this.env, service);
    const word = region_word(await this.#governor.ask(method, asked), attempt);
    if (word !== undefined) this.#step(service, word);
  }

  /** @param {Service} service @param {number} at 0: none */
  #plan_probe(service, at) {
    if (at === (this.#next_probe?.at ?? 0)) return;
    clearTimeout(this.#next_probe?.timer);
    const due = () => {
      this.#next_probe = undefined;
      this.#step(service, { kind: 'probe_due' });
    };
    this.#next_probe = at === 0 ? undefined : { at, timer: setTimeout(due, Math.max(at - Date.now(), 0)) };
  }

  /** @param {Service} service @param {import('../core/operations.d.ts').ProbeOrder} order */
  async #probe(service, order) {
    const came = await probe(this.#frame.parts.core, service, this.env, order).catch((error) => {
      throw this.#frame.begin_again(error);
    });
    this.#step(service, came);
  }

  /** @param {Service} service */
  #told(service) {
    return this.#frame.operate('wake_told', this.#now(service));
  }

  /** @param {Service} service */
  #now(service) {
    return {
      state: this.#state,
      settings: settings_for(service, this.#tuning, this.env.REGION !== undefined),
      now: Date.now(),
      jitter: jitter(),
    };
  }

  /** @param {Service} service */
  #keep({ name, ecs }) {
    this.#memory.save({ name, place: place_of(ecs), state: this.#state, caller: this.#caller });
  }

  /**
   * Sends what the state machine asked for, and gives it what came back, unless it was given up meanwhile.
   * @param {Service} service
   * @param {WakeView} asked what it was when it asked
   * @param {Effects} effects
   */
  async #send(service, asked, effects) {
    this.#flight?.abort();
    const flight = (this.#flight = new AbortController());
    const event = await this.#call(service, effects, flight.signal).catch((error) => {
      throw this.#frame.begin_again(error);
    });
    if (this.#flight !== flight || this.#view?.call_until !== asked.call_until) return;
    if (event.kind === 'refused') complain(service.name, event.error);
    this.#step(service, event);
  }

  /**
   * @param {Service} service
   * @param {Effects} effects
   * @param {AbortSignal} signal
   * @returns {Promise<WakeEvent>}
   */
  async #call({ name, ecs }, { send, desired, tasks, watching, also }, signal) {
    const { aws } = this.#frame.parts;
    const purpose = { service: ecs.service, cluster: ecs.cluster };
    const who = { region: ecs.region, role: ecs.role, target: name, purpose, caller: /** @type {Caller} */ (this.#caller) };
    /** @type {import('./look.js').Call} */
    const call = (action, parameters) => aws.call(action, parameters, who, { retries: 0, signal });
    if (send === 'update') return update(call, ecs.service, desired);
    return tasks === undefined ? look_at_service(call, ecs.service, watching, also) : look_at_tasks(call, tasks);
  }

  /**
   * One record for every change of phase.
   * @param {Service} service
   * @param {string} from
   * @param {WakeView} view
   */
  #note({ name }, from, { phase, reason, detail }) {
    const { issuer, subject, route } = this.#caller ?? {};
    change('wake', { service: name, from, to: phase, issuer, subject, route, reason, detail });
  }
}

/**
 * @param {import('./look.js').Call} call
 * @param {string} service
 * @param {number} desired
 */
async function update(call, service, desired) {
  const answer = await call('UpdateService', { service, desired });
  return answer.refused === undefined ? { kind: /** @type {const} */ ('updated') } : refused(answer.refused);
}

/**
 * @param {string} service
 * @param {import('../core/operations.d.ts').AwsRefusal} error
 */
function complain(service, { code, message, request_id, http_status }) {
  fail('AWS refused', { service, code, status: http_status, aws_request: request_id || undefined, detail: message });
}

/**
 * @param {import('../core/core.js').Core} core
 * @param {string} name
 * @returns {Service | undefined}
 */
function find(core, name) {
  const entry = core.operate('catalog', {}).services.find((each) => each.name === name);
  if (!entry?.ecs) return undefined;
  const { ecs, team, origin, vpc, mtls_certificate } = entry;
  return { name, ecs, team, origin, vpc, mtls_certificate };
}

/**
 * @param {Frame} frame
 * @param {WakeEnvironment} environment
 * @param {Service} service
 */
function governor_of(frame, environment, { ecs }) {
  const { policy } = frame.parts.core.operate('catalog', {});
  return new Governor(frame, environment.REGION, /** @type {import('./governor.js').GovernorNames} */ (ecs.governor), policy);
}

/** Isolates of an older version do not say whose budget it is. @param {Caller} caller */
function request_of({ key, budget }) {
  return { kind: /** @type {const} */ ('request'), caller: budget ?? key };
}
