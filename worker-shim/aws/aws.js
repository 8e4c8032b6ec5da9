// AWS without a static key: our own token for temporary credentials, and those for calls. What to send, and what an
// answer means, says the core (shared/aws); here are the network, the pauses between tries and the memory of credentials.
import { exchange, refused_here, unreadable } from './exchange.js';
import { CredentialsCache } from './credentials.js';
import { random, random_name } from '../host/random.js';

/**
 * @typedef {import('../core/core.js').Core} Core
 * @typedef {import('../core/operations.d.ts').AwsCall} AwsCall
 * @typedef {import('../core/operations.d.ts').AwsRefusal} AwsRefusal
 * @typedef {import('../core/operations.d.ts').EcsAction} EcsAction
 * @typedef {import('../core/operations.d.ts').EcsActions} EcsActions
 * @typedef {import('../core/operations.d.ts').Failure} Failure
 * @typedef {import('../core/operations.d.ts').Who} Who
 * @typedef {import('./credentials.js').Held} Held
 * @typedef {{retries?: number, signal?: AbortSignal}} Tries
 */

/** STS fails at fetching an issuer's keys now and then; a second try soon after mostly gets through. */
const STS_RETRIES = 3;
const PAUSE_FIRST_MS = 100;
const PAUSE_MOST_MS = 3_000;

/** What operators can do about refusals that say little. @type {Record<string, string>} */
const ADVICE = {
  IDPCommunicationError:
    'STS could not fetch the discovery document or keys of the issuer in 5 s: it must be reachable from the internet without Access, bot or WAF challenge',
  InvalidIdentityToken:
    'check that IAM has an OIDC provider for exactly this issuer with audience sts.amazonaws.com, and that the issuer publishes the key that signs',
  AccessDenied:
    "check the role's trust policy (aud, sub sallyport:<service or job>, sts:TagSession, sts:SetSourceIdentity) and its permissions",
};

export class Aws {
  #core;
  #endpoints;
  #cache = new CredentialsCache();

  /**
   * @param {Core} core
   * @param {{endpoints?: import('./exchange.js').Endpoints}} [options]
   */
  constructor(core, { endpoints = {} } = {}) {
    this.#core = core;
    this.#endpoints = endpoints;
  }

  /**
   * One call of ECS. Never throws.
   * @template {EcsAction} Action
   * @param {Action} action
   * @param {EcsActions[Action]['in']} parameters
   * @param {Who} who
   * @param {Tries} [tries] the caller that paces itself passes retries 0
   * @returns {Promise<import('../core/operations.d.ts').Answered<EcsActions[Action]['out']>>}
   */
  async call(action, parameters, who, { retries = 3, signal } = {}) {
    let held = await this.credentials(who, { signal });
    if (held.refused !== undefined) return held;
    let renewed = false;
    return persistently(retries, signal, async () => {
      const answer = await this.#send(action, parameters, who, /** @type {Held} */ (held), signal);
      if (answer.refused?.kind_name !== 'credentials_expired' || renewed) return answer;
      renewed = true;
      this.#cache.drop(key_of(who), /** @type {Held} */ (held));
      held = await this.credentials(who, { signal });
      return held.refused === undefined ? this.#send(action, parameters, who, held, signal) : held;
    });
  }

  /**
   * @param {Who} who
   * @param {Tries} [tries]
   * @returns {Promise<import('./credentials.js').Asked>}
   */
  credentials(who, { retries = STS_RETRIES, signal } = {}) {
    return this.#cache.get(key_of(who), () => persistently(retries, signal, () => this.#assume_role(who, signal)));
  }

