// One run of a job, as a value: how it begins, what a task that ECS describes makes of it, and what callers may see.
//
// States
//   pending    accepted; the task is being asked for, or waits for its machine and image
//   running    the task's containers run
//   succeeded  the job's container ended with exit code 0
//   failed     it ended otherwise, or never came to run; `reason` says which
//   stopped    somebody stopped it before it ended: its caller, or an operator in AWS
//   timed_out  it ran longer than the job's timeout and was stopped
// The last four are final. AWS's own words (stopped reason, messages) are for operators' logs: they name images, hosts and
// accounts. Callers get the exit code and one of REASONS.
import { random_name } from '../host/random.js';

/**
 * @typedef {'pending' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'timed_out'} RunState
 * @typedef {'' | 'exit_code' | 'out_of_memory' | 'no_exit_code' | 'start_failed' | 'start_refused' | 'interrupted' | 'stopped_by_caller'
 *   | 'stopped_by_operator' | 'timeout' | 'lost'} RunReason
 * @typedef {import('../core/wire.js').Caller} Caller
 * @typedef {Omit<import('../core/core.js').CatalogJob, 'name'>} Place where and how the job's tasks run
 * @typedef {object} Run
 * @property {string} id 128 bits, base64url
 * @property {string} job
 * @property {Caller} caller
 * @property {string} request_id of the request that asked for it; ECS has it as startedBy
 * @property {string} client_token
 * @property {string} input_digest
 * @property {[string, string][] | null} environment until the task is there; then nobody needs it any more
 * @property {Place} place as it was when the run was accepted: a try that is repeated says the same to ECS
 * @property {RunState} state
 * @property {RunReason} reason
 * @property {number | null} exit_code
 * @property {number} created all times in milliseconds; 0: not yet
 * @property {number} started
 * @property {number} ended
 * @property {string} task_arn empty: not known yet
 * @property {number} deadline when the task is stopped
 * @property {boolean} told somebody was given its id
 * @property {{at: number, tries: number, sending: boolean, unclear: boolean}} start `at`: when to try again; `unclear`: a task may
 *   have been started by a try whose answer never came
 * @property {{why: 'caller' | 'timeout', caller: Caller, at: number, tries: number, sent: boolean} | null} stop
 * @property {number} missing how often in a row ECS did not know the task
 *
 * @typedef {{name: string, exit_code?: number, why: string}} TaskContainer
 * @typedef {{arn: string, status: number, started_at: number, stopped_at: number, stop_code: string, stopped_why: string,
 *   containers: TaskContainer[]}} Task what the op `read` makes of a task
 * @typedef {{state: RunState, reason: RunReason, exit_code: number | null}} Ending
 */

/** task_status of shared/aws/ecs.hpp. */
const RUNNING = 3,
  STOPPED = 6;
const FINAL = new Set(['succeeded', 'failed', 'stopped', 'timed_out']);
/** ECS may not know a task in the first moments after it was started, and drops it an hour after its end. */
const FIRST_MOMENTS_MS = 60_000;
const MISSES_BEFORE_LOST = 3;

/** @param {Run} run */
export const is_final = (run) => FINAL.has(run.state);

/**
 * @param {import('../core/wire.js').JobOrder} order to run
 * @param {Place} place
 * @param {number} now
 * @returns {Run}
 */
export function begin(order, place, now) {
  return {
    id: random_name(),
    job: order.job ?? '',
    caller: order.caller,
    request_id: order.request_id,
    client_token: order.client_token ?? '',
    input_digest: order.input_digest ?? '',
    environment: order.environment ?? [],
    place,
    state: 'pending',
    reason: '',
    exit_code: null,
    created: now,
    started: 0,
    ended: 0,
    task_arn: '',
    deadline: 0,
    told: false,
    start: { at: now, tries: 0, sending: false, unclear: false },
    stop: null,
    missing: 0,
  };
}

/**
 * The task is there. Its timeout counts from now, so that one that never comes to run is stopped, too.
 * @param {Run} run
 * @param {Task} task
 * @param {number} now
 */
