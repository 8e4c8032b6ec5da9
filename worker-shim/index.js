// The Worker. It starts the core once per isolate, with the bundled policy and the secrets of its environment, and gives
// it every request.
import policy from '../policy.jsonc';
import { AnswerCache } from './cache.js';
import { Core, NotStarted } from './core.js';
import { describe } from './describe.js';
import { handleRequest, refuse } from './http.js';
import { KeyFetcher } from './keys.js';
import { Reach } from './reach.js';

/**
 * The environment (wrangler.toml): secrets, and what the deployment says about itself.
 * @typedef {{SALLYPORT_SIGNING_KEYS?: string, SALLYPORT_SERVICE_SECRETS?: string, SALLYPORT_AWS_ROLE?: string,
 *   SALLYPORT_BUILD?: string}} Environment
 * @typedef {{edge: import('./http.js').Edge} | {core: Core, problem: string}} Started with a problem the core only words refusals
 */

/** @type {Promise<Started> | undefined} */
let started;

export default {
  /**
   * @param {Request} request
   * @param {Environment} environment
   * @param {ExecutionContext} context
   * @returns {Promise<Response>}
   */
  async fetch(request, environment, context) {
    const current = (started ??= start(environment));
    const now = await current;
    if ('problem' in now) return refuse(request, now.core.refusal('not_ready', '', now.problem));
    try {
      return await handleRequest(request, now.edge, context);
    } catch (error) {
      // A core that stopped half-way is not asked again: the next request gets a new one.
      if (started === current) started = undefined;
      console.error(`sallyport: the core failed and is replaced: ${describe(error)}`);
      return refuse(request, (await Core.load()).refusal('internal', '', describe(error)));
    }
  },
};

/**
 * Not at the top level: there, Workers have neither secrets nor randomness.
 * @param {Environment} environment
 * @returns {Promise<Started>}
 */
async function start(environment) {
  const core = await Core.load();
  try {
    core.start({
      policy,
      signing_keys: environment.SALLYPORT_SIGNING_KEYS ?? '',
      service_secrets: environment.SALLYPORT_SERVICE_SECRETS ?? '',
      aws_role: environment.SALLYPORT_AWS_ROLE ?? '',
      build: environment.SALLYPORT_BUILD ?? 'unnamed',
    });
    return { edge: edgeOver(core, environment) };
  } catch (error) {
    const problem = error instanceof NotStarted ? error.message : `internal: ${describe(error)}`;
    console.error(`sallyport: not started: ${problem}`);
    return { core: await Core.load(), problem };
  }
}

/**
 * @param {Core} core
 * @param {Environment} environment
 */
function edgeOver(core, environment) {
  const aws = { credentials: async () => ({ refused: { reason: 'aws_unavailable', code: '', message: '', request_id: '' } }) };
  return { core, keys: new KeyFetcher(core), cache: new AnswerCache(core), reach: new Reach(core, aws, environment, core.catalog()) };
}
