// One request brought to a task of its service: found or waited for, tried, and tried once more at another task where
// that can do no harm.
//
// | the first task | an idempotent request | any other |
// | --- | --- | --- |
// | takes no connection, or breaks it | goes to another task | fails |
// | has an agent whose app takes no connection | goes to another task, and on from there: nothing has reached an app | gets the agent's 502 |
// | answers, and has an agent that stops | that answer counts; later requests go to another task | the same |
// | has an agent that stops and looks at nothing any more | goes to another task, the very same, unless its body streamed | the same |
// | has an agent whose app gives no answer | goes to another task | gets the agent's 502 |
// | is silent for SILENT_MS to everybody | goes to another task as well; the first answer counts | waits |
// | is silent to everybody for the route's whole timeout | fails, and ECS is asked what became of the task | the same |
// | is silent to this request only | waits: the request is slow, not the task | waits |
//
// Otherwise the core decides anew first, because a signature is for one sending, and the task is off everybody's list;
// but where it was an app that broke off, which any caller's request may be the cause of, and where a client owes its body.
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';
import { passes_as_it_comes } from './in_use.js';
import { Search } from './search.js';
import { NoAnswer, is_broken } from './send.js';
import { hold_of } from '../pages/waiting.js';

/** A stopped task of Fargate refuses no connection: its address is just gone. */
export const SILENT_MS = 3_000;

/** Of one request. Tasks that were just stopped lose their apps first: where all do so, the service is woken. */
const MOST_SENDINGS = 5;

/** Set by an agent that answers still, and soon will not. */
const STOPPING = 'Sallyport-Stopping';
/** The very same request is sent again no later than that: its signature is for half a minute. */
const LATEST_AGAIN_MS = 10_000;

/**
 * @typedef {import('./endpoints.js').Endpoint} Endpoint
 * @typedef {import('./search.js').NotReady} NotReady
 * @typedef {{sendings: number, breaks: number}} Left how often it may be sent again, and how often another time after a break
 * @typedef {(base: string, place: string, turns?: readonly ('first' | 'again')[]) => Promise<Response>} Send sends the turn's forward to
 *   what is put before its URL, signed for the place
 */

export class Delivery {
  #turn;
  #service;
  #search;
  #send;
  #now;

  /**
   * @param {import('../turn.js').Turn} turn
   * @param {import('./service.js').Service} service
   * @param {Send} send
   * @param {() => number} now
   */
  constructor(turn, service, send, now) {
    const hold = Math.min(hold_of(turn.request, service.hold_ms), turn.hold_most_ms);
    this.#turn = turn;
    this.#service = service;
    this.#search = new Search(service, turn.forward, hold, turn.context, now);
    this.#send = send;
    this.#now = now;
  }

  /**
   * @returns {Promise<Response | NotReady>}
   * @throws {NoAnswer}
   */
  async bring() {
    const place = await this.#search.find();
    if (place === undefined) throw new NoAnswer(false, 'the coordinator calls it ready and knows no task');
    if ('answer' in place) return place;
    const refused = await this.#turn.renewed();
    if (refused !== undefined) return refused;
    const { repeatable } = this.#turn.forward;
    const first = this.#or_elsewhere(place);
    if (repeatable && (await this.#is_silent(place, first))) {
      this.#search.lost(place);
      return first_of(first, this.#again(place, { sendings: 1, breaks: 0 }));
    }
    return repeatable ? this.#or_another(first, place, { sendings: MOST_SENDINGS - 1, breaks: 1 }) : first;
  }

  /**
   * @param {Promise<Response | NotReady>} going
   * @param {Endpoint} place
   * @param {Left} left
   * @returns {Promise<Response | NotReady>}
   */
  async #or_another(going, place, left) {
    /** @type {Response | NotReady | undefined} */
    let answer;
    try {
      answer = await going;
    } catch (failure) {
      const another = is_broken(failure) ? await this.#after_break(place, left) : undefined;
      if (another === undefined) throw failure;
      return another;
    }
    if ('answer' in answer || !is_without_answer(answer)) return answer;
    const unreached = is_without_app(answer);
    if (unreached) this.#search.lost(place);
    const another = await (unreached ? this.#again(place, left) : this.#after_break(place, left));
    if (another === undefined) return answer;
    drop(answer);
    return another;
  }

  /**
   * It may have been this very request: any caller can make an app break a connection. It breaks no third one.
   * @param {Endpoint} place
   * @param {Left} left
   */
  async #after_break(place, { sendings, breaks }) {
    return breaks === 0 ? undefined : this.#again(place, { sendings, breaks: breaks - 1 });
  }

  /**
   * @param {Endpoint} tried
   * @param {Left} left
   * @returns {Promise<Response | NotReady | undefined>} nothing: there is no other task
   */
  async #again(tried, { sendings, breaks }) {
    if (sendings === 0) return undefined;
    const other = await this.#search.find(tried.task_arn === '' ? undefined : tried);
    if (other === undefined || 'answer' in other) return other;
    const refused = await this.#turn.decided_again('the task before gave no response');
    return refused ?? this.#or_another(this.#or_elsewhere(other), other, { sendings: sendings - 1, breaks });
  }

