// A circuit breaker, one per service and isolate: a service that fails again and again is left alone for a while, so that
// its callers are answered at once and it gets room to recover.
//
// There are two kinds of circuits, of one making: one for all callers, and one for each caller whose requests fail. One
// caller can make requests fail to which the service has nothing to say, so of one caller's failures MOST_OF_ONE at most
// count for all: it takes three callers to shut the door on everybody. A caller's own circuit counts all of them.
//
// | state | event | next state |
// | --- | --- | --- |
// | closed | anybody was answered | closed, failures forgotten |
// | closed | failed, the last of FAILURES_TO_OPEN that count in a row | open for the first pause |
// | open | admitted before the pause is over | open: refused |
// | open | admitted after the pause | half-open: this one request is the probe |
// | open | admitted after the pause, with a body that streams | open: one goes a second, which proves something only if it is answered |
// | half-open | admitted while the probe runs | half-open: refused |
// | half-open | admitted PROBE_PATIENCE_MS after the last probe, for another caller | half-open: a probe, too |
// | half-open | admitted after PROBE_MS, the caller's probe was never heard of again | half-open: this one is the probe |
// | half-open | a probe failed | open for twice the pause; its caller probes for all no sooner than after two of them |
// | half-open | a probe ended without proof (its client left, the service is asleep) | open, the next one probes |
// | open, half-open | anybody was answered | closed |
//
// What fails here is the way to the service (no connection, no answer in time). An answer of the app, whatever its
// status, proves the way. What a client owes (the rest of its body) is no failure of anybody else.

export const FAILURES_TO_OPEN = 5;
export const MOST_OF_ONE = 2;
export const PAUSE_FIRST_MS = 1_000;
export const PAUSE_MOST_MS = 30_000;
/** How long a caller's probe may be under way before the same caller may send another: longer than any timeout of a route. */
export const PROBE_MS = 110_000;
/** Nobody waits longer for another caller's probe. */
export const PROBE_PATIENCE_MS = 3_000;
/** Callers whose failures are remembered one by one; those above count for all only. */
const MOST_CALLERS = 1_000;

export class Breaker {
  #random;
  #for_all;
  /** @type {Map<string, Circuit>} */
  #own = new Map();

  /** @param {() => number} random as Math.random */
  constructor(random) {
    this.#random = random;
    this.#for_all = new Circuit(random, MOST_OF_ONE);
  }

  /** For all callers. @returns {'closed' | 'open' | 'half-open'} */
  get state() {
    return this.#for_all.state;
  }

  /**
   * Whether a request may go. Whoever may, says afterwards how it went: answered or failed; and a probe, when it is over.
   * @param {number} now
   * @param {string} caller
   * @param {boolean} [proves] it can be a probe: nothing of it is still to come from its client
   * @returns {number} 0: it may go; else the milliseconds after which asking again is worth while
   */
  admit(now, caller, proves = true) {
    const own = this.#own.get(caller);
    const pause = own?.admit(now, caller, proves) ?? 0;
    if (pause > 0) return pause;
    const for_all = this.#for_all.admit(now, caller, proves);
    if (for_all > 0) own?.ended(caller);
    return for_all;
  }

  answered() {
    this.#own.clear();
    this.#for_all.answered();
  }

  /**
   * @param {number} now
   * @param {string} caller
   */
  failed(now, caller) {
    this.#for_all.failed(now, caller);
    const own = this.#own.get(caller) ?? new Circuit(this.#random, Infinity);
    if (this.#own.size < MOST_CALLERS) this.#own.set(caller, own);
    own.failed(now, caller);
  }

  /** Whether a probe of this caller is under way. @param {string} caller */
  is_probing(caller) {
    return this.#for_all.is_probing(caller) || (this.#own.get(caller)?.is_probing(caller) ?? false);
  }

  /** The probe of this caller is over. Where it was neither answered nor failed, it proved nothing. @param {string} caller */
  ended(caller) {
    this.#own.get(caller)?.ended(caller);
    this.#for_all.ended(caller);
  }
}

class Circuit {
  #random;
  #most_of_one;
  /** How many failures in a row each caller has had, and how many of all count. @type {Map<string, number>} */
  #failures = new Map();
  #counted = 0;
  /** The pause of the open state; 0: closed. */
  #pause = 0;
  #open_until = 0;
  /** Whose probes are under way, and until when each is waited for. @type {Map<string, number>} */
  #probes = new Map();
  #probed_at = 0;
  /** Until when no further request goes that proves nothing. */
  #tried_until = 0;
  /** Whose probe failed last. @type {string | undefined} */
  #failed_by;

  /**
   * @param {() => number} random
   * @param {number} most_of_one failures of one caller that count
   */
  constructor(random, most_of_one) {
    this.#random = random;
    this.#most_of_one = most_of_one;
  }

  /** @returns {'closed' | 'open' | 'half-open'} */
  get state() {
    if (this.#pause === 0) return 'closed';
    return this.#probes.size === 0 ? 'open' : 'half-open';
  }

  /**
   * @param {number} now
   * @param {string} caller
   * @param {boolean} proves
   */
  admit(now, caller, proves) {
    if (this.#pause === 0) return 0;
    const until = this.#open_until + (caller === this.#failed_by ? this.#pause : 0);
    if (now < until) return until - now;
    return proves ? this.#probe(now, caller) : this.#try(now);
  }

  answered() {
    this.#failures.clear();
    this.#probes.clear();
    this.#counted = this.#pause = this.#tried_until = 0;
    this.#failed_by = undefined;
  }

  /**
   * @param {number} now
   * @param {string} caller
   */
  failed(now, caller) {
    if (this.#pause === 0) return this.#count(now, caller);
    // Requests that left before it opened come back late, and say nothing new.
    if (!this.#probes.has(caller)) return;
    if (this.#most_of_one !== Infinity) this.#failed_by = caller;
    this.#open(Math.min(this.#pause * 2, PAUSE_MOST_MS), now);
  }

  /** @param {string} caller */
  is_probing(caller) {
    return this.#probes.has(caller);
  }

  /** @param {string} caller */
  ended(caller) {
    this.#probes.delete(caller);
  }

  /**
   * @param {number} now
   * @param {string} caller
   */
  #probe(now, caller) {
    const runs = (this.#probes.get(caller) ?? 0) > now;
    const another = this.#probes.size > 0 && !this.#probes.has(caller) && now < this.#probed_at + PROBE_PATIENCE_MS;
    if (runs || another) return PAUSE_FIRST_MS;
    this.#probes.set(caller, now + PROBE_MS);
    this.#probed_at = now;
    return 0;
  }

  /** @param {number} now */
  #try(now) {
    if (now < this.#tried_until) return this.#tried_until - now;
    this.#tried_until = now + PAUSE_FIRST_MS;
    return 0;
  }

  /**
   * @param {number} now
   * @param {string} caller
   */
  #count(now, caller) {
    const failures = (this.#failures.get(caller) ?? 0) + 1;
    this.#failures.set(caller, failures);
    if (failures <= this.#most_of_one) this.#counted += 1;
    if (this.#counted >= FAILURES_TO_OPEN) this.#open(PAUSE_FIRST_MS, now);
  }

  /**
   * Isolates that opened together shall not probe together.
   * @param {number} pause
   * @param {number} now
   */
  #open(pause, now) {
    this.#pause = pause;
    this.#probes.clear();
    this.#open_until = now + pause + Math.floor((pause / 4) * this.#random());
  }
}
