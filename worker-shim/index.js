// The Worker. It starts the core once per isolate, with the bundled policy and the secrets of its environment, and gives
// it every request.
import policy from '../policy.jsonc';
import { Core, NotStarted } from './core.js';
import { handleRequest, refuse } from './http.js';
import { KeyFetcher } from './keys.js';

/**
 * The environment (wrangler.toml): secrets, and what the deployment says about itself.
 * @typedef {{SALLYPORT_SIGNING_KEYS?: string, SALLYPORT_SERVICE_SECRETS?: string, SALLYPORT_BUILD?: string}} Environment
 * @typedef {{edge: import('./http.js').Edge, problem?: NotStarted}} Started
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
    const { edge, problem } = await (started ??= start(environment));
    if (problem !== undefined) return refuse(request, edge.core.refusal('not_ready', '', problem.message));
    return handleRequest(request, edge, context);
  },
};

/**
 * Not at the top level: there, Workers have neither secrets nor randomness.
 * @param {Environment} environment
 * @returns {Promise<Started>}
 */
async function start(environment) {
  const core = await Core.load();
  const edge = { core, keys: new KeyFetcher(core) };
  try {
    core.start({
      policy,
      signing_keys: environment.SALLYPORT_SIGNING_KEYS ?? '',
      service_secrets: environment.SALLYPORT_SERVICE_SECRETS ?? '',
      build: environment.SALLYPORT_BUILD ?? 'unnamed',
    });
    return { edge };
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    console.error(`sallyport: not started: ${error.message}`);
    return { edge, problem: error };
  }
}
