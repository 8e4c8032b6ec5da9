// The way to the object that wakes a service and knows its tasks (worker-shim/wake/object.js). Objects of the platform belong to
// the request that made them, so each request has its own way; calls over one way arrive in their order.
import { describe } from '../host/describe.js';
import { is_overloaded } from '../host/overloaded.js';
import { within } from '../host/within.js';
import { fail, warn } from '../observe.js';

/** How much longer than it was told to the coordinator may take. */
const GRACE_MS = 5_000;
const UNREACHABLE_RETRY_S = 5;

/** What callers are told, and when to come back, where the coordinator itself does not respond. @param {unknown} error */
export function unreachable(error) {
  const reason = /** @type {const} */ ('aws_unavailable');
  return { reason, retry_after_s: UNREACHABLE_RETRY_S, detail: `the coordinator: ${describe(error)}` };
}

/**
 * @typedef {import('../reach/endpoints.js').Address} Address
 * @typedef {import('../core/operations.d.ts').WakeTold} Ensured
 * @typedef {import('../core/operations.d.ts').Operations['wake_seen']['out']} Seen
 */

export class Coordinator {
  #open;
  #object;
  #service;
  #caller;
  /** @type {Promise<void>} */
  #told = Promise.resolve();

  /**
   * @param {any} namespace the binding WAKE
   * @param {string} service
   * @param {unknown} caller who the policy allowed
   */
  constructor(namespace, service, caller) {
    this.#open = () => namespace.get(namespace.idFromName(service));
    this.#object = this.#open();
    this.#service = service;
    this.#caller = caller;
  }

  /**
   * Where the service is, once it is anywhere; waits at most that long for it.
   * @param {number} hold_ms
   * @returns {Promise<Ensured>}
   * @throws what the platform throws, when the coordinator cannot be reached
   */
  async ensure(hold_ms) {
    // Otherwise the lost task would still be on the list.
    await this.#told;
    const until = Date.now() + hold_ms;
    try {
      return await this.#ask(hold_ms);
    } catch (error) {
      if (is_overloaded(error)) throw error;
      // The platform restarts objects when it likes. What was begun goes on, and is joined over a new way: the old one
      // stays broken.
      warn('coordinator asked again', { service: this.#service, detail: describe(error) });
      this.#object = this.#open();
      return this.#ask(Math.max(until - Date.now(), 0));
    }
  }

  /** @param {number} hold_ms @returns {Promise<Ensured>} */
  #ask(hold_ms) {
    const asked = { service: this.#service, caller: this.#caller, hold_ms };
    return within(this.#object.ensure(asked), hold_ms + GRACE_MS);
  }

  /**
   * What is known of the service, without waking it or using it.
   * @returns {Promise<Seen>}
   * @throws what the platform throws, when the coordinator cannot be reached
   */
  seen() {
    return within(this.#object.seen({ service: this.#service }), GRACE_MS);
  }

  /**
   * Budgets and the pause after a failure are forgotten.
   * @returns {Promise<void>}
   * @throws what the platform throws, when the coordinator cannot be reached
   */
  reset() {
    return within(this.#object.reset({ service: this.#service }), GRACE_MS);
  }

  /**
   * A connection to this task failed. Never throws: whoever meets the task next tells again.
   * @param {Address} task
   */
  lost(task) {
    this.#told = within(this.#object.lost({ service: this.#service, task_arn: task.task_arn }), GRACE_MS).catch((error) =>
      fail('coordinator failed', { service: this.#service, detail: describe(error) }),
    );
    return this.#told;
  }

  /** The service is in use. Never throws: it will be said again. */
  touch() {
    return within(this.#object.touch({ service: this.#service, caller: this.#caller }), GRACE_MS).catch((error) =>
      fail('coordinator failed', { service: this.#service, detail: describe(error) }),
    );
  }
}
