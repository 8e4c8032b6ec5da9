// What the Worker tells its operators. Only this file writes to the log, one JSON line a call, its members sorted; characters
// that a terminal or a reader of lines would obey are escapes (host/visible.js).
//
// | type | written | members beside `end`, `time`, `type`, `v` |
// | --- | --- | --- |
// | decision, outcome | by the core (shared/audit), passed on as they are | |
// | attempt | before an allowed request is sent once more | `id`, `try` (1 for the second sending), `why` |
// | wake, job | at each change of state | `from`, `to`, `issuer`, `subject`, and what it is about |
// | log | what else went wrong or was noticed | `level`, `event`, `detail`, and what it is about |
import { visible } from './host/visible.js';
import { refusal_of } from './pages/respond.js';

const VERSION = 1;
/** Words of others come without a bound. */
const MOST_TEXT = 2_048;

/**
 * Numbers, text, and lists of what AWS said; undefined is left out.
 * @typedef {Record<string, unknown>} Members
 */

/** A record of the core. @param {string} line */
export function record(line) {
  console.log(line);
}

/**
 * @param {'attempt' | 'wake' | 'job'} type
 * @param {Members} members
 */
export function change(type, members) {
  console.log(write(type, members));
}

/**
 * @param {string} event
 * @param {Members} [members]
 */
export function warn(event, members) {
  console.warn(write('log', { ...members, event, level: 'warning' }));
}

/**
 * @param {string} event
 * @param {Members} [members]
 */
export function fail(event, members) {
  console.error(write('log', { ...members, event, level: 'error' }));
}

/**
 * The records of one request: exactly one decision, and exactly one outcome if that allowed it.
 * @typedef {import('./core/wire.js').Refusal} Refusal
 */
export class RequestRecord {
  /** Of an allowed request. */
  #id = '';
  #service = '';
  #allowed_at = 0;
  /** @type {number | undefined} */ #octets_in;
  #sendings = 0;
  #why = '';
  /** @type {{sig: string, keyid: string} | undefined} */ #signature;
  /** @type {import('./core/wire.js').CacheUse} */ #cache = '';
  #detail = '';
  /** For refusals of an allowed request. @type {[string, string][]} */ refusal_fields = [];

  /** Empty until policy has allowed the request. */
  get request_id() {
    return this.#id;
  }

  /**
   * Policy allowed it; whatever happens from here on is an outcome. A request that is decided anew was allowed before.
   * @param {string} decision
   * @param {{id: string, service: string, octets_in: number | undefined, refusal_fields?: [string, string][]}} request
   */
  allowed(decision, { id, service, octets_in, refusal_fields = [] }) {
    if (this.#id !== '') return;
    record(decision);
    this.#id = id;
    this.#service = service;
    this.#octets_in = octets_in;
    this.refusal_fields = refusal_fields;
    this.#allowed_at = Date.now();
  }

  /** It is refused: the decision, unless it was allowed before. @param {Refusal} refusal */
  refused(refusal) {
    if (this.#id === '') record(refusal.audit);
  }

  /** @param {Pick<import('./core/wire.js').Signed, 'sig' | 'keyid'>} signature of the sending that comes next */
  signed({ sig, keyid }) {
    this.#signature = { sig, keyid };
  }

  /** It goes to its service. */
  sending() {
    if (this.#why !== '') change('attempt', { id: this.#id, try: this.#sendings, why: this.#why });
    this.#sendings += 1;
    this.#why = '';
  }

  /** The next sending is another one. @param {string} why */
  again(why) {
    this.#why = why;
  }

  /**
   * @param {Exclude<import('./core/wire.js').CacheUse, ''>} use
   * @param {string} [detail]
   */
  from_cache(use, detail = '') {
    this.#cache = use;
    this.#detail = detail;
  }

  /**
   * @param {Pick<import('./core/core.js').Core, 'outcome'>} core
   * @param {Response} response that the caller gets
   */
  ended(core, response) {
    if (this.#id === '') return response;
    const { reason, detail = '' } = refusal_of(response) ?? { reason: 'ok', detail: this.#detail || refused_by_agent(response) };
    const how = this.#how(reason);
    const first_ms = Date.now() - this.#allowed_at;
    record(
      core.outcome({
        id: this.#id,
        service: this.#service,
        reason,
        detail,
        status: response.status,
        how,
        cache: this.#cache,
        first_ms,
        octets_in: this.#octets_in,
        ...this.#signature,
        // A run of a job is sent nowhere; bodies that are passed on are not seen.
        ...(this.#service !== '' && { attempts: this.#sendings }),
        ...(how === 'complete' && { ms: first_ms }),
      }),
    );
    return response;
  }

  /** @param {string} reason */
  #how(reason) {
    if (reason !== 'ok') return 'complete';
    if (this.#cache !== '' && this.#cache !== 'miss') return 'cached';
    return this.#sendings > 0 ? 'handed_on' : 'complete';
  }
}

/**
 * What looks like a response of the app and is none. The agent marks its refusals in a field that no app can set; its own record
 * has the reason.
 * @param {Response} response
 */
function refused_by_agent(response) {
  const code = response.headers.get('sallyport-refusal');
  return code === null ? '' : `the agent refused: ${code}`;
}

/**
 * @param {string} type
 * @param {Members} members
 */
function write(type, members) {
  const all = Object.entries({ ...members, end: 'edge', time: Date.now(), type, v: VERSION }).sort(([a], [b]) => (a < b ? -1 : 1));
  return visible(
    JSON.stringify(Object.fromEntries(all), (_, value) => (typeof value === 'string' ? value.slice(0, MOST_TEXT).toWellFormed() : value)),
  );
}