  /**
   * @param {Who} who
   * @param {AbortSignal} [signal]
   * @returns {Promise<import('./credentials.js').Asked>}
   */
  async #assume_role(who, signal) {
    const { region, role, target, purpose, caller } = who;
    const call = this.#core.operate('assume_role', {
      region,
      role,
      target,
      purpose,
      caller,
      ...host_of(this.#endpoints.sts),
      id: random_name(),
      now: Date.now(),
    });
    if (call.error !== undefined) return { refused: refused_here(call) };
    const token = new URLSearchParams(call.body).get('WebIdentityToken') ?? '';
    const read = (/** @type {import('../core/operations.d.ts').AwsReply} */ reply) => this.#core.operate('read_assume_role', reply);
    const answer = await this.#exchange('sts', call, [token], signal, read);
    return answer.refused === undefined ? answer : { refused: advised(answer.refused) };
  }

  /**
   * @template {EcsAction} Action
   * @param {Action} action
   * @param {EcsActions[Action]['in']} parameters
   * @param {Who} who
   * @param {Held} held
   * @param {AbortSignal} [signal]
   * @returns {Promise<import('../core/operations.d.ts').Answered<EcsActions[Action]['out']>>}
   */
  async #send(action, parameters, who, { credentials }, signal) {
    const { region, purpose } = who;
    const cluster = 'cluster' in purpose ? purpose.cluster : '';
    const call = this.#core.operate('call', {
      ...parameters,
      action,
      region,
      cluster,
      credentials,
      ...host_of(this.#endpoints.ecs),
      now: Date.now(),
    });
    if (call.error !== undefined) return { refused: refused_here(call) };
    const secrets = [credentials.session_token, credentials.secret_access_key];
    // The answer to an action is that action's.
    const read = (/** @type {import('../core/operations.d.ts').AwsReply} */ reply) =>
      /** @type {import('../core/operations.d.ts').Answered<EcsActions[Action]['out']>} */ (
        this.#core.operate('read', { action, ...reply })
      );
    return this.#exchange('ecs', call, secrets, signal, read);
  }

  /**
   * @template T
   * @param {'sts' | 'ecs'} service
   * @param {AwsCall} call
   * @param {string[]} secrets
   * @param {AbortSignal | undefined} signal
   * @param {(reply: import('../core/operations.d.ts').AwsReply) => import('../core/operations.d.ts').Answered<T> | Failure} read
   * @returns {Promise<import('../core/operations.d.ts').Answered<T>>}
   */
  async #exchange(service, call, secrets, signal, read) {
    const received = await exchange(call, { endpoint: this.#endpoints[service], secrets, signal });
    if (received.refused !== undefined) return received;
    const answer = read(received.reply);
    return answer.error === undefined ? answer : { refused: unreadable(`${answer.error}: ${answer.detail}`, received.reply.status) };
  }
}

/** @param {import('./exchange.js').Endpoint | undefined} endpoint */
const host_of = (endpoint) => (endpoint === undefined ? {} : { host: endpoint.host });

/**
 * All that a session depends on, its tags included: AWS decides by the route in them, and CloudTrail tells it.
 * @param {Who} who
 */
function key_of({ region, role, target, purpose, caller: { issuer, subject, email, route } }) {
  return JSON.stringify([region, role, target, purpose, issuer, subject, email ?? null, route ?? '']);
}

/** @param {AwsRefusal} refused */
function advised(refused) {
  const advice = ADVICE[refused.code];
  return advice === undefined ? refused : { ...refused, message: `${refused.message} [${advice}]` };
}

/**
 * Again after a pause, while another try may help: each pause is drawn from up to twice the one before, so that many who
 * were refused together do not come back together.
 * @template {{refused?: AwsRefusal}} T
 * @param {number} retries
 * @param {AbortSignal | undefined} signal
 * @param {() => Promise<T>} attempt
 */
async function persistently(retries, signal, attempt) {
  for (let tried = 0; ; tried += 1) {
    const answer = await attempt();
    if (answer.refused?.retryable !== true || tried >= retries || signal?.aborted) return answer;
    const most = Math.min(PAUSE_FIRST_MS * 2 ** tried, PAUSE_MOST_MS);
    await new Promise((resolve) => setTimeout(resolve, most * (0.5 + random() / 2)));
  }
}
