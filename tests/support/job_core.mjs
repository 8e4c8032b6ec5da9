// The core's operations of jobs (shared/operations/operation.def), asked as the object of a job asks them.

// By its address: its types are Node's, and who asks here is checked with the platform's.
const { load_probe } = await import(new URL('./wasm_probe.mjs', import.meta.url).href);
/** @type {(line: Uint8Array) => Uint8Array} */
const respond = await load_probe();

/** @param {string} op @param {object} input @returns {any} */
export function operate(op, input) {
  const line = new TextEncoder().encode(JSON.stringify({ id: 0, op: 'aws', in: { op, in: input } }));
  return JSON.parse(new TextDecoder().decode(respond(line))).out;
}

/** One event of one run. @param {string} state @param {object} event @param {number} now */
export const step = (state, event, now) => operate('job_step', { state, event, now, jitter: 500 });

/** What a look makes of one run. @param {string} state @param {{tasks?: object[], missing?: string[]}} answer @param {number} now @returns {string} */
export function look(state, { tasks = [], missing = [] }, now) {
  const failures = missing.map((arn) => ({ arn, why: 'MISSING', detail: '' }));
  const { steps } = operate('job_looked', { states: [state], answer: { tasks, failures }, now, jitter: 500 });
  return steps[0]?.state ?? state;
}