  /**
   * An agent that stops has looked at nothing of a request that it sends elsewhere. Nobody signs that: so it goes under the same
   * nonce, and nobody who makes it up can have a request executed that he could not replay himself.
   * @param {Endpoint} place
   * @returns {Promise<Response | NotReady>}
   */
  async #or_elsewhere(place) {
    const since = this.#now();
    const answer = await this.#send_to(place);
    if (place.task_arn === '' || !goes_elsewhere(answer, this.#turn.forward)) return answer;
    const other = await this.#search.find(place);
    const late = this.#now() - since > LATEST_AGAIN_MS;
    if (other === undefined || (late && !this.#turn.forward.repeatable)) return answer;
    drop(answer);
    if ('answer' in other) return other;
    if (late) return (await this.#turn.decided_again('the agent stops')) ?? this.#send_to(other);
    this.#turn.record.again('the agent stops');
    const second = await this.#send_to(other, ['again']);
    if (is_without_app(second)) this.#search.lost(other);
    return second;
  }

  /** @param {Endpoint} place @param {readonly ('first' | 'again')[]} [turns] */
  async #send_to(place, turns) {
    const { forward } = this.#turn;
    const since = this.#now();
    const entry = place.in_flight.enter(since + this.#turn.timeout_ms());
    const use = this.#search.use();
    try {
      const answer = await this.#send(...reached(place), turns);
      place.answered_at = this.#now();
      if (answer.headers.has(STOPPING)) this.#search.lost(place);
      const { body, context } = this.#turn;
      return use.until_over(answer, body.sent, passes_as_it_comes(this.#service, forward), context);
    } catch (failure) {
      use.end();
      const silent = failure instanceof NoAnswer && failure.timed_out && place.answered_at < since;
      if (silent || is_broken(failure)) this.#search.lost(place);
      fail('no response', {
        id: forward.request_id,
        service: this.#service.entry.name,
        upstream: place.address || 'its origin',
        detail: describe(failure),
      });
      throw failure;
    } finally {
      place.in_flight.leave(entry);
    }
  }

  /**
   * Whether nobody has heard of this place since, and there is another one.
   * @param {Endpoint} place
   * @param {Promise<unknown>} first
   */
  async #is_silent(place, first) {
    const { endpoints } = this.#service;
    const since = this.#now();
    if (endpoints.choose(since, place) === undefined) return false;
    const settled = await settled_within(first, SILENT_MS);
    return !settled && place.answered_at < since && endpoints.choose(this.#now(), place) !== undefined;
  }
}

/**
 * @param {Endpoint} place
 * @returns {[base: string, place: string]} where to, and as what it is one place
 */
function reached({ task_arn, address, port }) {
  return address === '' ? ['', ''] : [`http://${address}:${port}`, `${task_arn} ${address}:${port}`];
}

/**
 * @param {Promise<unknown>} promise
 * @param {number} milliseconds
 */
async function settled_within(promise, milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const first = await Promise.race([settled, late]);
  clearTimeout(timer);
  return first;
}

/**
 * @param {Promise<Response | NotReady>} first
 * @param {Promise<Response | NotReady | undefined>} second
 */
async function first_of(first, second) {
  const both = [first, second.then((answer) => answer ?? first)];
  try {
    const won = await Promise.any(both);
    for (const each of both) each.then((answer) => answer !== won && drop(answer)).catch(() => {});
    return won;
  } catch (failures) {
    throw /** @type {AggregateError} */ (failures).errors[0];
  }
}

/**
 * A body that nobody reads is never over: it would count as use of its service for as long as the platform keeps the request.
 * @param {Response | NotReady} answer
 */
function drop(answer) {
  if (answer instanceof Response) void answer.body?.cancel();
}

/**
 * Whether an agent that stops refused the request before it looked at anything of it, and it can be sent again.
 * @param {Response} answer
 * @param {Pick<import('../turn.js').Forward, 'body'>} forward
 */
export function goes_elsewhere(answer, { body }) {
  return answer.status === 503 && body !== 'stream' && /^1 *; *stopping$/.test(answer.headers.get('sallyport-agent') ?? '');
}

/**
 * Whether this is an agent whose app gave no answer. The agent marks its own answers in a field that no app can set, as it
 * lets no Sallyport field of an app's answer pass.
 * @param {Response} answer
 */
function is_without_answer(answer) {
  return answer.status === 502 && /^upstream_unavailable(;|$)/.test(answer.headers.get('sallyport-refusal') ?? '');
}

/**
 * Whether this is an agent whose app takes no connection: its task is on the way down.
 * @param {Response} answer
 */
function is_without_app(answer) {
  return answer.headers.get('sallyport-refusal') === 'upstream_unavailable;unreached';
}
