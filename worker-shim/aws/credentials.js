// Temporary credentials in the memory of the isolate: per role, region, purpose, caller and route, from one AssumeRole however
// many ask at once, until shortly before they expire. They are nowhere else: not in storage, not in a log.

/**
 * @typedef {import('../core/operations.d.ts').Session & {refused?: undefined, error?: undefined}} Held
 * @typedef {import('../core/operations.d.ts').Answered<import('../core/operations.d.ts').Session>} Asked
 */

const REFRESH_BEFORE_MS = 300_000;
const MOST_ENTRIES = 256;
/** How long another request's call is waited for: it ends with that request, and then nobody would ever be told. */
const JOIN_MS = 15_000;

export class CredentialsCache {
  /** @type {Map<string, {held: Held, until: number}>} */
  #entries = new Map();
  /** @type {Map<string, Promise<Asked>>} */
  #flights = new Map();

  /**
   * @param {string} key
   * @param {() => Promise<Asked>} ask
   * @returns {Promise<Asked>}
   */
  async get(key, ask) {
    const entry = this.#entries.get(key);
    if (entry !== undefined && Date.now() < entry.until) return entry.held;
    const joined = this.#flights.get(key);
    return (joined && (await within(joined, JOIN_MS))) ?? this.#fetch(key, ask);
  }

  /**
   * These have been refused: the next one to ask gets others.
   * @param {string} key
   * @param {Held} held
   */
  drop(key, held) {
    if (this.#entries.get(key)?.held === held) this.#entries.delete(key);
  }

  /**
   * @param {string} key
   * @param {() => Promise<Asked>} ask
   */
  async #fetch(key, ask) {
    const flight = ask();
    this.#flights.set(key, flight);
    try {
      const asked = await flight;
      if (asked.refused === undefined) this.#keep(key, asked);
      return asked;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  /**
   * @param {string} key
   * @param {Held} held
   */
  #keep(key, held) {
    const now = Date.now();
    for (const [each, { until }] of this.#entries) if (until <= now) this.#entries.delete(each);
    // A map keeps its order: the first is the oldest.
    for (const each of this.#entries.keys()) {
      if (this.#entries.size < MOST_ENTRIES) break;
      this.#entries.delete(each);
    }
    const expires = held.expires * 1000;
    // Credentials of a short life would otherwise never be held at all.
    this.#entries.set(key, { held, until: expires - Math.min(REFRESH_BEFORE_MS, (expires - now) / 2) });
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @returns {Promise<T | undefined>} nothing: not in time
 */
export async function within(promise, milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<undefined>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}
