// Answers out of the cache of the edge, for routes whose policy says `cache`. A request comes here only after the core
// allowed it, and with a plan of the core: under which keys to look, and on what terms. What may be stored, served or
// asked again is decided there, too (shared/operations/operation.def); here answers are looked up, sent for, and put
// away while they stream to the client.
import { AnswerStore, MOST_BODY_BYTES } from './store.js';
import { keep_refusal, refusal_of, refusal_response } from '../pages/respond.js';

/** With an answer in hand that may stand in, nobody waits longer than this for a service to start. */
const HOLD_WITH_STALE_MS = 2_000;

/**
 * @typedef {import('../turn.js').Parts} Parts a request that the core allowed
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('../core/operations.d.ts').Scope} Scope
 * @typedef {import('../core/wire.js').CachePlan} CachePlan
 * @typedef {import('../core/operations.d.ts').CachedAnswer} Answer
 * @typedef {import('../core/operations.d.ts').LookedUp} LookedUp
 * @typedef {import('../core/operations.d.ts').Storing} Storing
 * @typedef {import('../core/operations.d.ts').CacheAsked} Asked
 * @typedef {Asked & {fwd: string, requested: number, received: number}} Came with why and when
 * @typedef {Partial<Record<Scope, Entry>>} Entries
 */

/** Statuses that come without a body (Fetch Standard, null body status). */
const WITHOUT_BODY = [101, 103, 204, 205, 304];
const NO_ANSWER = { status: 0, fields: [], body: false };

export class AnswerCache {
  #core;
  #store;

  /**
   * @param {Pick<import('../core/core.js').Core, 'operate' | 'refusal'>} core
   * @param {AnswerStore} [store]
   */
  constructor(core, store = new AnswerStore()) {
    this.#core = core;
    this.#store = store;
  }

  /**
   * @param {Parts} parts
   * @param {(parts: Parts) => Promise<Response>} send
   * @returns {Promise<Response>}
   */
  respond(parts, send) {
    const plan = parts.forward.cache;
    return plan === null ? send(parts) : this.#respond(parts, plan, send);
  }

