// A request that the core allowed becomes an answer: sent to the service's origin, or to one of its tasks, which are
// found, waited for and, when the policy says so, woken first.
//
// Rules
// * What a request cannot have is said at once: a binding that is missing, a service whose breaker is open.
// * A signature is for one sending and for half a minute. After waiting, and for a second try, the core decides anew.
// * Services share nothing here: each has its breaker, its endpoints and its counts, and nobody waits for another's.
import { Delivery, goes_elsewhere } from './delivery.js';
import { describe } from '../host/describe.js';
import { fail, warn } from '../observe.js';
import { passes_as_it_comes } from './in_use.js';
import { refusal_response } from '../pages/respond.js';
import { BrokenUpload, NO_UPLOAD, NoAnswer, send } from './send.js';
import { Service } from './service.js';
import { prepare_for_aws, sign_for_aws } from './sigv4.js';
import { not_ready_response } from '../pages/waiting.js';

/** Requests without the head of an answer, per service and isolate: those that hang must not fill the isolate. */
const MOST_UNANSWERED = 1_000;
const REQUEST_ID = 'Sallyport-Request-Id';
/** On an agent's own refusals. */
const REFUSAL = 'Sallyport-Refusal';
/** What an agent says of channels (shared/channel/field.hpp): for the edge and nobody behind it. */
const CHANNEL = 'Sallyport-Channel';
/** Beside it, the mark of the agent's own status (shared/gate/protocol/probe.hpp). */
const TO_THE_EDGE = [CHANNEL, 'Sallyport-Agent'];
const GRANT = 'sallyport-channel-grant';

/**
 * @typedef {import('../turn.js').Turn} Turn
 * @typedef {Pick<Turn, 'request' | 'forward'>} Sent as it was sent: the turn may have another forward by now
 */

export class Reach {
  #core;
  #aws;
  #environment;
  #catalog;
  #guards_cookies;
  #now;
  #random;
  /** @type {Map<string, Service>} */
  #services = new Map();

  /**
   * @param {Pick<import('../core/core.js').Core, 'refusal' | 'operate' | 'sign' | 'answered'>} core
   * @param {import('./sigv4.js').CredentialSource} aws
   * @param {Record<string, any>} environment with the bindings that the policy names
   * @param {Pick<import('../core/operations.d.ts').Catalog, 'services' | 'credential_cookies'>} catalog
   * @param {{now?: () => number, random?: () => number}} [host]
   */
  constructor(core, aws, environment, catalog, { now = Date.now, random = Math.random } = {}) {
    this.#core = core;
    this.#aws = aws;
    this.#environment = environment;
    this.#guards_cookies = catalog.credential_cookies;
    this.#catalog = new Map(catalog.services.map((entry) => [entry.name, entry]));
    this.#now = now;
    this.#random = random;
  }

