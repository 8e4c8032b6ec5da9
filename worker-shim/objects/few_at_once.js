// Work of which only so much is under way at a time; the rest waits for its turn, in order.

export class FewAtOnce {
  #most;
  #under_way = 0;
  /** @type {(() => Promise<void>)[]} */ #waiting = [];

  /** @param {number} most */
  constructor(most) {
    this.#most = most;
  }

  /** @param {() => Promise<void>} work that never throws */
  async run(work) {
    if (this.#under_way >= this.#most) return void this.#waiting.push(work);
    this.#under_way += 1;
    for (let next = /** @type {typeof work | undefined} */ (work); next !== undefined; next = this.#waiting.shift()) await next();
    this.#under_way -= 1;
  }
}
