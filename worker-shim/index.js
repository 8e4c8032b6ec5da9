// The Worker: every request to the core of this isolate, and the classes of the objects beside it.
import { Aws } from './aws/aws.js';
import { AnswerCache } from './cache/cache.js';
import { Core, CoreFailed } from './core/core.js';
import { describe } from './host/describe.js';
import { handleRequest, refuse } from './http.js';
import { KeyFetcher } from './keys.js';
import { Reach } from './reach/reach.js';
import { replaceCore, startedCore } from './core/start.js';

export { Jobs } from './jobs/object.js';
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
    const starting = startedCore(environment);
    const started = starting instanceof Promise ? await starting : starting;
    const { core, problem } = started;
    if (problem !== undefined) return refuse(request, core.refusal('not_ready', '', problem));
    try {
      return await handleRequest(request, edgeOver(started, environment), context);
    } catch (error) {
      if (!(error instanceof CoreFailed)) {
        console.error(`sallyport: a request failed: ${describe(error)}`);
        return refuse(request, core.refusal('internal', '', describe(error)));
      }
      await replaceCore(core, error);
      console.error(`sallyport: the core failed and is replaced: ${describe(error)}`);
      return refuse(request, (await Core.load()).refusal('internal', '', describe(error)));
    }
  },
};

/**
 * What stands around the core, for as long as that lives.
 * @param {import('./core/start.js').StartedCore} started
 * @param {Environment} environment
 */
function edgeOver({ core, endpoint }, environment) {
  if (edge?.core === core) return edge;
  const aws = new Aws(core, { endpoint });
  const reach = new Reach(core, aws, environment, core.catalog());
  return (edge = { core, keys: new KeyFetcher(core), cache: new AnswerCache(core), reach, jobs: environment.JOBS });
}