  /**
   * @param {Turn} turn
   * @returns {Promise<Response>} always: what fails on the way to a service is an answer, too
   */
  async respond(turn) {
    const service = this.service(turn.forward.service);
    const refused = this.#refused_at_once(turn, service);
    if (refused !== undefined) return refused;
    const { caller_tag } = turn.forward;
    const probing = service.breaker.is_probing(caller_tag);
    try {
      return without_words_to_the_edge(await (service.coordinated ? this.#send_to_task(turn, service) : this.#send(turn, service)));
    } catch (failure) {
      if (failure instanceof BrokenUpload) return this.#refuse(turn, failure.reason, failure.message);
      // What the core throws is not an answer of anybody.
      if (!(failure instanceof NoAnswer)) throw failure;
      return this.#unanswered(turn, service, failure);
    } finally {
      if (probing) service.breaker.ended(caller_tag);
    }
  }

  /** @param {string} name */
  service(name) {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const entry = this.#catalog.get(name);
    if (entry === undefined) throw new Error(`the catalog has no service ${name}`);
    const made = new Service(entry, this.#environment, this.#random);
    this.#services.set(name, made);
    return made;
  }

  /**
   * @param {Turn} turn
   * @param {Service} service
   */
  #refused_at_once(turn, service) {
    const now = this.#now();
    if (service.missing !== undefined) return this.#refuse(turn, 'reach_unconfigured', `the Worker has no binding ${service.missing}`);
    const { caller_tag, body } = turn.forward;
    if (service.unanswered.is_full(now, MOST_UNANSWERED, caller_tag))
      return this.#refuse(turn, 'too_many_connections', 'too many requests are unanswered', 1);
    const pause = service.breaker.admit(now, caller_tag, body !== 'stream');
    return pause === 0 ? undefined : this.#refuse(turn, 'upstream_circuit_open', '', pause / 1000);
  }

  /**
   * Signed for its place, and once more where the agent there does not hold the channel that it was signed with, or stops and
   * another may be met behind the same address.
   * @param {Turn} turn
   * @param {Service} service
   * @param {string} [base] in front of the forward's URL
   * @param {string} [place] a task, where the service is not one place
   * @param {readonly ('first' | 'again')[]} [turns]
   */
  async #send(turn, service, base = '', place = '', turns = ['first', 'again']) {
    const means = service.entry.sigv4 === null ? undefined : await this.#means_for_aws(turn, service);
    if (means instanceof Response) return means;
    const { request, forward, body } = turn;
    const sent = { request, forward };
    for (const signing of turns) {
      const signed = this.#sign(turn, sent, service, place, signing, means);
      if (signed instanceof Response) return signed;
      const answer = await this.#exchange(turn, { ...sent, body }, service, base, signed.sent);
      switch (this.#said_of_channel(sent, signed.sent, answer)) {
        case 'pass_on':
          if (signing === 'again' || place !== '' || !goes_elsewhere(answer, forward)) return this.#passed_on(sent, answer);
          void answer.body?.cancel();
          turn.record.again('the agent stops');
          break;
        case 'too_late':
          void answer.body?.cancel();
          return this.#refuse(sent, 'channel_lost', '', 1);
        case 'again':
          void answer.body?.cancel();
          turn.record.again('the agent does not hold the channel');
      }
    }
    throw new Error('the core asks for a third sending');
  }

  /**
   * @param {Turn} turn
   * @param {Sent} sent
   * @param {Service} service
   * @param {string} place
   * @param {'first' | 'again'} signing
   * @param {import('./sigv4.js').Means | undefined} means for AWS
   */
  #sign(turn, sent, service, place, signing, means) {
    const { headers } = sent.forward;
    const signed = this.#core.sign(sent.forward, place, signing);
    delete headers[GRANT];
    Object.assign(headers, signed.fields);
    turn.record.signed(signed);
    const problem = means && sign_for_aws(this.#core, service.entry, sent, means, this.#now());
    return problem === undefined ? signed : this.#refuse(sent, problem.reason, problem.detail);
  }

  /**
   * Exactly the fields of the core, and no redirect followed: the signature is good for this request only.
   * @param {Turn} turn
   * @param {Pick<Turn, 'request' | 'forward' | 'body'>} sent
   * @param {Service} service
   * @param {string} base
   * @param {string} under
   */
  async #exchange(turn, { request, forward, body }, service, base, under) {
    const upload = forward.body === 'stream' ? { moved_at: 0, owed: false, broken: new AbortController() } : NO_UPLOAD;
    const timeout_ms = turn.timeout_ms();
    turn.record.sending();
    const entry = service.unanswered.enter(this.#now() + timeout_ms, forward.caller_tag);
    try {
      const answer = await send(
        service.fetcher,
        base + forward.url,
        {
          method: request.method,
          headers: forward.headers,
          body: body.forwarded(forward.body, forward.content_length, upload),
          redirect: 'manual',
          // The platform's own cache in front of an origin goes by the URL and knows nothing of identities.
          cache: 'no-store',
          ...(passes_as_it_comes(service, forward) && { encodeResponseBody: 'manual' }),
          ...(upload.broken && { signal: upload.broken.signal }),
        },
        timeout_ms,
        upload,
      );
      service.breaker.answered();
      return answer;
    } catch (failure) {
      if (under !== '') this.#note_channel(forward, this.#core.answered(under).note);
      throw failure;
    } finally {
      service.unanswered.leave(entry);
    }
  }

  /**
   * @param {Sent} sent
   * @param {string} under
   * @param {Response} answer
   */
  #said_of_channel({ forward }, under, answer) {
    if (under === '') return 'pass_on';
    const { next, note } = this.#core.answered(under, answer.status, answer.headers.get(CHANNEL) ?? '');
    this.#note_channel(forward, note);
    return next;
  }

