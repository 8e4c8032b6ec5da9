// The Region of an AWS account and region: a Durable Object that says when calls of AWS may be sent, and looks at the services of
// all coordinators in as few calls as there can be. Both are decided by the core (shared/wake/region.hpp); here are its memory, its
// timer, its looks, and those who are told.
//
// Rules
// * What waits and what is watched is in the memory of the core; stored are rates and places (region_store.js). A Region that
//   begins anew has no tokens, and who waits asks again.
// * Its timer is its own, and no alarm of the platform: what is due is only in memory, and is lost with it.
// * A method that is asked in another version throws: who asked takes the Region for one that does not respond.
import { DurableObject } from 'cloudflare:workers';
import { within } from '../host/within.js';
import { describe } from '../host/describe.js';
import { FewAtOnce } from '../objects/few_at_once.js';
import { Frame } from '../objects/frame.js';
import { fail, warn } from '../observe.js';
import { FACTS_VERSION } from './governor.js';
import { RegionStore } from './region_store.js';

/**
 * @typedef {import('../core/operations.d.ts').RegionAnswer} RegionAnswer
 * @typedef {import('../core/operations.d.ts').RegionCall} Look
 * @typedef {import('../core/operations.d.ts').RegionFacts} Facts
 * @typedef {import('../core/start.js').CoreEnvironment & {WAKE?: any}} RegionEnvironment
 * @typedef {{region: string, v: number, policy: string, place: string} & Record<string, unknown>} Asked `region`: the name of
 *   this object, which knows it from nowhere else
 */

/** So that those who are told do not use up what the object may have open. */
const MOST_TOLD_AT_ONCE = 4;
const TELL_MS = 5_000;

/** @extends {DurableObject<RegionEnvironment>} */
export class Region extends DurableObject {
  #frame;
  #store;
  #telling = new FewAtOnce(MOST_TOLD_AT_ONCE);
  /** In the core; 0: it has not begun. */ #handle = 0;
  #region = '';
  /** @type {{at: number, timer: ReturnType<typeof setTimeout>} | undefined} */ #next;

  /**
   * @param {DurableObjectState} context
   * @param {RegionEnvironment} environment
   */
  constructor(context, environment) {
    super(context, environment);
    this.#frame = new Frame(context);
    this.#store = new RegionStore(context.storage);
    context.blockConcurrencyWhile(async () => void (await this.#frame.start(environment)));
  }

  /** When a call may be sent. @param {Asked} asked */
  async admit(asked) {
    return this.#asked('admit', asked);
  }

  /** What came of a call. @param {Asked} asked */
  async report(asked) {
    return this.#asked('report', asked);
  }

  /** Looks, whose facts go to the coordinator of that place. @param {Asked} asked */
  async watch(asked) {
    return this.#asked('watch', asked);
  }

  /** A service was raised by us, or is ours no more. @param {Asked} asked */
  async present(asked) {
    return this.#asked('present', asked);
  }

  /** Whether a service may be stopped that no policy names. @param {Asked} asked */
  async remove(asked) {
    return this.#asked('remove', asked);
  }

  /**
   * @param {string} kind
   * @param {Asked} asked
   * @returns {RegionAnswer}
   */
  #asked(kind, { region, ...asked }) {
    if (this.#handle === 0) this.#begin(region);
    return this.#step({ kind, ...asked });
  }

  /** @param {string} region */
  #begin(region) {
    const begun = this.#frame.operate('region_begin', { name: region, ...this.#store.load(), now: Date.now() });
    if (begun.error !== undefined) throw new Error(`${begun.error}: ${begun.detail}`);
    this.#handle = begun.handle;
    this.#region = region;
  }

  /**
   * One event. Nothing in here waits.
   * @param {{kind: string} & Record<string, unknown>} event
   * @returns {RegionAnswer}
   */
  #step(event) {
    const step = this.#frame.operate('region_step', { handle: this.#handle, now: Date.now(), event });
    if (step.error !== undefined) throw new Error(`${step.error}: ${step.detail}`);
    const { calls, facts, alarm, rates, indexed, ...answer } = step;
    if (rates !== undefined) this.#store.save(rates);
    if (indexed !== undefined) this.#store.index(indexed);
    for (const look of calls) this.ctx.waitUntil(this.#look(look));
    for (const each of facts) this.ctx.waitUntil(this.#telling.run(() => this.#tell(each)));
    this.#ring(alarm);
    return answer;
  }

  /** A timer that rings too early does no harm. @param {number} at 0: not at all */
  #ring(at) {
    if (at === 0 || (this.#next !== undefined && this.#next.at <= at)) return;
    clearTimeout(this.#next?.timer);
    const rang = () => {
      this.#next = undefined;
      this.#step({ kind: 'alarm' });
    };
    this.#next = { at, timer: setTimeout(rang, Math.max(at - Date.now(), 0)) };
  }

  /** @param {Look} look */
  async #look({ id, action, parameters, who }) {
    const came = who === null ? undefined : await this.#frame.call({ action, parameters, who, retries: 0 });
    const refused = came?.answer.refused;
    if (refused !== undefined) this.#complain(action, refused);
    this.#step({ kind: 'answered', id, ...came });
  }

  /** Never throws. @param {Facts} facts */
  async #tell(facts) {
    for (const last of [false, true]) {
      try {
        const { WAKE } = this.env;
        return void (await within(WAKE.get(WAKE.idFromName(facts.place)).facts({ v: FACTS_VERSION, ...facts }), TELL_MS));
      } catch (error) {
        // Once more over a new way: the platform restarts objects when it likes.
        if (last) warn('facts did not arrive', { region: this.#region, place: facts.place, detail: describe(error) });
      }
    }
    this.#step({ kind: 'untold', place: facts.place });
  }

  /** @param {string} action @param {import('../core/operations.d.ts').AwsRefusal} refused */
  #complain(action, { code, message, request_id, http_status }) {
    const detail = `${action}: ${message}`;
    fail('AWS refused', { region: this.#region, code, status: http_status, aws_request: request_id || undefined, detail });
  }
}
