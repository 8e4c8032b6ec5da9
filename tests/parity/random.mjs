// Seeded randomness: the same seed gives the same exchanges on every machine.

export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Below `bound`. mulberry32: 32 bits of state are plenty for test data. @param {number} bound */
  below(bound) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  /** True once in `times`. @param {number} times */
  once_in(times) {
    return this.below(times) === 0;
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  one_of(list) {
    return list[this.below(list.length)];
  }

  /** @param {number} size */
  bytes(size) {
    return Buffer.from(Array.from({ length: size }, () => this.below(256)));
  }
}
