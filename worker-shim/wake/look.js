// One look of the coordinator at its service: the calls, and what they say as an event of the state machine
// (shared/wake/wake.hpp, `looked`).

/**
 * @typedef {import('../core/operations.d.ts').AwsRefusal} AwsRefusal
 * @typedef {import('../core/operations.d.ts').EcsCall} Call
 * @typedef {import('../core/operations.d.ts').WakeEvent} WakeEvent
 * @typedef {Extract<WakeEvent, {kind: 'refused' | 'looked'}>} LookEvent
 * @typedef {{refused?: AwsRefusal, found: string[]}} Found
 */

/** What DescribeTasks takes at once. */
const TASKS_A_CALL = 100;
const MOST_PAGES = 10;

/**
 * The service and all its tasks. When none is on its way up although some should be, the stopped ones tell why.
 * @param {Call} call
 * @param {string} name of the ECS service
 * @param {boolean} watching a start is under way and its update was sent
 * @param {string[]} [also] tasks to be described although ECS lists them no more
 * @returns {Promise<LookEvent>}
 */
export async function look_at_service(call, name, watching, also = []) {
  const service = await call('DescribeServices', { service: name });
  if (service.refused !== undefined) return refused(service.refused);
  // Nothing is wanted and nothing runs: calls are what an account has too few of.
  if (!watching && service.desired === 0 && service.running === 0) return { kind: 'looked', service, tasks: [] };
  const running = await list_tasks(call, 'ListTasks', name);
  if (running.refused !== undefined) return refused(running.refused);
  if (!watching || running.found.length > 0) return look_at_tasks(call, both(running.found, also), service);
  const stopped = await list_tasks(call, 'ListStoppedTasks', name);
  return stopped.refused === undefined ? look_at_tasks(call, both(stopped.found, also), service) : refused(stopped.refused);
}

/**
 * @param {Call} call
 * @param {string[]} arns
 * @param {import('../core/operations.d.ts').EcsServiceSeen} [service]
 * @returns {Promise<LookEvent>}
 */
export async function look_at_tasks(call, arns, service) {
  const tasks = [];
  for (let at = 0; at < arns.length; at += TASKS_A_CALL) {
    const answer = await call('DescribeTasks', { tasks: arns.slice(at, at + TASKS_A_CALL) });
    if (answer.refused !== undefined) return refused(answer.refused);
    // Tasks that are in `failures` are gone; the state machine notes their absence.
    tasks.push(...answer.tasks);
  }
  return { kind: 'looked', ...(service && { service }), tasks };
}

/** @param {string[]} found @param {string[]} also */
function both(found, also) {
  return [...new Set([...found, ...also])];
}

/**
 * @param {AwsRefusal} error
 * @returns {Extract<WakeEvent, {kind: 'refused'}>}
 */
export function refused(error) {
  return { kind: 'refused', error };
}

/**
 * @param {Call} call
 * @param {'ListTasks' | 'ListStoppedTasks'} action
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
