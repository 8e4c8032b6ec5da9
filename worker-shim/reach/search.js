// One request's search for a place to be sent to: among the endpoints that the isolate knows, or by asking the
// coordinator, and then waiting for a start as long as the request may wait.
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';
import { unreachable } from '../wake/coordinator.js';
import { Use } from './in_use.js';

/** Requests that wait for a start, per service and isolate; those above are told at once that it is starting. */
const MOST_HELD = 500;

/**
 * @typedef {import('./endpoints.js').Endpoint} Endpoint
 * @typedef {import('../wake/coordinator.js').Ensured} Ensured
 * @typedef {Exclude<Ensured | import('../core/operations.d.ts').WakeSeen, {answer: 'ready'}>} NotReady
 */

export class Search {
  #service;
  #caller_tag;
  #coordinator;
  #context;
  #now;
  #hold_until;
  #wakes;

  /**
   * @param {import('./service.js').Service} service
   * @param {Pick<import('../core/wire.js').Forward, 'caller' | 'caller_tag' | 'wakes'>} forward whom the policy allowed
   * @param {number} hold_ms how long the request may wait, whatever happens to it
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   * @param {() => number} now
   */
  constructor(service, { caller, caller_tag, wakes }, hold_ms, context, now) {
    this.#service = service;
    this.#caller_tag = caller_tag;
    this.#coordinator = service.coordinator(caller);
    this.#context = context;
    this.#now = now;
    this.#hold_until = now() + hold_ms;
    this.#wakes = wakes;
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
      if (this.#wakes && endpoints.take_refresh(now)) this.#context.waitUntil(this.#refresh());
      return known;
    }
    const said = await this.#told(now);
    if (said.answer !== 'ready') return said;
    this.#service.learn(said.endpoints, this.#now());
    if (!this.#wakes) endpoints.refresh_soon();
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

  /** Something was sent to the service, and is use of it until it is over; not so what would not wake it. */
  use() {
    return new Use(this.#wakes ? this.#service.idle_stop_ms : 0, () => this.#context.waitUntil(this.#coordinator.touch()));
  }

  /** @param {number} now */
  async #told(now) {
    try {
      return this.#wakes ? await this.#ensure(now) : (await this.#service.seen(now)).told;
    } catch (error) {
      return { answer: /** @type {const} */ ('failed'), ...unreachable(error) };
    }
  }

  /**
   * @param {number} now
   * @returns {Promise<Ensured>}
   */
  async #ensure(now) {
    const { held } = this.#service;
    const wait = held.is_full(now, MOST_HELD, this.#caller_tag) ? 0 : Math.max(this.#hold_until - now, 0);
    const entry = held.enter(now + wait, this.#caller_tag);
    try {
      return await this.#coordinator.ensure(wait);
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
