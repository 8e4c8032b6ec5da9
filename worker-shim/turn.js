// One request on its way: what the core decided of it last, and how to have it decide anew.

/** A decision that is older is made anew before anything is sent: the signature in it is good for half a minute. */
const GOOD_MS = 2_000;

/** The platform ends a request that stays without a byte for 100 s, however it spent them; the caller shall hear of it first. */
const PLATFORM_MS = 98_000;

/**
 * @typedef {import('./core/wire.js').Forward} Forward
 * @typedef {object} Parts
 * @property {Request} request
 * @property {import('./body.js').RequestBody} body
 * @property {Forward} forward what was decided just now
 * @property {Pick<import('./observe.js').RequestRecord, 'again' | 'sending' | 'signed' | 'from_cache'>} record of what comes of it
 * @property {() => Promise<Forward | Response> | Forward | Response} decide_again asks the core once more: to forward, or the answer
 * @property {{waitUntil(promise: Promise<unknown>): void}} context
 * @property {number} [hold_most_ms] shorter than the policy lets it wait for a start: there is another answer
 */

export class Turn {
  #now;
  #decide_again;
  #started_at;
  #decided_at;

  /**
   * @param {Parts} parts
   * @param {() => number} [now]
   */
  constructor({ request, body, forward, record, decide_again, context, hold_most_ms = Infinity }, now = Date.now) {
    this.request = request;
    this.body = body;
    this.forward = forward;
    this.record = record;
    this.context = context;
    this.hold_most_ms = hold_most_ms;
    this.#now = now;
    this.#decide_again = decide_again;
    this.#started_at = this.#decided_at = now();
  }

  /** How long the service has from now on until the head of its answer. */
  timeout_ms() {
    return Math.max(Math.min(this.forward.timeout_ms, this.#started_at + PLATFORM_MS - this.#now()), 0);
  }

  /**
   * After anything that may have taken long.
   * @returns {Promise<Response | undefined>} nothing: it may go
   */
  async renewed() {
    return this.#now() - this.#decided_at < GOOD_MS ? undefined : this.#decided();
  }

  /**
   * A signature is for one sending.
   * @param {string} why
   * @returns {Promise<Response | undefined>} nothing: it may go
   */
  async decided_again(why) {
    const refused = await this.#decided();
    if (refused === undefined) this.record.again(why);
    return refused;
  }

  async #decided() {
    const decided = await this.#decide_again();
    if (decided instanceof Response) return decided;
    this.forward = decided;
    this.#decided_at = this.#now();
    return undefined;
  }
}
