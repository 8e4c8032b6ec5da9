// Jobs over HTTP: what the core decided about a run (shared/gate/edge/job_order.hpp) is asked of the object of its job
// (object.js), and the core words the response (shared/jobs/view.hpp).
import { describe } from '../host/describe.js';
import { is_overloaded } from '../host/overloaded.js';
import { fail } from '../observe.js';
import { refusal_response } from '../pages/respond.js';

/**
 * @typedef {import('../core/core.js').Core} Core
 * @typedef {import('../core/wire.js').JobOrder} JobOrder
 * @typedef {import('./object.js').JobAnswer} JobAnswer
 * @typedef {{runs: import('./object.js').RunView[], jobs_unavailable: string[]}} Listed
 * @typedef {DurableObjectNamespace<import('./object.js').Jobs>} JobsNamespace
 */

/** Objects asked at the same time for a list. */
const MOST_ASKED = 20;
/** An object that is moved or restarted fails those who are talking to it; asking again is safe for everything here. */
const MOST_TRIES = 3;

/**
 * @param {Request} request
 * @param {JobOrder} order
 * @param {{core: Core, jobs: JobsNamespace | undefined}} edge
 * @returns {Promise<Response>}
 */
export async function answer_job(request, order, { core, jobs }) {
  return respond(request, core, order, await answer_to(order, core, jobs));
}

/**
 * @param {JobOrder} order
 * @param {Core} core
 * @param {JobsNamespace | undefined} jobs
 * @returns {Promise<JobAnswer | Listed>}
 */
async function answer_to(order, core, jobs) {
  if (jobs === undefined) return { refused: { reason: 'reach_unconfigured', detail: 'no Durable Object binding JOBS' } };
  const catalog = core.operate('catalog', {}).jobs;
  if (order.do === 'list')
    return list(
      jobs,
      order,
      catalog.map(({ name }) => name),
    );
  const { job = '' } = order;
  try {
    return await ask(jobs, job, (object) =>
      object.ask(
        order,
        catalog.find(({ name }) => name === job),
      ),
    );
  } catch (error) {
    return { refused: { reason: 'aws_unavailable', detail: `the object of job ${job} failed: ${describe(error)}` } };
  }
}

/**
 * The caller's own runs of all jobs, and the jobs that could not be asked.
 * @param {JobsNamespace} jobs
 * @param {JobOrder} order
 * @param {string[]} names
 * @returns {Promise<Listed>}
 */
async function list(jobs, order, names) {
  /** @type {Listed} */
  const listed = { runs: [], jobs_unavailable: [] };
  for (let at = 0; at < names.length; at += MOST_ASKED) {
    const asked = names.slice(at, at + MOST_ASKED).map(async (name) => {
      try {
        listed.runs.push(...(await ask(jobs, name, (object) => object.list(order))));
      } catch (error) {
        fail('the runs of a job are not listed', { id: order.request_id, job: name, detail: describe(error) });
        listed.jobs_unavailable.push(name);
      }
    });
    await Promise.all(asked);
  }
  return listed;
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
      if (is_overloaded(error) || tried === MOST_TRIES) throw error;
    }
  }
}

/**
 * @param {Request} request
 * @param {Core} core
 * @param {JobOrder} order
 * @param {JobAnswer | Listed} told
 */
function respond(request, core, order, told) {
  const said = core.operate('job_response', { order, ...told });
  if (said.refused === undefined)
    return new Response(request.method === 'HEAD' ? null : said.body, { status: said.status, headers: said.fields });
  const { reason, detail, retry_after_s } = said.refused;
  return refusal_response(request, core.refusal(reason, order.request_id, detail), { retry_after_s, fields: order.refusal_fields });
}