  /**
   * @param {Parts} parts
   * @param {CachePlan} plan
   * @param {(parts: Parts) => Promise<Response>} send
   * @returns {Promise<Response>}
   */
  async #respond(parts, plan, send) {
    /** @type {Asked} what the app would see, before conditions of ours */
    const asked = { plan, method: parts.request.method, fields: Object.entries(parts.forward.headers) };
    if (plan.use !== 'answers') return this.#past(parts, asked, send);
    const { said, entries } = await this.#look_up(asked);
    const entry = said.from && entries[said.from];
    discard(entries, entry);
    if (said.do === 'serve' && entry !== undefined) return served(parts, 'hit', said.answer, entry);
    parts.record.from_cache('miss');
    if (said.do === 'refuse')
      return refusal_response(parts.request, this.#core.refusal('upstream_timeout', parts.forward.request_id, 'only-if-cached'), {
        fields: parts.forward.refusal_fields,
      });
    return this.#ask(parts, asked, said, entry, send);
  }

  /**
   * @param {Asked} asked
   * @returns {Promise<{said: LookedUp, entries: Entries}>}
   */
  async #look_up(asked) {
    const { key, identity, shared: for_all } = asked.plan;
    const places = { identity: `${key}/${identity}`, shared: `${key}/${for_all}` };
    const [own, shared, invalidated] = await Promise.all([
      identity === '' ? undefined : this.#store.read(places.identity),
      for_all === '' ? undefined : this.#store.read(places.shared),
      this.#store.read(`${key}/invalidated`),
    ]);
    await invalidated?.body?.cancel();
    const entries = { identity: own, shared };
    const first = this.#decide(asked, entries, invalidated, false);
    if (first.do !== 'variant') return { said: first, entries };
    const selected = await this.#selected(places, entries, first);
    return { said: this.#decide(asked, selected, invalidated, true), entries: selected };
  }

  /**
   * What is stored for the values that this request has in the fields of Vary.
   * @param {Record<Scope, string>} places
   * @param {Entries} entries
   * @param {LookedUp} variants
   * @returns {Promise<Entries>}
   */
  async #selected(places, entries, variants) {
    const select = async (/** @type {Scope} */ scope) => {
      if (variants[scope] === undefined) return entries[scope];
      entries[scope]?.body?.cancel();
      return this.#store.read(`${places[scope]}/${variants[scope]}`);
    };
    const [identity, shared] = await Promise.all([select('identity'), select('shared')]);
    return { identity, shared };
  }

  /**
   * @param {Asked} asked
   * @param {Entries} entries
   * @param {Entry | undefined} invalidated
   * @param {boolean} varied
   * @returns {LookedUp}
   */
  #decide(asked, { identity, shared }, invalidated, varied) {
    return this.#core.operate('cache_lookup', {
      ...asked,
      now: Date.now(),
      varied,
      identity: identity?.text ?? '',
      shared: shared?.text ?? '',
      invalidated: invalidated?.text ?? '',
    });
  }

  /**
   * Sends the request on, on the condition that what is stored is not good any more, and sees what the answer is good for.
   * @param {Parts} parts
   * @param {Asked} asked
   * @param {LookedUp} said
   * @param {Entry | undefined} entry what the conditions are about, and what may stand in
   * @param {(parts: Parts) => Promise<Response>} send
   * @returns {Promise<Response>}
   */
  async #ask(parts, asked, said, entry, send) {
    const conditional = new ConditionalTurn(parts, said);
    const answer = await send(conditional.parts);
    if (conditional.refused) return answer;
    const came = { ...asked, fwd: said.fwd, requested: conditional.sent_at, received: Date.now() };
    if (said.on_error && entry !== undefined) {
      const { answer: stale } = this.#core.operate('cache_stale', {
        ...asked,
        now: came.received,
        stored: entry.text,
        fwd: said.fwd,
        fwd_status: answer.status,
      });
      if (stale !== undefined) {
        answer.body?.cancel();
        return served(parts, 'stale', stale, entry, answer);
      }
    }
    if (answer.status !== 304 || said.conditions === undefined || entry === undefined) {
      entry?.body?.cancel();
      return this.#kept(parts, answer, came);
    }
    const fresh = this.#core.operate('cache_freshen', {
      ...came,
      now: came.received,
      stored: entry.text,
      answer_fields: [...answer.headers],
    });
    if (!fresh.confirmed) return this.#ask_plainly(parts, asked, entry, send);
    return served(parts, 'revalidated', fresh.answer, this.#freshened(parts, asked.plan, fresh, entry));
  }

  /**
   * A 304 that speaks of something else than what was asked about: nobody is served by it.
   * @param {Parts} parts
   * @param {Asked} asked
   * @param {Entry} entry
   * @param {(parts: Parts) => Promise<Response>} send
   * @returns {Promise<Response>}
   */
  async #ask_plainly(parts, asked, entry, send) {
    entry.body?.cancel();
    const forward = await parts.decide_again();
    if (forward instanceof Response) return forward;
    parts.record.again('a 304 spoke of something else');
    const plainly = { do: /** @type {const} */ ('send'), fwd: 'stale', answer: NO_ANSWER };
    return this.#ask({ ...parts, forward }, asked, plainly, undefined, send);
  }

  /**
   * @param {Parts} parts
   * @param {Response} answer
   * @param {Came} came
   */
  #kept(parts, answer, came) {
    const storing = this.#core.operate('cache_store', { ...came, status: answer.status, answer_fields: [...answer.headers] });
    const too_long = Number(answer.headers.get('content-length')) > MOST_BODY_BYTES;
    if (!storing.store || too_long) return with_status(answer, answer.body, storing.cache_status.replace('; stored', ''));
    const [for_client, for_store] = answer.body?.tee() ?? [null, null];
    parts.context.waitUntil(this.#put_away(came.plan, storing, for_store));
    return with_status(answer, for_client, storing.cache_status);
  }

  /**
   * @param {CachePlan} plan
   * @param {Storing} storing
   * @param {ReadableStream<Uint8Array> | null} stream
   */
  async #put_away(plan, storing, stream) {
    const body = await this.#store.gather(stream);
    if (body !== undefined) await this.#write(plan, storing, body);
  }

  /**
   * @param {CachePlan} plan
   * @param {Storing} storing
   * @param {Uint8Array | ReadableStream<Uint8Array> | null} body
   */
  async #write(plan, { from, variant, variants, text, keep }, body) {
    const place = `${plan.key}/${plan[from]}`;
    await this.#store.write(variant === '' ? place : `${place}/${variant}`, text, body, keep);
    if (variant !== '') await this.#store.write(place, variants, null, keep);
  }

  /**
   * Puts what a 304 confirmed away anew.
   * @param {Parts} parts
   * @param {CachePlan} plan
   * @param {Storing & {answer: Answer}} fresh
   * @param {Entry} entry
   * @returns {Entry} for the client
   */
  #freshened(parts, plan, fresh, entry) {
    if (!fresh.store) return entry;
    const [for_client, for_store] = fresh.answer.body && entry.body !== null ? entry.body.tee() : [null, entry.body];
    parts.context.waitUntil(this.#write(plan, fresh, for_store));
    return { ...entry, body: for_client };
  }

  /**
   * Past what is stored; and when the request changed something, that is not to be used any more from here on.
   * @param {Parts} parts
   * @param {Asked} asked
   * @param {(parts: Parts) => Promise<Response>} send
   */
  async #past(parts, asked, send) {
    const answer = await send(parts);
    if (asked.plan.use === 'invalidates') {
      const { text, keep } = this.#core.operate('cache_invalidate', { now: Date.now(), status: answer.status });
      if (text !== undefined) await this.#store.write(`${asked.plan.key}/invalidated`, text, null, keep);
    }
    const { fwd } = this.#core.operate('cache_lookup', { ...asked, now: 0 });
    return with_status(answer, answer.body, `Sallyport; fwd=${fwd}`);
  }
}

