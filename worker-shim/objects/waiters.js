// Those who wait for something of an object, in memory only: after a restart of the object they ask again.

/** @template T */
export class Waiters {
  /** @type {Map<string, Set<(answer: T) => void>>} */
  #waiting = new Map();

  /**
   * Until it is released, or for so long.
   * @param {string} what
   * @param {number} milliseconds
   * @param {() => T} late the answer when the time is over
   * @returns {Promise<T>}
   */
  wait(what, milliseconds, late) {
    const waiting = this.#waiting.get(what) ?? new Set();
    this.#waiting.set(what, waiting);
    return new Promise((resolve) => {
      const finish = (/** @type {T} */ answer) => {
        clearTimeout(timer);
        waiting.delete(finish);
        if (waiting.size === 0) this.#waiting.delete(what);
        resolve(answer);
      };
      const timer = setTimeout(() => finish(late()), milliseconds);
      waiting.add(finish);
    });
  }

  /** @param {string} what @param {T} answer */
  release(what, answer) {
    for (const finish of [...(this.#waiting.get(what) ?? [])]) finish(answer);
  }

  /** @param {string} what */
  count(what) {
    return this.#waiting.get(what)?.size ?? 0;
  }
}
