// How many requests are under way. The platform may end a request of a client that left without running another line of
// it, so nobody can be relied on to take himself off the list: every entry ends by itself, at the time by which its
// request must have been answered.
//
// One caller does not fill what others need: once half of the places are taken, nobody has more than a tenth of them.

export class InFlight {
  /** When each one ends by itself, in milliseconds since the epoch, and whose it is. @type {Map<number, {end: number, caller: string}>} */
  #entries = new Map();
  /** @type {Map<string, number>} */
  #of_callers = new Map();
  #next = 0;

  /**
   * @param {number} end by when it is over, however it goes
   * @param {string} [caller] nothing: of nobody in particular
   * @returns {number} what to give to `leave`
   */
  enter(end, caller = '') {
    this.#next += 1;
    this.#entries.set(this.#next, { end, caller });
    if (caller !== '') this.#of_callers.set(caller, this.#of(caller) + 1);
    return this.#next;
  }

  /** @param {number} entry */
  leave(entry) {
    const { caller } = this.#entries.get(entry) ?? {};
    this.#entries.delete(entry);
    if (!caller) return;
    const left = this.#of(caller) - 1;
    if (left > 0) this.#of_callers.set(caller, left);
    else this.#of_callers.delete(caller);
  }

  /**
   * Forgets from the front only: entries come in the order of their ends, but where timeouts differ, and then an old one
   * is forgotten a little later.
   * @param {number} now
   */
  count(now) {
    for (const [entry, { end }] of this.#entries) {
      if (end > now) break;
      this.leave(entry);
    }
    return this.#entries.size;
  }

  /**
   * Whether there is no place for another one of this caller.
   * @param {number} now
   * @param {number} places for all of them
   * @param {string} [caller]
   */
  is_full(now, places, caller = '') {
    const taken = this.count(now);
    return taken >= places || (taken >= places / 2 && this.#of(caller) >= places / 10);
  }

  /** @param {string} caller */
  #of(caller) {
    return this.#of_callers.get(caller) ?? 0;
  }
}
