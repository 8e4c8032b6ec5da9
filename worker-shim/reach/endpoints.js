// Where a service can be reached, as its coordinator said last: kept per isolate, so that a request to a running service
// costs no call. A list is used without asking while it is fresh; when it gets older it is used once more and asked for
// anew in the background; too old a list is not used at all, because the coordinator may have stopped an idle service.
import { InFlight } from './in_flight.js';

/** A list is asked for anew in the background from this age on, and then at most once per this time. */
export const REFRESH_MS = 30_000;
/** Services that are stopped when idle must be heard of more often than that: so many times per idle_stop. */
const REFRESHES_PER_IDLE_STOP = 4;
/** Up to this share of it sooner, drawn for every list, so that isolates do not ask together. */
const JITTER = 0.25;
/** A list that was not refreshed for so many refresh times is not used. */
const USABLE_REFRESHES = 3;

/**
 * @typedef {import('../core/operations.d.ts').TaskEndpoint} Address
 * @typedef {Address & {in_flight: InFlight, answered_at: number}} Endpoint
 */

export class Endpoints {
  #random;
  #refresh_ms;
  /** @type {Endpoint[]} */
  #list = [];
  #learned_at = 0;
  #refresh_at = 0;

  /**
   * @param {number} idle_stop_ms 0: it is never stopped
   * @param {() => number} random as Math.random
   */
  constructor(idle_stop_ms, random) {
    this.#random = random;
    const often = idle_stop_ms / REFRESHES_PER_IDLE_STOP;
    this.#refresh_ms = idle_stop_ms === 0 ? REFRESH_MS : Math.min(often, REFRESH_MS);
  }

  /**
   * Takes a new list. Endpoints that stay keep what is known of them.
   * @param {Address[]} addresses
   * @param {number} now
   */
  learn(addresses, now) {
    this.#list = addresses.map((at) => this.#known(at) ?? { ...at, in_flight: new InFlight(), answered_at: 0 });
    this.#learned_at = now;
    this.#refresh_at = now + this.#refresh_ms * (1 - JITTER * this.#random());
  }

  /** @param {number} now */
  #usable(now) {
    return this.#list.length > 0 && now - this.#learned_at < this.#refresh_ms * USABLE_REFRESHES;
  }

  /**
   * Whether to ask for a new list now; true only once per refresh time, whatever becomes of the asking.
   * @param {number} now
   */
  take_refresh(now) {
    if (now < this.#refresh_at) return false;
    this.#refresh_at = now + this.#refresh_ms;
    return true;
  }

  /**
   * Power of two choices: of two endpoints drawn at random the one with less under way. Nearly as even as looking at all
   * of them, and a new or recovered endpoint is not run over by everybody at once.
   * @param {number} now
   * @param {Endpoint} [not] one that was tried already
   * @returns {Endpoint | undefined}
   */
  choose(now, not) {
    if (!this.#usable(now)) return undefined;
    const from = not === undefined ? this.#list : this.#list.filter((each) => each.task_arn !== not.task_arn);
    if (from.length < 2) return from[0];
    const one = Math.floor(this.#random() * from.length);
    const step = 1 + Math.floor(this.#random() * (from.length - 1));
    const a = /** @type {Endpoint} */ (from[one]);
    const b = /** @type {Endpoint} */ (from[(one + step) % from.length]);
    return b.in_flight.count(now) < a.in_flight.count(now) ? b : a;
  }

  /** Who told this list did not use the service: the next one who does asks for it anew. */
  refresh_soon() {
    this.#refresh_at = 0;
  }

  /** @param {Endpoint} lost */
  drop(lost) {
    this.#list = this.#list.filter((each) => each.task_arn !== lost.task_arn);
  }

  clear() {
    this.#list = [];
  }

  /** @param {Address} at */
  #known(at) {
    return this.#list.find((each) => each.task_arn === at.task_arn && each.address === at.address && each.port === at.port);
  }
}
