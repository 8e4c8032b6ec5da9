// When an object looks at its tasks again, and how long it waits before it tries again: AWS takes 20 DescribeTasks a second
// for the whole account, so what has not changed for long is asked after ever less often.
import { random } from '../host/random.js';

/** @typedef {import('./run.js').Run} Run */

export const LOOK_FIRST_MS = 1_000;
const LOOK_MOST_MS = 15_000;
const PAUSE_FIRST_MS = 1_000,
  PAUSE_MOST_MS = 60_000;

/**
 * A quarter of the time since the newest change, and no more than one call a second.
 * @param {Run[]} runs
 * @param {number} calls that a look takes
 * @param {number} now
 */
export function until_next_look(runs, calls, now) {
  const since_change = Math.min(...runs.map((run) => now - Math.max(run.created, run.started, run.stop?.at ?? 0)));
  return jittered(Math.max(Math.min(since_change / 4, LOOK_MOST_MS), calls * LOOK_FIRST_MS));
}

/** Growing, and drawn so that those refused together do not come back together. @param {number} tries */
export const pause = (tries) => jittered(Math.min(PAUSE_FIRST_MS * 2 ** Math.max(tries - 1, 0), PAUSE_MOST_MS));

/** 0.75 to 1.25 of it. @param {number} milliseconds */
function jittered(milliseconds) {
  return Math.round(milliseconds * (0.75 + random() / 2));
}

/**
 * What it resolves to, or nothing after a while.
 * @template T
 * @param {Promise<T> | undefined} promise
 * @param {number} milliseconds
 */
export async function within(promise, milliseconds) {
  let timer;
  const late = new Promise((/** @type {(value: undefined) => void} */ resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
