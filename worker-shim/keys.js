// Fetches what the core asks for: discovery documents and key sets of issuers. What to fetch, when, and whether an
// answer is any good is decided in the core (shared/gate/keys/key_set.hpp); here is only the way to the network.
//
// The Cache API spares a new isolate the fetch: an answer is kept there under its URL, with the time when it left the
// issuer, so that the core counts its age from then. An isolate that has had an answer before asks again only because it
// needs a newer one, and then goes to the issuer.
import { read_bounded } from './host/bounded.js';
import { describe } from './host/describe.js';
import { fail, warn } from './observe.js';

/**
 * @typedef {import('./core/core.js').Core} Core
 * @typedef {import('./core/wire.js').KeyRequest} KeyRequest
 * @typedef {import('./core/wire.js').KeyResponse} KeyResponse
 * @typedef {{response: KeyResponse, body: Uint8Array}} Fetched
 */

const CACHE_NAME = 'sallyport-keys';
const FETCHED_AT = 'Sallyport-Fetched-At';
const ORIGINAL_CACHE_CONTROL = 'Sallyport-Cache-Control';
/** Seconds that an answer may be taken from the cache; the soft age of the core may end sooner. */
const CACHED_SECONDS = 600;
const NOTHING = new Uint8Array(0);

export class KeyFetcher {
  #core;
  /** URLs for which this isolate has had an answer. @type {Set<string>} */
  #known = new Set();
  /** @type {Map<string, Promise<void>>} */
  #in_flight = new Map();

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /**
   * Gets the keys and gives them to the core. Never throws: a failure is an answer, too.
   * @param {KeyRequest} request
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   */
  async supply(request, context) {
    const running = this.#in_flight.get(request.url);
    if (request.joined && running !== undefined) {
      // The one who fetches may be cancelled with the request it belongs to; then nobody would ever be told.
      await Promise.race([running, delay(request.timeout_seconds * 1000)]);
      return;
    }
    const fetching = this.#fetch_and_supply(request, context);
    this.#in_flight.set(request.url, fetching);
    context.waitUntil(fetching);
    await fetching;
  }

  /**
   * @param {KeyRequest} request
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   */
  async #fetch_and_supply(request, context) {
    try {
      const cached = this.#known.has(request.url) ? undefined : await from_cache(request);
      const { response, body } = cached ?? (await from_issuer(request));
      const { refused, note } = this.#core.supply_keys(request, response, body);
      if (refused !== undefined) {
        fail('keys refused', { issuer: request.source, url: request.url, reason: refused.reason, detail: refused.detail });
        return;
      }
      if (note !== '') warn('keys passed over', { issuer: request.source, url: request.url, detail: note });
      this.#known.add(request.url);
      if (cached === undefined) context.waitUntil(into_cache(request, response, body));
    } finally {
      this.#in_flight.delete(request.url);
    }
  }
}

/**
 * @param {KeyRequest} request
 * @returns {Promise<Fetched>}
 */
async function from_issuer(request) {
  try {
    const answer = await fetch(request.url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeout_seconds * 1000),
    });
    const body = await read_bounded(answer, request.max_bytes);
    const cache_control = answer.headers.get('cache-control') ?? '';
    const problem = body === undefined ? 'longer than was asked for' : '';
    return { response: { status: answer.status, cache_control, problem, fetched_at: 0 }, body: body ?? NOTHING };
  } catch (error) {
    return failed(error instanceof Error ? `${error.name}: ${error.message}` : 'no answer');
  }
}

/** @param {string} problem */
function failed(problem) {
  return { response: { status: 0, cache_control: '', problem, fetched_at: 0 }, body: NOTHING };
}

/**
 * @param {KeyRequest} request
 * @returns {Promise<Fetched | undefined>}
 */
async function from_cache(request) {
  try {
    const cached = await (await caches.open(CACHE_NAME)).match(request.url);
    if (cached === undefined) return undefined;
    const fetched_at = Number(cached.headers.get(FETCHED_AT));
    const body = await read_bounded(cached, request.max_bytes);
    if (!Number.isSafeInteger(fetched_at) || body === undefined) return undefined;
    const cache_control = cached.headers.get(ORIGINAL_CACHE_CONTROL) ?? '';
    return { response: { status: cached.status, cache_control, problem: '', fetched_at }, body };
  } catch {
    // Without the cache there is still the issuer.
    return undefined;
  }
}

/**
 * @param {KeyRequest} request
 * @param {KeyResponse} response
 * @param {Uint8Array} body
 */
async function into_cache(request, response, body) {
  const headers = {
    'Cache-Control': `max-age=${CACHED_SECONDS}`,
    [FETCHED_AT]: String(Date.now()),
    [ORIGINAL_CACHE_CONTROL]: response.cache_control,
  };
  try {
    await (await caches.open(CACHE_NAME)).put(request.url, new Response(body, { headers }));
  } catch (error) {
    fail('the cache of keys failed', { detail: describe(error) });
  }
}

/** @param {number} milliseconds */
function delay(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