  /** @param {Turn['forward']} forward @param {string} note */
  #note_channel({ request_id, service }, note) {
    if (note !== '') warn('channels are paused', { id: request_id, service, detail: note });
  }

  /**
   * No Response can have a status beyond 200 to 599, such as that of an interim answer, or a broken status phrase.
   * @param {Sent} sent
   * @param {Response} answer
   */
  #passed_on(sent, answer) {
    /** @type {Response} */
    let named;
    try {
      named = readable(with_request_id(answer, sent.forward.request_id), sent.forward);
    } catch (error) {
      void answer.body?.cancel();
      return this.#refuse(sent, 'upstream_invalid_response', describe(error));
    }
    return this.#without_credential_cookies(sent, named);
  }

  /**
   * No app sets the cookies in which the gate looks for tokens. An agent has seen to it; what answers in its place has
   * not.
   * @param {Sent} sent
   * @param {Response} answer
   */
  #without_credential_cookies({ forward }, answer) {
    if (!this.#guards_cookies || !answer.headers.has('set-cookie')) return answer;
    const cookies = answer.headers.getSetCookie();
    const said = this.#core.operate('credential_cookies', { cookies });
    const passing = cookies.filter((_, i) => said.error === undefined && said.passes[i] === true);
    if (passing.length === cookies.length) return answer;
    fail("Set-Cookie of a credential's cookie was dropped", { id: forward.request_id, service: forward.service });
    const response = new Response(answer.body, answer);
    response.headers.delete('set-cookie');
    for (const cookie of passing) response.headers.append('set-cookie', cookie);
    return response;
  }

  /**
   * @param {Turn} turn
   * @param {Service} service
   * @returns {Promise<import('./sigv4.js').Means | Response>} what a signature is made of, or a refusal
   */
  async #means_for_aws(turn, service) {
    const means = await prepare_for_aws(this.#aws, service.entry, turn);
    if ('reason' in means) return this.#refuse(turn, means.reason, means.detail);
    return (await turn.renewed()) ?? means;
  }

  /**
   * @param {Turn} turn
   * @param {Service} service
   */
  async #send_to_task(turn, service) {
    const delivery = new Delivery(turn, service, (...where) => this.#send(turn, service, ...where), this.#now);
    const brought = await delivery.bring();
    return brought instanceof Response ? brought : this.#not_ready(turn, brought);
  }

  /**
   * @param {Turn} turn
   * @param {import('./search.js').NotReady} said
   */
  #not_ready({ request, forward }, said) {
    const detail = said.answer === 'failed' ? said.detail : '';
    const refusal = this.#core.refusal(reason_of(said), forward.request_id, detail);
    return not_ready_response(request, refusal, said, { service: forward.service, fields: forward.refusal_fields });
  }

  /**
   * @param {Turn} turn
   * @param {Service} service
   * @param {NoAnswer} failure
   */
  #unanswered(turn, service, failure) {
    service.breaker.failed(this.#now(), turn.forward.caller_tag);
    return this.#refuse(turn, failure.timed_out ? 'upstream_timeout' : 'upstream_connect_failed', failure.message);
  }

  /**
   * @param {Sent} sent
   * @param {import('../core/names.js').Reason} reason
   * @param {string} detail for operators
   * @param {number} [retry_after_s]
   */
  #refuse({ request, forward }, reason, detail, retry_after_s) {
    return refusal_response(request, this.#core.refusal(reason, forward.request_id, detail), {
      retry_after_s,
      fields: forward.refusal_fields,
    });
  }
}

/** @param {import('./search.js').NotReady} said */
function reason_of(said) {
  if ('reason' in said) return said.reason;
  return said.answer === 'starting' ? 'wake_starting' : 'wake_asleep';
}

/**
 * The app's answer under the id by which both audit trails know it. An agent has said it already; what answers in its
 * place, such as a load balancer, has not.
 * @param {Response} upstream
 * @param {string} request_id
 */
function with_request_id(upstream, request_id) {
  if (upstream.headers.get(REQUEST_ID) === request_id) return upstream;
  const response = new Response(upstream.body, upstream);
  response.headers.set(REQUEST_ID, request_id);
  return response;
}

/** What agents say to the edge alone. @param {Response} upstream */
function without_words_to_the_edge(upstream) {
  const said = TO_THE_EDGE.filter((name) => upstream.headers.has(name));
  if (said.length === 0) return upstream;
  const response = new Response(upstream.body, upstream);
  for (const name of said) response.headers.delete(name);
  return response;
}

/**
 * A page of another origin may read that an agent refused, as it may read the edge's own refusals (shared/gate/edge/cors.hpp).
 * @param {Response} answer
 * @param {Turn['forward']} forward
 */
function readable(answer, { refusal_fields = [] }) {
  if (refusal_fields.length === 0 || !answer.headers.has(REFUSAL)) return answer;
  const response = new Response(answer.body, answer);
  for (const [name, value] of refusal_fields) response.headers.append(name, value);
  return response;
}
