// Client tokens of RunTask, per cluster: the same one with the same parameters gets the first answer's tasks again, also when
// they are dead by now. A token is forgotten 24 hours after its use or an hour after its tasks have ended, whichever is sooner
// (developer guide, "Ensuring idempotency"; the second half from memory).
import { isDeepStrictEqual } from 'node:util';

import { AwsError } from './errors.mjs';

/** @typedef {import('./task.mjs').Task} Task */
/** @typedef {{parameters: object, tasks: Task[], at: number}} Remembered */

const kept_ms = 24 * 3_600_000;
const kept_after_end_ms = 3_600_000;

export class Tokens {
  #clock;
  /** @type {Map<string, Remembered>} */
  #remembered = new Map();

  /** @param {import('./clock.mjs').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** The tasks that this call has started before. @param {string} cluster @param {import('./types.d.ts').Parameters} parameters
   * @returns {Task[] | undefined} */
  find(cluster, parameters) {
    const key = `${cluster}/${parameters.clientToken}`;
    const found = this.#remembered.get(key);
    if (found === undefined || this.#forgotten(found)) return undefined;
    if (isDeepStrictEqual(found.parameters, parameters)) return found.tasks;
    const conflict = new AwsError(400, 'ConflictException', 'The clientToken was used with other parameters.');
    conflict.more = { resourceIds: found.tasks.map((task) => task.arn) };
    throw conflict;
  }

  /** @param {string} cluster @param {import('./types.d.ts').Parameters} parameters @param {Task[]} tasks */
  remember(cluster, parameters, tasks) {
    this.#remembered.set(`${cluster}/${parameters.clientToken}`, { parameters, tasks, at: this.#clock.now() });
  }

  /** @param {Remembered} of */
  #forgotten({ tasks, at }) {
    const now = this.#clock.now();
    const ended = tasks.every((task) => task.stopped_at !== undefined && task.stopped_at + kept_after_end_ms <= now);
    return at + kept_ms <= now || ended;
  }
}
