// Fetches what the core asks for: discovery documents and key sets of issuers. What to fetch, when, and whether an
// answer is any good is decided in the core (shared/gate/keys/key_set.hpp); here is only the way to the network.
//
// The Cache API spares a new isolate the fetch: an answer is kept there under its URL, with the time when it left the
// issuer, so that the core counts its age from then. An isolate that has had an answer before asks again only because it
// needs a newer one, and then goes to the issuer.
import { readBounded } from './host/bounded.js';
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
  #inFlight = new Map();

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
    const running = this.#inFlight.get(request.url);
    if (request.joined && running !== undefined) {
      // The one who fetches may be cancelled with the request it belongs to; then nobody would ever be told.
      await Promise.race([running, delay(request.timeoutSeconds * 1000)]);
      return;
    }
    const fetching = this.#fetchAndSupply(request, context);
    this.#inFlight.set(request.url, fetching);
    context.waitUntil(fetching);
    await fetching;
  }

  /**
   * @param {KeyRequest} request
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   */
  async #fetchAndSupply(request, context) {
    try {
      const cached = this.#known.has(request.url) ? undefined : await fromCache(request);
      const { response, body } = cached ?? (await fromIssuer(request));
      const { refused, note } = this.#core.supplyKeys(request, response, body);
      if (refused !== undefined) {
        fail('keys refused', { issuer: request.source, url: request.url, reason: refused.reason, detail: refused.detail });
        return;
      }
      if (note !== '') warn('keys passed over', { issuer: request.source, url: request.url, detail: note });
      this.#known.add(request.url);
      if (cached === undefined) context.waitUntil(intoCache(request, response, body));
    } finally {
      this.#inFlight.delete(request.url);
    }
  }
}

/**
 * @param {KeyRequest} request
 * @returns {Promise<Fetched>}
 */
async function fromIssuer(request) {
  try {
    const answer = await fetch(request.url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutSeconds * 1000),
    });
    const body = await readBounded(answer, request.maxBytes);
    const cacheControl = answer.headers.get('cache-control') ?? '';
    const problem = body === undefined ? 'longer than was asked for' : '';
    return { response: { status: answer.status, cacheControl, problem, fetchedAt: 0 }, body: body ?? NOTHING };
  } catch (error) {
    return failed(error instanceof Error ? `${error.name}: ${error.message}` : 'no answer');
  }
}

/** @param {string} problem */
function failed(problem) {
  return { response: { status: 0, cacheControl: '', problem, fetchedAt: 0 }, body: NOTHING };
}

/**
 * @param {KeyRequest} request
 * @returns {Promise<Fetched | undefined>}
 */
async function fromCache(request) {
  try {
    const cached = await (await caches.open(CACHE_NAME)).match(request.url);
    if (cached === undefined) return undefined;
    const fetchedAt = Number(cached.headers.get(FETCHED_AT));
    const body = await readBounded(cached, request.maxBytes);
    if (!Number.isSafeInteger(fetchedAt) || body === undefined) return undefined;
    const cacheControl = cached.headers.get(ORIGINAL_CACHE_CONTROL) ?? '';
    return { response: { status: cached.status, cacheControl, problem: '', fetchedAt }, body };
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
async function intoCache(request, response, body) {
  const headers = {
    'Cache-Control': `max-age=${CACHED_SECONDS}`,
    [FETCHED_AT]: String(Date.now()),
    [ORIGINAL_CACHE_CONTROL]: response.cacheControl,
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
