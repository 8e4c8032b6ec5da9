// Jobs over HTTP: what the core decided about a run (shared/gate/edge/job_order.hpp) is asked of the object of its job
// (object.js), and what that says becomes an answer.
//
// * A run that is not over: 202 and Location to whoever started or stopped it, 200 to whoever looks; Retry-After.
// * A run that is over: 200.
// * Prefer: wait=N is told to have been kept (Preference-Applied) where the run was over in time.
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';
import { refusal_response } from '../pages/respond.js';

/**
 * @typedef {import('../core/core.js').Core} Core
 * @typedef {import('../core/wire.js').JobOrder} JobOrder
 * @typedef {import('./run.js').RunView} RunView
 * @typedef {import('./object.js').JobAnswer} JobAnswer
 * @typedef {DurableObjectNamespace<import('./object.js').Jobs>} JobsNamespace
 */

const JOBS_PATH = '/.sallyport/jobs';
/** Of a list, over all jobs. */
const MOST_LISTED = 100;
/** Objects asked at the same time for a list. */
const MOST_ASKED = 20;
/** An object that is moved or restarted fails those who are talking to it; asking again is safe for everything here. */
const MOST_TRIES = 3;
const FINAL = new Set(['succeeded', 'failed', 'stopped', 'timed_out']);
/** When it may be worth another try, in seconds. @type {Record<string, number>} */
const RETRY_AFTER = { aws_throttled: 5, aws_unavailable: 5, aws_capacity: 30 };

/**
 * @param {Request} request
 * @param {JobOrder} order
 * @param {{core: Core, jobs: JobsNamespace | undefined}} edge
 * @returns {Promise<Response>}
 */
export async function answer_job(request, order, { core, jobs }) {
  if (jobs === undefined) return refused(request, core, order, { reason: 'reach_unconfigured', detail: 'no Durable Object binding JOBS' });
  try {
    if (order.do === 'list') return respond(request, order, 200, await list(core, jobs, order), {});
    const answer = await ask(jobs, order.job ?? '', (object) => carry_out(core, object, order));
    return answer.refused === undefined ? run_response(request, order, answer.run) : refused(request, core, order, answer.refused);
  } catch (error) {
    return refused(request, core, order, {
      reason: 'aws_unavailable',
      detail: `the object of job ${order.job ?? ''} failed: ${describe(error)}`,
    });
  }
}

/**
 * @param {Core} core
 * @param {DurableObjectStub<import('./object.js').Jobs>} object
 * @param {JobOrder} order
 * @returns {Promise<JobAnswer>}
 */
async function carry_out(core, object, order) {
  if (order.do === 'run') {
    const { name, ...place } = /** @type {import('../core/core.js').CatalogJob} */ (
      core.catalog().jobs.find((each) => each.name === order.job)
    );
    return object.run(order, place);
  }
  const id = (order.id ?? '').slice((order.id ?? '').indexOf('~') + 1);
  const question = { id, caller: order.caller, may_inspect: order.may_inspect === true, wait_ms: order.wait_ms };
  return order.do === 'stop' ? object.stop(question) : object.get(question);
}

/**
 * The caller's own runs of all jobs, newest first.
 * @param {Core} core
 * @param {JobsNamespace} jobs
 * @param {JobOrder} order
 */
async function list(core, jobs, order) {
  const names = core.catalog().jobs.map(({ name }) => name);
  /** @type {RunView[]} */
  let runs = [];
  /** @type {string[]} */
  const unknown = [];
  for (let at = 0; at < names.length; at += MOST_ASKED) {
    const asked = names.slice(at, at + MOST_ASKED).map(async (name) => {
      try {
        runs.push(...(await ask(jobs, name, (object) => object.list({ caller_key: order.caller.key, most: MOST_LISTED + 1 }))));
      } catch (error) {
        fail('the runs of a job are not listed', { id: order.request_id, job: name, detail: describe(error) });
        unknown.push(name);
      }
    });
    await Promise.all(asked);
  }
  runs.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : a.id < b.id ? -1 : 1));
  const more = runs.length > MOST_LISTED;
  runs = runs.slice(0, MOST_LISTED);
  // Better some, and said so, than none.
  return { runs, limit: MOST_LISTED, more, ...(unknown.length > 0 && { jobs_unavailable: unknown.sort() }) };
}

/**
 * @template T
 * @param {JobsNamespace} jobs
 * @param {string} job
 * @param {(object: DurableObjectStub<import('./object.js').Jobs>) => Promise<T>} what
 * @returns {Promise<T>}
 */
async function ask(jobs, job, what) {
  for (let tried = 1; ; tried += 1) {
    try {
      // A stub whose object was lost stays lost.
      return await what(jobs.get(jobs.idFromName(job)));
    } catch (error) {
      const overloaded = error instanceof Error && 'overloaded' in error && error.overloaded === true;
      if (overloaded || tried === MOST_TRIES) throw error;
    }
  }
}

/**
 * @param {Request} request
 * @param {JobOrder} order
 * @param {RunView} run
 */
function run_response(request, order, run) {
  const over = FINAL.has(run.state);
  /** @type {Record<string, string>} */
  const headers = {};
  if (order.do === 'run') headers['Location'] = `${JOBS_PATH}/${run.id}`;
  if (over && order.wait_ms > 0) headers['Preference-Applied'] = `wait=${order.wait_ms / 1000}`;
  if (!over) headers['Retry-After'] = String(retry_after(run));
  return respond(request, order, over || order.do === 'get' ? 200 : 202, run, headers);
}

/** A quarter of its age: what runs for long is not over in a moment. @param {RunView} run */
function retry_after({ created }) {
  return Math.min(Math.max(Math.ceil((Date.now() - Date.parse(created)) / 4000), 1), 30);
}

/**
 * @param {Request} request
 * @param {JobOrder} order
 * @param {number} status
 * @param {object} body
 * @param {Record<string, string>} more
 */
function respond(request, order, status, body, more) {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Sallyport-Request-Id': order.request_id,
    ...more,
  };
  return new Response(request.method === 'HEAD' ? null : `${JSON.stringify(body)}\n`, { status, headers });
}

/**
 * @param {Request} request
 * @param {Core} core
 * @param {JobOrder} order
 * @param {{reason: string, detail: string}} why
 */
function refused(request, core, order, { reason, detail }) {
  const refusal = core.refusal(reason, order.request_id, detail);
  return refusal_response(request, refusal, { retry_after_s: RETRY_AFTER[reason], fields: order.refusal_fields });
}
