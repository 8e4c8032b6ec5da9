// The core of this isolate: loaded once, started with the bundled policy and the secrets of the environment, and shared
// by the Worker and its objects. It keeps nothing of one request for another, so whoever calls it gets the same answers.
import policy from '../../policy.jsonc';
import { endpoints_of } from '../aws/exchange.js';
import { Core, CoreFailed, NotStarted } from './core.js';
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';

/**
 * What the core starts with (wrangler.toml): secrets and variables.
 * @typedef {{SALLYPORT_SIGNING_KEYS?: string, SALLYPORT_SERVICE_SECRETS?: string, SALLYPORT_BUILD?: string,
 *   SALLYPORT_AWS_ROLE?: string, SALLYPORT_AWS_ENDPOINT?: string}} CoreEnvironment
 * @typedef {{core: Core, endpoints?: import('../aws/exchange.js').Endpoints, problem?: string}} StartedCore `endpoints`: in
 *   place of AWS's regional ones; with a problem the core only words refusals
 */

/** @type {Promise<StartedCore> | StartedCore | undefined} */
let started;

/**
 * Not at the top level: there, Workers have neither secrets nor randomness.
 * @param {CoreEnvironment} environment
 * @returns {Promise<StartedCore> | StartedCore} once it has started, without a promise
 */
export function started_core(environment) {
  if (started !== undefined) return started;
  const starting = start(environment);
  const settle = (/** @type {StartedCore | undefined} */ core) => {
    if (started === starting) started = core;
  };
  starting.then(settle, () => settle(undefined));
  return (started = starting);
}

/**
 * A core that stopped half-way is not asked again: the next one to ask gets a new one. What anything else threw is no
 * reason to: breakers, sessions and lists of tasks of all services go with the core.
 * @param {Core} failed
 * @param {unknown} error
 */
export async function replace_core(failed, error) {
  if (!(error instanceof CoreFailed)) return;
  const current = await started;
  if (current?.core === failed && (await started) === current) started = undefined;
}

/**
 * @param {CoreEnvironment} environment
 * @returns {Promise<StartedCore>}
 */
async function start(environment) {
  const core = await Core.load();
  try {
    const endpoints = configured_endpoints(environment);
    core.start({
      policy,
      signing_keys: environment.SALLYPORT_SIGNING_KEYS ?? '',
      service_secrets: environment.SALLYPORT_SERVICE_SECRETS ?? '',
      aws_role: environment.SALLYPORT_AWS_ROLE ?? '',
      build: environment.SALLYPORT_BUILD ?? 'unnamed',
    });
    return { core, endpoints };
  } catch (error) {
    const problem = error instanceof NotStarted ? error.message : `internal: ${describe(error)}`;
    fail('not started', { detail: problem });
    // A fresh one, which only words the refusals.
    return { core: await Core.load(), problem };
  }
}

/** @param {CoreEnvironment} environment */
function configured_endpoints(environment) {
  try {
    return endpoints_of(environment.SALLYPORT_AWS_ENDPOINT);
  } catch (error) {
    throw new NotStarted('config_invalid', error instanceof Error ? error.message : '');
  }
}
