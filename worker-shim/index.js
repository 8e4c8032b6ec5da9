// The Worker: every request to the core of this isolate, and the classes of the objects beside it.
import { Aws } from './aws/aws.js';
import { AnswerCache } from './cache/cache.js';
import { Core, CoreFailed } from './core/core.js';
import { describe } from './host/describe.js';
import { handle_request, refuse } from './http.js';
import { KeyFetcher } from './keys.js';
import { RequestRecord, fail } from './observe.js';
import { Reach } from './reach/reach.js';
import { replace_core, started_core } from './core/start.js';

export { Jobs } from './jobs/object.js';
export { Region } from './wake/region.js';
export { Wake } from './wake/object.js';

/**
 * The environment (wrangler.toml): secrets, and what the deployment says about itself.
 * @typedef {import('./core/start.js').CoreEnvironment & import('./wake/object.js').WakeEnvironment & {JOBS?: import('./jobs/http.js').JobsNamespace}} Environment
 */

/** @type {import('./http.js').Edge | undefined} */
let edge;

export default {
  /**
   * @param {Request} request
   * @param {Environment} environment
   * @param {ExecutionContext} context
   * @returns {Promise<Response>}
   */
  async fetch(request, environment, context) {
    const starting = started_core(environment);
    const started = starting instanceof Promise ? await starting : starting;
    const { core, problem } = started;
    const record = new RequestRecord();
    if (problem !== undefined) return refuse(request, core.refusal('not_ready', '', problem), record);
    try {
      return record.ended(core, await handle_request(request, edge_over(started, environment), context, record));
    } catch (error) {
      return failed(request, core, record, error);
    }
  },
};

/**
 * @param {Request} request
 * @param {Core} core
 * @param {RequestRecord} record
 * @param {unknown} error
 */
async function failed(request, core, record, error) {
  const stopped = error instanceof CoreFailed;
  if (stopped) await replace_core(core, error);
  fail(stopped ? 'the core failed and is replaced' : 'a request failed', { id: record.request_id || undefined, detail: describe(error) });
  const wording = stopped ? await Core.load() : core;
  return record.ended(
    wording,
    refuse(request, wording.refusal('internal', record.request_id, describe(error)), record, record.refusal_fields),
  );
}

/**
 * What stands around the core, for as long as that lives.
 * @param {import('./core/start.js').StartedCore} started
 * @param {Environment} environment
 */
function edge_over({ core, endpoints }, environment) {
  if (edge?.core === core) return edge;
  const aws = new Aws(core, { endpoints });
  const reach = new Reach(core, aws, environment, core.operate('catalog', {}));
  return (edge = { core, keys: new KeyFetcher(core), cache: new AnswerCache(core), reach, jobs: environment.JOBS });
}