/** A turn whose requests carry our conditions, also the one that goes out when the core has to decide again. */
class ConditionalTurn {
  #said;
  /** Whether the core refused in the end: then its answer is the answer. */
  refused = false;
  sent_at = Date.now();

  /**
   * @param {Parts} parts
   * @param {LookedUp} said
   */
  constructor(parts, said) {
    this.#said = said;
    this.parts = { ...parts, decide_again: () => this.#decide_again(parts), ...(said.on_error && { hold_most_ms: HOLD_WITH_STALE_MS }) };
    this.#apply(parts.forward.headers);
  }

  /** @param {Parts} parts */
  async #decide_again(parts) {
    const decided = await parts.decide_again();
    this.refused = decided instanceof Response;
    if (decided instanceof Response) return decided;
    this.sent_at = Date.now();
    this.#apply(decided.headers);
    return decided;
  }

  /** @param {Record<string, string>} headers by name in lower case */
  #apply(headers) {
    for (const name of this.#said.drop ?? []) delete headers[name.toLowerCase()];
    for (const [name, value] of this.#said.conditions ?? []) headers[name.toLowerCase()] = value;
  }
}

/**
 * @param {Parts} parts
 * @param {'hit' | 'stale' | 'revalidated'} use
 * @param {Answer} answer
 * @param {Entry} entry
 * @param {Response} [instead] of this one
 */
function served({ request, forward, record }, use, answer, entry, instead) {
  const headers = new Headers(answer.fields);
  headers.set('Sallyport-Request-Id', forward.request_id);
  const refusal = instead && refusal_of(instead);
  record.from_cache(use, `${headers.get('cache-status')}${refusal ? `; ${refusal.reason}: ${refusal.detail}` : ''}`);
  const with_body = answer.body && !WITHOUT_BODY.includes(answer.status);
  if (!with_body) entry.body?.cancel();
  // The length of what GET would give; a packed body is packed anew, to a length that is not known before.
  if (request.method === 'HEAD' && entry.length !== null && !headers.has('content-encoding')) headers.set('Content-Length', entry.length);
  return new Response(with_body ? entry.body : null, { status: answer.status, headers });
}

/**
 * @param {Response} answer
 * @param {ReadableStream<Uint8Array> | null} body
 * @param {string} cache_status
 */
function with_status(answer, body, cache_status) {
  const response = new Response(body, answer);
  // RFC 9211 section 2: the cache nearest to the client comes last.
  response.headers.append('Cache-Status', cache_status);
  return keep_refusal(response, answer);
}

/**
 * A body that is not read holds its connection.
 * @param {Entries} entries
 * @param {Entry} [kept]
 */
function discard(entries, kept) {
  for (const entry of Object.values(entries)) if (entry !== kept) entry?.body?.cancel();
}
