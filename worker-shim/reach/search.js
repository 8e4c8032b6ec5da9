// One request's search for a place to be sent to: among the endpoints that the isolate knows, or by asking the
// coordinator, and then waiting for a start as long as the request may wait.
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';
import { keepInUse } from './long_answers.js';

/** Requests that wait for a start, per service and isolate; those above are told at once that it is starting. */
const MOST_HELD = 500;
/** When to come back where the coordinator itself does not answer. */
const UNREACHABLE_RETRY_S = 5;

/**
 * @typedef {import('./endpoints.js').Endpoint} Endpoint
 * @typedef {import('../wake/coordinator.js').Ensured} Ensured
 * @typedef {Exclude<Ensured, {answer: 'ready'}>} NotReady
 */

export class Search {
  #service;
  #callerTag;
  #coordinator;
  #context;
  #now;
  #holdUntil;

  /**
   * @param {import('./service.js').Service} service
   * @param {Pick<import('../core/wire.js').Forward, 'caller' | 'callerTag'>} forward whom the policy allowed
   * @param {number} holdMs how long the request may wait, whatever happens to it
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   * @param {() => number} now
   */
  constructor(service, { caller, callerTag }, holdMs, context, now) {
    this.#service = service;
    this.#callerTag = callerTag;
    this.#coordinator = service.coordinator(caller);
    this.#context = context;
    this.#now = now;
    this.#holdUntil = now() + holdMs;
  }

  /**
   * @param {Endpoint} [tried] another one, please
   * @returns {Promise<Endpoint | NotReady | undefined>} nothing: there is no other
   */
  async find(tried) {
    const { endpoints } = this.#service;
    const now = this.#now();
    const known = endpoints.choose(now, tried);
    if (known !== undefined) {
      if (endpoints.takeRefresh(now)) this.#context.waitUntil(this.#refresh());
      return known;
    }
    const said = await this.#ensure(now);
    if (said.answer !== 'ready') return said;
    this.#service.learn(said.endpoints, this.#now());
    return endpoints.choose(this.#now(), tried);
  }

  /**
   * This place did not take a connection: nobody else shall be sent there.
   * @param {Endpoint} place
   */
  lost(place) {
    this.#service.endpoints.drop(place);
    if (place.task_arn !== '') this.#context.waitUntil(this.#coordinator.lost(place));
  }

  /**
   * @param {Response} answer of a task
   * @returns {Response} the same
   */
  watched(answer) {
    const { idleStopMs } = this.#service;
    return idleStopMs === 0
      ? answer
      : keepInUse(answer, idleStopMs, () => this.#context.waitUntil(this.#coordinator.touch()), this.#context);
  }

  /**
   * @param {number} now
   * @returns {Promise<Ensured>}
   */
  async #ensure(now) {
    const { held } = this.#service;
    const wait = held.isFull(now, MOST_HELD, this.#callerTag) ? 0 : Math.max(this.#holdUntil - now, 0);
    const entry = held.enter(now + wait, this.#callerTag);
    try {
      return await this.#coordinator.ensure(wait);
    } catch (error) {
      const detail = `the coordinator: ${describe(error)}`;
      return { answer: 'failed', reason: 'aws_unavailable', retry_after_s: UNREACHABLE_RETRY_S, detail };
    } finally {
      held.leave(entry);
    }
  }

  /** In the background. A coordinator that cannot be reached at the moment changes nothing. */
  async #refresh() {
    try {
      const said = await this.#coordinator.ensure(0);
      if (said.answer === 'ready') this.#service.learn(said.endpoints, this.#now());
      else this.#service.endpoints.clear();
    } catch (error) {
      fail('coordinator failed', { service: this.#service.entry.name, detail: describe(error) });
    }
  }
}
