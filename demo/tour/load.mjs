// Callers that ask without a pause, while something happens to the system.
import { Agent, request } from 'node:http';

const callers_at_once = 4;
/** A caller that has no answer by then has none. */
const patience_ms = 30_000;

/** Calls from four callers at a time, each call over a connection of its own, so that it meets the newest Worker.
 * @param {string} url @param {string} token */
export function start_load(url, token) {
  const agent = new Agent({ keepAlive: false });
  /** @type {string[]} */
  const failed = [];
  /** Calls that are over, caller by caller. */
  const over = Array(callers_at_once).fill(0);
  let running = true;
  const callers = over.map(async (_, caller) => {
    while (running) {
      const problem = await get_status(url, token, agent);
      ++over[caller];
      if (problem !== '200') failed.push(problem);
    }
  });
  return {
    /** Waits until every call that is under way now is over. */
    turned_over: async () => {
      const before = [...over];
      while (over.some((count, caller) => count === before[caller])) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    stop: async () => {
      running = false;
      await Promise.all(callers);
    },
    counts: () => ({ sent: over.reduce((sum, count) => sum + count, 0), failed }),
  };
}

/** @param {string} url @param {string} token @param {Agent} agent @returns {Promise<string>} */
const get_status = (url, token, agent) =>
  new Promise((resolve) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(patience_ms) }, (answer) => {
      let text = '';
      answer.on('data', (piece) => {
        text += piece;
      });
      answer.on('error', (problem) => resolve(problem.message));
      answer.on('end', () => resolve(answer.statusCode === 200 ? '200' : `${answer.statusCode} ${text}`));
    })
      .on('error', (problem) => resolve(problem.message))
      .end();
  });
