// Calls of the Worker's Durable Objects, as the gate makes them, by a Worker beside it.
import { deployed_options, edge_name, root } from '../../demo/parts/worker.mjs';

const caller_name = 'object-caller';

/** For `beside` of start_worker: what call_object needs. */
export function object_caller() {
  const { compatibilityDate, durableObjects } = deployed_options('wrangler.toml');
  return {
    name: caller_name,
    modules: [{ type: 'ESModule', path: `${root}tests/support/object_caller.mjs` }],
    compatibilityDate,
    durableObjects: Object.fromEntries(Object.entries(durableObjects).map(([name, of]) => [name, { ...of, scriptName: edge_name }])),
  };
}

/** Calls a method of a Durable Object of a Worker that was started with object_caller; throws what it threw.
 * @param {import('../../demo/parts/worker.mjs').RunningWorker} worker @param {string} binding @param {string} name of the object
 * @param {string} method @param {unknown[]} args @returns {Promise<any>} */
export async function call_object(worker, binding, name, method, ...args) {
  const caller = await worker.miniflare.getWorker(caller_name);
  const response = await caller.fetch('http://objects/', { method: 'POST', body: JSON.stringify({ binding, name, method, args }) });
  const { answer, error } = /** @type {any} */ (await response.json());
  if (error !== undefined) throw new Error(error);
  return answer;
}
