// What was true when. The API of ECS is eventually consistent: a read may tell what was so a while ago, a later one something
// older still (API reference, RunTask).

const kept_changes = 64;

/** What something was like, from its beginning to now. @template T */
export class Timeline {
  /** @type {{at: number, fact: T}[]} oldest first */
  #changes = [];
  #clock;

  /** @param {import('./clock.mjs').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** From now on it is like this. @param {T} fact */
  tell(fact) {
    this.#changes.push({ at: this.#clock.now(), fact });
    if (this.#changes.length > kept_changes) this.#changes.shift();
  }

  /** What it was like then; nothing before it began. @param {number} [time] @returns {T | undefined} */
  at(time = Infinity) {
    return this.#changes.findLast(({ at }) => at <= time)?.fact;
  }
}

/** How far behind reads are. */
export class Lateness {
  #reads = 0;
  #clock;
  #settings;

  /** @param {import('./clock.mjs').Clock} clock @param {{current: import('./settings.mjs').Settings}} settings */
  constructor(clock, settings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** The time whose truth the next read tells. */
  next_read() {
    const late = [this.#settings.current.facts_late_ms].flat();
    const ms = late[this.#reads % late.length] ?? 0;
    this.#reads += 1;
    return ms === 0 ? Infinity : this.#clock.now() - ms;
  }
}
