// One look of the coordinator at its service: the calls, and what they say as an event of the state machine
// (shared/wake/wake.hpp, `looked`).

/**
 * @typedef {(action: string, parameters: Record<string, unknown>) => Promise<any>} Call
 * @typedef {{kind: 'refused', error: import('../aws/exchange.js').AwsRefusal}} CallRefused
 * @typedef {{kind: 'looked', service?: object, tasks: object[]} | CallRefused} LookEvent
 * @typedef {{refused?: import('../aws/exchange.js').AwsRefusal, found: any[]}} Found
 */

/** What DescribeTasks takes at once. */
const TASKS_A_CALL = 100;
const MOST_PAGES = 10;

/**
 * The service and all its tasks. When none is on its way up although some should be, the stopped ones tell why.
 * @param {Call} call
 * @param {string} name of the ECS service
 * @param {boolean} watching a start is under way and its update was sent
 * @returns {Promise<LookEvent>}
 */
export async function look_at_service(call, name, watching) {
  const service = await call('DescribeServices', { service: name });
  if (service.refused !== undefined) return refused(service);
  // Nothing is wanted and nothing runs: calls are what an account has too few of.
  if (!watching && service.desired === 0 && service.running === 0) return { kind: 'looked', service, tasks: [] };
  const running = await list_tasks(call, 'ListTasks', name);
  if (running.refused !== undefined) return refused(running);
  if (!watching || running.found.length > 0) return look_at_tasks(call, running.found, service);
  const stopped = await list_tasks(call, 'ListStoppedTasks', name);
  return stopped.refused === undefined ? look_at_tasks(call, stopped.found, service) : refused(stopped);
}

/**
 * @param {Call} call
 * @param {string[]} arns
 * @param {object} [service]
 * @returns {Promise<LookEvent>}
 */
export async function look_at_tasks(call, arns, service) {
  const tasks = [];
  for (let at = 0; at < arns.length; at += TASKS_A_CALL) {
    const answer = await call('DescribeTasks', { tasks: arns.slice(at, at + TASKS_A_CALL) });
    if (answer.refused !== undefined) return refused(answer);
    // Tasks that are in `failures` are gone; the state machine notes their absence.
    tasks.push(...answer.tasks);
  }
  return { kind: 'looked', ...(service && { service }), tasks };
}

/**
 * @param {{refused?: import('../aws/exchange.js').AwsRefusal}} answer with a refusal
 * @returns {CallRefused}
 */
export function refused(answer) {
  return { kind: 'refused', error: /** @type {import('../aws/exchange.js').AwsRefusal} */ (answer.refused) };
}

/**
 * @param {Call} call
 * @param {string} action
 * @param {string} service
 * @returns {Promise<Found>}
 */
async function list_tasks(call, action, service) {
  const found = [];
  let next = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(action, { service, next_token: next });
    if (answer.refused !== undefined) return { refused: answer.refused, found };
    found.push(...answer.task_arns);
    next = answer.next_token;
    // Of the stopped ones the first page says enough.
    if (next === '' || action === 'ListStoppedTasks') break;
  }
  return { found };
}
