// The way of a coordinator to the Region of its service (region.js), or to the one that stands in for it. Whom to ask, and when
// to do without, says the core (shared/wake/region/way.hpp).
import { describe } from '../host/describe.js';
import { is_overloaded } from '../host/overloaded.js';
import { within } from '../host/within.js';
import { warn } from '../observe.js';

/** Of what is asked of a Region (shared/operations/regions.cpp). */
const ASKED_VERSION = 1;
/** Of the facts that a Region tells a coordinator. */
export const FACTS_VERSION = 1;

/**
 * @typedef {import('../core/operations.d.ts').RegionAnswer} RegionAnswer
 * @typedef {import('../core/operations.d.ts').GovernorNames} GovernorNames
 * @typedef {Extract<import('../core/operations.d.ts').WayStep, {do: 'ask'}>} Turn
 * @typedef {'admit' | 'report' | 'watch' | 'present' | 'remove'} Method
 * @typedef {{answer: RegionAnswer} | {put_off_ms: number} | {down: true}} Told
 */

export class Governor {
  #frame;
  #namespace;
  #names;
  #policy;
  /** The core's own text. */ #way = '';

  /**
   * @param {Pick<import('../objects/frame.js').Frame, 'operate'>} frame
   * @param {any} namespace the binding REGION
   * @param {GovernorNames} names
   * @param {string} policy its digest
   */
  constructor(frame, namespace, names, policy) {
    this.#frame = frame;
    this.#namespace = namespace;
    this.#names = names;
    this.#policy = policy;
  }

  /**
   * Never throws what the platform throws.
   * @param {Method} method
   * @param {{place: string} & Record<string, unknown>} asked
   * @returns {Promise<Told>}
   */
  async ask(method, asked) {
    for (let step = this.#next({ kind: 'ask' }); ; ) {
      if (step.do === 'put_off') return { put_off_ms: step.ask_ms };
      if (step.do !== 'ask') return { down: true };
      const { turn } = step;
      try {
        const answer = await this.#send(step, method, asked);
        this.#next({ kind: 'answered', turn, answer });
        return { answer };
      } catch (error) {
        warn('region does not respond', { region: this.#name_of(step), method, detail: describe(error) });
        step = this.#next({ kind: 'failed', turn, overloaded: is_overloaded(error) });
      }
    }
  }

  /**
   * Each time over a new way: one that failed stays broken.
   * @param {Turn} turn
   * @param {Method} method
   * @param {object} asked
   * @returns {Promise<RegionAnswer>}
   */
  #send(turn, method, asked) {
    const region = this.#name_of(turn);
    const location_hint = turn.to === 'region' ? this.#names.hint : this.#names.stand_in_hint;
    const object = this.#namespace.get(this.#namespace.idFromName(region), { locationHint: location_hint });
    return within(object[method]({ region, v: ASKED_VERSION, policy: this.#policy, ...asked }), turn.patience_ms);
  }

  /** @param {Turn} turn */
  #name_of({ to }) {
    return to === 'region' ? this.#names.name : this.#names.stand_in;
  }

  /** @param {import('../core/operations.d.ts').Operations['region_way']['in']['event']} event */
  #next(event) {
    const step = this.#frame.operate('region_way', { way: this.#way, now: Date.now(), event });
    if (step.error !== undefined) throw new Error(`${step.error}: ${step.detail}`);
    this.#way = step.way;
    return step;
  }
}

/**
 * What a coordinator is told of it, as an event of its state machine; nothing: there is none in that.
 * @param {Told} told
 * @param {string} attempt of what was to be admitted; empty: it was something else
 * @returns {import('../core/operations.d.ts').RegionWord | undefined}
 */
export function region_word(told, attempt) {
  if ('down' in told) return { kind: 'down', ...(attempt !== '' && { attempt }) };
  if (attempt === '') return undefined;
  if ('put_off_ms' in told) return { kind: 'full', attempt, ask_ms: told.put_off_ms };
  const { go, queued, full } = told.answer;
  if (go !== undefined) return { kind: 'go', attempt, ...go };
  if (queued !== undefined) return { kind: 'queued', attempt, ...queued };
  return full && { kind: 'full', attempt, ...full };
}
