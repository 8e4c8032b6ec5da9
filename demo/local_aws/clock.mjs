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
  // A timer of Node may ring a millisecond before Date.now() says so; what compares times then would wait for ever.
  after(ms, act) {
    const due = Date.now() + ms;
    /** @type {NodeJS.Timeout} */
    let timer;
    const wait = (/** @type {number} */ left) => {
      timer = setTimeout(ring, left);
      timer.unref();
    };
    const ring = () => {
      const left = due - Date.now();
      if (left > 0) wait(Math.min(left, ms));
      else act();
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => void wall_clock.after(ms, resolve)),
};

/** What is under way without waiting for the clock has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Stands still until it is moved. @implements {Clock} */
export class ManualClock {
  #now;
  /** The next one last; of those that are due at one time, the one asked for first. @type {{at: number, act: (() => void) | null}[]} */
  #due = [];

  constructor(start = Date.now()) {
    this.#now = start;
  }

  now() {
    return this.#now;
  }

  /** @param {number} ms @param {() => void} act */
  after(ms, act) {
    /** @type {{at: number, act: (() => void) | null}} */
    const entry = { at: this.#now + ms, act };
    this.#due.splice(this.#place_of(entry.at), 0, entry);
    return () => {
      entry.act = null;
    };
  }

  /** Behind all that are due later. @param {number} at */
  #place_of(at) {
    let [low, high] = [0, this.#due.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {{at: number}} */ (this.#due[middle]).at > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {number} ms @returns {Promise<void>} */
  sleep(ms) {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Moves on, and lets everything happen that is due meanwhile, each at its own time. @param {number} [ms] */
  async advance(ms = 0) {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#due.at(-1); next !== undefined && next.at <= end; next = this.#due.at(-1)) {
      this.#due.pop();
      if (next.act === null) continue;
      this.#now = Math.max(this.#now, next.at);
      next.act();
      await settled();
    }
    this.#now = end;
  }
}
