// The three calls of ECS that runs need, and what their answers mean for a run.
//
// A RunTask is answered in one of four ways: a task; a refusal for good; not now; or not known, when the answer was lost or
// cannot be read and a task may have been started. The last two are tried again with the same client token, for which ECS
// gives the same task.
import { pause } from './pace.js';

/**
 * @typedef {import('../aws/aws.js').Aws} Aws
 * @typedef {import('../aws/exchange.js').AwsRefusal} AwsRefusal
 * @typedef {import('./run.js').Run} Run
 * @typedef {import('./run.js').Task} Task
 * @typedef {import('../core/wire.js').Caller} Caller
 * @typedef {{reason: string, words: string}} Refused a reason of shared/core/reason.def, and AWS's words for operators
 * @typedef {{task: Task} | {refused: Refused, unclear: boolean} | {again: Refused, unclear: boolean}} StartAnswer
 *   `unclear`: a task may have been started all the same
 * @typedef {{tasks: Task[], missing: string[]} | {refused: Refused}} LookAnswer
 */

/** Of DescribeTasks. */
const MOST_TASKS = 100;
/** While a caller waits; after that, at the pace of the object. */
const START_TRIES = 3;
const FEW = { retries: 2 };
const ONCE = { retries: 0 };
/** What a refusal leaves no doubt about: no task was started, and none will be. */
const FOR_GOOD = new Set(['access_denied', 'token_refused', 'not_found', 'conflict', 'capacity', 'invalid_request']);
/** ECS refused before it looked at what was asked for. */
const UNSEEN = new Set(['throttled', 'credentials_expired']);

/**
 * @param {Aws} aws
 * @param {Run} run
 * @returns {Promise<StartAnswer>}
 */
export async function start_task(aws, run) {
  const by = who(run, run.caller, to_run(run));
  // Apart from the call, because without credentials there is no doubt that nothing was started.
  const held = await aws.credentials(by);
  if (held.refused !== undefined) return not_started(held.refused.kind_name, refused_by(held.refused), false);
  let unclear = false;
  for (let tried = 1; ; tried += 1) {
    const answer = await run_task(aws, run, by);
    if ('task' in answer) return answer;
    unclear ||= answer.unclear;
    if ('refused' in answer || tried === START_TRIES) return { ...answer, unclear };
    await new Promise((resolve) => setTimeout(resolve, pause(tried) / 5));
  }
}

/**
 * @param {Aws} aws
 * @param {Run} run
 * @param {import('../aws/aws.js').Who} by
 * @returns {Promise<StartAnswer>}
 */
async function run_task(aws, run, by) {
  const { task_definition, container, subnets, security_groups, assign_public_ip } = run.place;
  const answer = await aws.call(
    'RunTask',
    {
      task_definition,
      container,
      environment: run.environment ?? [],
      client_token: run.client_token,
      started_by: started_by(run.request_id),
      subnets,
      security_groups,
      assign_public_ip,
    },
    by,
    ONCE,
  );
  if (answer.refused !== undefined)
    return not_started(answer.refused.kind_name, refused_by(answer.refused), !UNSEEN.has(answer.refused.kind_name));
  const [task] = answer.tasks;
  if (task !== undefined) return { task };
  const [failure] = answer.failures;
  if (failure === undefined)
    return not_started('', { reason: 'aws_response_invalid', words: 'RunTask gave neither task nor failure' }, true);
  return not_started(failure.kind_name, { reason: failure.reason, words: `${failure.why} ${failure.arn} ${failure.detail}`.trim() }, false);
}

/**
 * @param {string} kind error_kind of shared/aws/call.hpp
 * @param {Refused} refused
 * @param {boolean} unclear
 * @returns {StartAnswer}
 */
function not_started(kind, refused, unclear) {
  return FOR_GOOD.has(kind) ? { refused, unclear: false } : { again: refused, unclear };
}

/**
 * @param {Aws} aws
 * @param {Run[]} runs at most 100, all in one cluster
 * @returns {Promise<LookAnswer>}
 */
export async function look_at_tasks(aws, runs) {
  const [first] = /** @type {[Run]} */ (runs);
  const answer = await aws.call(
    'DescribeTasks',
    { tasks: runs.map((run) => run.task_arn) },
    who(first, ourselves(first.job), { watch: 'tasks', cluster: first.place.cluster }),
    ONCE,
  );
  if (answer.refused !== undefined) return { refused: refused_by(answer.refused) };
  const missing = answer.failures.filter((/** @type {{why: string}} */ { why }) => why === 'MISSING');
  return { tasks: answer.tasks, missing: missing.map((/** @type {{arn: string}} */ { arn }) => arn) };
}

/**
 * @param {Aws} aws
 * @param {Run} run
 * @returns {Promise<{refused: Refused, for_good: boolean} | undefined>} nothing: ECS stops it
 */
export async function stop_task(aws, run) {
  const stop = /** @type {NonNullable<Run['stop']>} */ (run.stop);
  const why = stop.why === 'timeout' ? 'over the timeout of its job' : 'stopped by its caller';
  const by = stop.why === 'timeout' ? ourselves(run.job) : stop.caller;
  const answer = await aws.call(
    'StopTask',
    { task: run.task_arn, why: `sallyport: ${why}` },
    who(run, by, { stop: run.task_arn, cluster: run.place.cluster }),
    FEW,
  );
  if (answer.refused === undefined) return undefined;
  return {
    refused: refused_by(answer.refused),
    for_good: answer.refused.kind_name === 'access_denied' || answer.refused.kind_name === 'token_refused',
  };
}

/**
 * Runs whose tasks can be described in one call: the same cluster and role, as many as DescribeTasks takes.
 * @param {Run[]} runs
 */
export function batched(runs) {
  /** @type {Map<string, Run[]>} */
  const by_cluster = new Map();
  for (const run of runs) {
    const { region, cluster, role } = run.place;
    const key = JSON.stringify([region, cluster, role]);
    by_cluster.set(key, [...(by_cluster.get(key) ?? []), run]);
  }
  return [...by_cluster.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MOST_TASKS) }, (_, i) => group.slice(i * MOST_TASKS, (i + 1) * MOST_TASKS)),
  );
}

/**
 * @param {Run} run
 * @param {Caller} caller in whose name AWS is called
 * @param {import('../aws/aws.js').Purpose} purpose one call of ECS: running, looking and stopping have sessions of their own
 * @returns {import('../aws/aws.js').Who}
 */
function who({ job, place: { region, role } }, caller, purpose) {
  return { region, role, target: job, purpose, caller: { ...caller, route: caller.route ?? '' } };
}

/** @param {Run} run @returns {import('../aws/aws.js').Purpose} */
function to_run({ place: { cluster, task_definition, passed_roles } }) {
  return { task_definition, cluster, passed_roles };
}

/** Looks and timeouts are nobody's wish but the policy's. @param {string} job @returns {Caller} */
function ourselves(job) {
  return { key: 'sallyport', issuer: 'sallyport', subject: `sallyport:${job}`, kind: 'service' };
}

/** @param {AwsRefusal} refusal @returns {Refused} */
function refused_by({ code, message, request_id, http_status, reason }) {
  return { reason, words: `${code} (${http_status}, request ${request_id || 'unknown'}): ${message}` };
}

/** At most 128 characters of [a-zA-Z0-9_-/]. @param {string} request_id */
const started_by = (request_id) => request_id.replaceAll(/[^\w/-]/g, '-').slice(0, 128);
