// Those who wait for the end of a run, in memory only: after a restart of the object they ask again.

export class Waiters {
  /** @type {Map<string, Set<() => void>>} */
  #waiting = new Map();

  /**
   * Until the run is over, or for so long.
   * @param {string} id
   * @param {number} milliseconds
   * @returns {Promise<void>}
   */
  wait(id, milliseconds) {
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        waiting.delete(finish);
        if (waiting.size === 0) this.#waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      waiting.add(finish);
    });
  }

  /** The run is over. @param {string} id */
  release(id) {
    for (const finish of [...(this.#waiting.get(id) ?? [])]) finish();
  }
}
