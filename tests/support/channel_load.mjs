// Callers that ask without a pause while something happens to the path: none of them may see it.
import assert from 'node:assert/strict';
import { until } from '../../demo/parts/child.mjs';

const CALLERS = 6;
/** What callers send in turn: no body, small ones, one beyond what a probe may carry, and one that streams.
 * @type {[method: string, size: number, where: string][]} */
const KINDS = [
  ['GET', 0, '/x'],
  ['POST', 200, '/x'],
  ['GET', 0, '/x'],
  ['POST', 16 << 10, '/x'],
  ['POST', 1 << 20, '/x'],
  ['POST', 20 << 10, '/stream/x'],
];

/** A load that goes on until `finish`. @param {import('./channel_path.mjs').Path} path */
export function start_load(path) {
  const statuses = /** @type {number[]} */ ([]);
  const from = { worker: path.workers.map((_, i) => i) };
  const flights = path.workers.map(() => 0);
  let sent = 0;
  let over = false;
  let go_on = Promise.resolve();
  const seen_before = path.app.seen.length;
  async function call() {
    while (!over) {
      await go_on;
      const number = sent++;
      const worker = from.worker[number % from.worker.length];
      const [method, size, where] = KINDS[number % KINDS.length];
      flights[worker] = (flights[worker] ?? 0) + 1;
      const { status } = await path.ask({ method, ...(size > 0 && { body: Buffer.alloc(size, 'b') }) }, `${where}?n=${number}`, worker);
      flights[worker] -= 1;
      statuses.push(status);
    }
  }
  const callers = Promise.all(Array.from({ length: CALLERS }, call));
  /** What breaks a caller breaks the test, but not before somebody looks. */
  callers.catch(() => {});
  return {
    /** Until that many more were answered. @param {number} count */
    async more(count) {
      const enough = statuses.length + count;
      await this.reach('callers are answered', () => statuses.length >= enough);
    },
    /** Until that is so. @param {string} what @param {() => boolean | Promise<boolean>} is_so */
    async reach(what, is_so) {
      await Promise.race([until(what, is_so), callers]);
    },
    /** From now on callers use this Worker alone; the others have answered all. @param {number} worker */
    async move_to(worker) {
      from.worker = [worker];
      await until('the other Workers are idle', () => flights.every((count, i) => i === worker || count === 0));
    },
    /** Does something while nobody asks, such as moving a clock, which must not happen to a request. @param {() => Promise<void>} what */
    async between(what) {
      const { promise, resolve } = Promise.withResolvers();
      go_on = promise;
      await until('no request is under way', () => flights.every((count) => count === 0));
      await what();
      resolve(undefined);
    },
    /** Nobody was refused, and the app got each request once. */
    async finish() {
      over = true;
      await callers;
      assert.deepEqual(new Set(statuses), new Set([200]));
      const numbers = path.app.seen.slice(seen_before).map(({ target }) => Number(new URL(target, 'http://app').searchParams.get('n')));
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        Array.from({ length: sent }, (_, i) => i),
      );
    },
  };
}
