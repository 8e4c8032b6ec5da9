// What JavaScript holds for the core, by numbers that cross the border.

/** A table of values under small numbers that are used again. @template T */
export class Table {
  /** @type {(T | undefined)[]} */
  #rows = [];
  /** @type {number[]} */
  #free = [];

  /** @param {T} value */
  add(value) {
    const number = this.#free.pop() ?? this.#rows.length;
    this.#rows[number] = value;
    return number;
  }

  /** @param {number} number */
  get(number) {
    return this.#rows[number];
  }

  /** @param {number} number */
  remove(number) {
    const value = this.#rows[number];
    if (value === undefined) return undefined;
    this.#rows[number] = undefined;
    this.#free.push(number);
    return value;
  }
}