export function task_started(run, task, now) {
  run.task_arn = task.arn;
  run.deadline = now + run.place.timeout_ms;
  run.environment = null;
  // Known to those who may see the run by issuer and subject; the rest was for the call to AWS.
  delete run.caller.email;
  observe(run, task, now);
}

/**
 * What ECS says of the task. Changes the run.
 * @param {Run} run
 * @param {Task} task
 * @param {number} now
 */
export function observe(run, task, now) {
  run.missing = 0;
  if (task.started_at > 0) run.started = task.started_at;
  if (task.status === STOPPED) {
    end(run, ending_of(run, task), task.stopped_at || now);
    return;
  }
  // A task on its way down may never have been up.
  if (task.status !== RUNNING && run.started === 0) return;
  run.state = 'running';
  run.started ||= now;
}

/**
 * ECS does not know the task. Changes the run.
 * @param {Run} run
 * @param {number} now
 */
export function observe_missing(run, now) {
  run.missing += 1;
  if (run.missing < MISSES_BEFORE_LOST || (run.started === 0 && now < run.created + FIRST_MOMENTS_MS)) return;
  end(run, run.stop === null ? { state: 'failed', reason: 'lost', exit_code: null } : stopped_by(run.stop.why), now);
}

/**
 * @param {Run} run
 * @param {Ending} ending
 * @param {number} at
 */
export function end(run, { state, reason, exit_code }, at) {
  Object.assign(run, { state, reason, exit_code, ended: Math.max(at, run.created), environment: null, stop: null });
  delete run.caller.email;
}

/**
 * @param {'caller' | 'timeout'} why
 * @returns {Ending}
 */
export function stopped_by(why) {
  return why === 'timeout'
    ? { state: 'timed_out', reason: 'timeout', exit_code: null }
    : { state: 'stopped', reason: 'stopped_by_caller', exit_code: null };
}

/**
 * stopCode is AWS's: why the task ended, the task's own end among the reasons.
 * @param {Run} run
 * @param {Task} task stopped
 * @returns {Ending}
 */
function ending_of({ place, stop }, task) {
  const container = task.containers.find(({ name }) => name === place.container);
  const exit_code = container?.exit_code ?? null;
  switch (task.stop_code) {
    case 'TaskFailedToStart':
      return { state: 'failed', reason: 'start_failed', exit_code };
    case 'SpotInterruption':
    case 'TerminationNotice':
      return { state: 'failed', reason: 'interrupted', exit_code };
    case 'UserInitiated':
      return { ...(stop === null ? { state: 'stopped', reason: 'stopped_by_operator' } : stopped_by(stop.why)), exit_code };
    default:
      return ended_alone(exit_code, container?.why ?? '');
  }
}

/**
 * @param {number | null} exit_code
 * @param {string} why
 * @returns {Ending}
 */
function ended_alone(exit_code, why) {
  if (exit_code === 0) return { state: 'succeeded', reason: '', exit_code };
  if (why.startsWith('OutOfMemory')) return { state: 'failed', reason: 'out_of_memory', exit_code };
  return { state: 'failed', reason: exit_code === null ? 'no_exit_code' : 'exit_code', exit_code };
}

/**
 * What callers see.
 * @param {Run} run
 */
export function view(run) {
  const { issuer, subject } = run.caller;
  return {
    id: `${run.job}~${run.id}`,
    job: run.job,
    state: run.state,
    ...(run.reason !== '' && { reason: run.reason }),
    ...(run.exit_code !== null && { exit_code: run.exit_code }),
    ...(run.stop !== null && { stopping: true }),
    created: rfc3339(run.created),
    ...(run.started > 0 && { started: rfc3339(run.started) }),
    ...(run.ended > 0 && { ended: rfc3339(run.ended) }),
    caller: { issuer, subject },
    request_id: run.request_id,
  };
}

/** @typedef {ReturnType<typeof view>} RunView */

/** @param {number} milliseconds */
const rfc3339 = (milliseconds) => new Date(milliseconds).toISOString();
