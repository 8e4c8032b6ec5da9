// A service as one isolate knows it: what the policy says of reaching it, and what was learned by trying.
import { Breaker } from './breaker.js';
import { Coordinator } from '../wake/coordinator.js';
import { Endpoints } from './endpoints.js';
import { InFlight } from './in_flight.js';
import { way_to } from './way.js';

/**
 * @typedef {import('../core/operations.d.ts').CatalogService} CatalogService
 * @typedef {import('../wake/coordinator.js').Seen} Seen
 */

/** The platform lets a request wait, but what is before it does not wait for ever. */
const HOLD_MOST_MS = 90_000;
/** A service that is not to be woken still has to be found once. */
const LOOK_MS = 10_000;
/** Those who wake nothing ask the coordinator at most so often, all together. */
const SEEN_MS = 1_000;
/** In the place of a task, when the tasks are reached by the origin's URL. */
const ORIGIN = { task_arn: '', address: '', port: 0 };

export class Service {
  #wake;
  /** What the coordinator said last to those who wake nothing. @type {Seen | undefined} */ #seen;
  #asked_at = -Infinity;
  /** @type {Promise<Seen> | undefined} */ #asking;

  /**
   * @param {CatalogService} entry
   * @param {Record<string, any>} environment
   * @param {() => number} random
   */
  constructor(entry, environment, random) {
    const { origin, ecs } = entry;
    this.entry = entry;
    /** Whether its coordinator is asked where it is: a fixed origin that is never woken is always there. */
    this.coordinated = ecs !== null && (origin === '' || ecs.wake !== null);
    /** 0: it is never stopped. */
    this.idle_stop_ms = ecs?.wake?.idle_stop_ms ?? 0;
    this.hold_ms = ecs?.wake ? Math.min(ecs.wake.hold_ms, HOLD_MOST_MS) : LOOK_MS;
    this.breaker = new Breaker(random);
    this.endpoints = new Endpoints(this.idle_stop_ms, random);
    /** Requests sent that have no answer yet, and requests that wait for a start. */
    this.unanswered = new InFlight();
    this.held = new InFlight();
    this.fetcher = way_to(entry, environment).fetcher;
    this.#wake = environment['WAKE'];
    const needed = [entry.vpc, entry.mtls_certificate, this.coordinated ? 'WAKE' : ''];
    /** The name of a binding that the policy needs and the Worker does not have. */
    this.missing = needed.find((name) => name !== '' && environment[name] === undefined);
  }

  /** @param {unknown} caller */
  coordinator(caller) {
    return new Coordinator(this.#wake, this.entry.name, caller);
  }

  /**
   * @param {import('./endpoints.js').Address[]} tasks healthy ones
   * @param {number} now
   */
  learn(tasks, now) {
    this.endpoints.learn(this.entry.origin === '' ? tasks : [ORIGIN], now);
  }

  /**
   * What is known of it, without waking it or using it, at most SEEN_MS old.
   * @param {number} now
   * @returns {Promise<Seen>}
   * @throws what the platform throws, when the coordinator cannot be reached
   */
  async seen(now) {
    const fresh = now - this.#asked_at < SEEN_MS;
    const seen = fresh ? (this.#seen ?? (await this.#joined())) : undefined;
    return seen ?? this.#ask_again(now);
  }

  /** The one who asks may be cancelled with the request it belongs to; then nobody would ever be told. */
  async #joined() {
    const late = new Promise((resolve) => setTimeout(resolve, SEEN_MS));
    return /** @type {Promise<Seen | undefined>} */ (Promise.race([this.#asking, late]).catch(() => undefined));
  }

  /** @param {number} now */
  async #ask_again(now) {
    this.#asked_at = now;
    this.#seen = undefined;
    this.#asking = this.coordinator(null).seen();
    return (this.#seen = await this.#asking);
  }
}
