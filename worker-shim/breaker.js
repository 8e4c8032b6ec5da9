// A circuit breaker, one per service and isolate: a service that fails again and again is left alone for a while, so that
// its callers are answered at once and it gets room to recover.
//
// | state | event | next state |
// | --- | --- | --- |
// | closed | answered | closed, failures forgotten |
// | closed | failed, the last of FAILURES_TO_OPEN in a row | open for the first pause |
// | open | admitted before the pause is over | open: refused |
// | open | admitted after the pause | half-open: this one request is the probe |
// | half-open | admitted while the probe runs | half-open: refused |
// | half-open | admitted after PROBE_MS, the probe was never heard of again | half-open: this one is the probe |
// | half-open | the probe failed | open for twice the pause |
// | half-open | the probe ended without proof (its client left, the service is asleep) | open, the next one probes |
// | open, half-open | answered | closed |
//
// What fails here is the way to the service (no connection, no answer in time). An answer of the app, whatever its
// status, proves the way.

export const FAILURES_TO_OPEN = 5;
export const PAUSE_FIRST_MS = 1_000;
export const PAUSE_MOST_MS = 30_000;
/** How long a probe may be under way before another one is let through: longer than any timeout of a route. */
export const PROBE_MS = 110_000;

export class Breaker {
  #random;
  #failures = 0;
  /** The pause of the open state; 0: closed. */
  #pause = 0;
  #openUntil = 0;
  /** Until when a probe is waited for; 0: none is under way. */
  #probeUntil = 0;

  /** @param {() => number} random as Math.random */
  constructor(random) {
    this.#random = random;
  }

  /** @returns {'closed' | 'open' | 'half-open'} */
  get state() {
    if (this.#pause === 0) return 'closed';
    return this.#probeUntil === 0 ? 'open' : 'half-open';
  }

  /**
   * Whether a request may go. Whoever may, says afterwards how it went: answered or failed; and the probe, when it is over.
   * @param {number} now
   * @returns {number} 0: it may go; else the milliseconds after which asking again is worth while
   */
  admit(now) {
    if (this.#pause === 0) return 0;
    if (now < this.#openUntil) return this.#openUntil - now;
    if (now < this.#probeUntil) return PAUSE_FIRST_MS;
    this.#probeUntil = now + PROBE_MS;
    return 0;
  }

  answered() {
    this.#failures = 0;
    this.#pause = 0;
    this.#probeUntil = 0;
  }

  /** @param {number} now */
  failed(now) {
    this.#failures += 1;
    if (this.#pause === 0 && this.#failures >= FAILURES_TO_OPEN) this.#open(PAUSE_FIRST_MS, now);
    // Requests that left before it opened come back late, and say nothing new.
    else if (this.#probeUntil !== 0) this.#open(Math.min(this.#pause * 2, PAUSE_MOST_MS), now);
  }

  /** The probe is over. Where it was neither answered nor failed, it proved nothing. */
  ended() {
    this.#probeUntil = 0;
  }

  /**
   * Isolates that opened together shall not probe together.
   * @param {number} pause
   * @param {number} now
   */
  #open(pause, now) {
    this.#pause = pause;
    this.#probeUntil = 0;
    this.#openUntil = now + pause + Math.floor((pause / 4) * this.#random());
  }
}
