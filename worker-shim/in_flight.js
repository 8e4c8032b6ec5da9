// How many requests are under way. The platform may end a request of a client that left without running another line of
// it, so nobody can be relied on to take himself off the list: every entry ends by itself, at the time by which its
// request must have been answered.

export class InFlight {
  /** When each one ends by itself, in milliseconds since the epoch. @type {Map<number, number>} */
  #ends = new Map();
  #next = 0;

  /**
   * @param {number} end by when it is over, however it goes
   * @returns {number} what to give to `leave`
   */
  enter(end) {
    this.#next += 1;
    this.#ends.set(this.#next, end);
    return this.#next;
  }

  /** @param {number} entry */
  leave(entry) {
    this.#ends.delete(entry);
  }

  /**
   * Forgets from the front only: entries come in the order of their ends, but where timeouts differ, and then an old one
   * is forgotten a little later.
   * @param {number} now
   */
  count(now) {
    for (const [entry, end] of this.#ends) {
      if (end > now) break;
      this.#ends.delete(entry);
    }
    return this.#ends.size;
  }
}
