// Time as local-aws sees it. Everything that waits, ages or lies behind goes by a clock that is passed in, so that a test can
// move it by hand. Who signs and who issues tokens has no clock but the wall's: signatures, tokens and sessions go by that.

/**
 * @typedef {object} Clock
 * @property {() => number} now in milliseconds since 1970
 * @property {(ms: number, act: () => void) => () => void} after does it so much later; returns what calls it off
 * @property {(ms: number) => Promise<void>} sleep
 */

/** @type {Clock} */
export const wall_clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => void wall_clock.after(ms, resolve)),
};

/** What is under way without waiting for the clock has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Stands still until it is moved. @implements {Clock} */
export class ManualClock {
  #now;
  /** @type {Set<{at: number, act: () => void}>} in the order in which they were asked for */
  #due = new Set();

  constructor(start = Date.now()) {
    this.#now = start;
  }

  now() {
    return this.#now;
  }

  /** @param {number} ms @param {() => void} act */
  after(ms, act) {
    const entry = { at: this.#now + ms, act };
    this.#due.add(entry);
    return () => void this.#due.delete(entry);
  }

  /** @param {number} ms @returns {Promise<void>} */
  sleep(ms) {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Moves on, and lets everything happen that is due meanwhile, each at its own time. @param {number} [ms] */
  async advance(ms = 0) {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
      await settled();
    }
    this.#now = end;
  }

  /** @param {number} end */
  #next(end) {
    const due = [...this.#due].filter(({ at }) => at <= end);
    return due.reduce((first, each) => (each.at < first.at ? each : first), due[0]);
  }
}
