// Where stored answers lie: the Cache API of the data centre, under addresses that nobody can ask for from outside.
// What the core wants to know about an answer lies beside it as one text (shared/caching/stored_answer.hpp). Losing an
// entry costs a request to the origin and nothing else, so no failure of the store is one of a request.
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';

const CACHE_NAME = 'sallyport-responses';
const ADDRESS = 'https://responses.sallyport.invalid/';
const TEXT = 'Sallyport-Stored';
/** Bodies longer than this are never stored. */
export const MOST_BODY_BYTES = 10 << 20;
/** Bodies that are being gathered to be stored may take this much of the isolate's memory together. */
const MOST_GATHERED_BYTES = 32 << 20;

/**
 * @typedef {{text: string, body: ReadableStream<Uint8Array> | null, length: string | null}} Entry
 */

export class AnswerStore {
  #gathered = 0;

  /**
   * @param {string} place
   * @returns {Promise<Entry | undefined>} whose body is to be read or cancelled
   */
  async read(place) {
    try {
      const found = await (await caches.open(CACHE_NAME)).match(ADDRESS + place);
      const text = found?.headers.get(TEXT);
      return found && text ? { text, body: found.body, length: found.headers.get('content-length') } : undefined;
    } catch (error) {
      fail('the store of answers failed', { detail: describe(error) });
      return undefined;
    }
  }

  /**
   * @param {string} place
   * @param {string} text
   * @param {Uint8Array | ReadableStream<Uint8Array> | null} body
   * @param {number} keep_seconds
   */
  async write(place, text, body, keep_seconds) {
    const headers = { [TEXT]: text, 'Cache-Control': `max-age=${keep_seconds}`, 'Content-Type': 'application/octet-stream' };
    try {
      await (await caches.open(CACHE_NAME)).put(ADDRESS + place, new Response(body, { headers }));
    } catch (error) {
      fail('the store of answers failed', { detail: describe(error) });
    }
  }

  /**
   * All of a body, unless it is too long, or broke off on its way.
   * @param {ReadableStream<Uint8Array> | null} body
   * @returns {Promise<Uint8Array | undefined>}
   */
  async gather(body) {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const chunks = [];
    let size = 0;
    try {
      // Leaving the loop cancels the rest.
      for await (const chunk of body ?? []) {
        if (size + chunk.length > MOST_BODY_BYTES || this.#gathered + chunk.length > MOST_GATHERED_BYTES) return undefined;
        size += chunk.length;
        this.#gathered += chunk.length;
        chunks.push(/** @type {Uint8Array<ArrayBuffer>} */ (chunk));
      }
      return new Uint8Array(await new Blob(chunks).arrayBuffer());
    } catch {
      return undefined;
    } finally {
      this.#gathered -= size;
    }
  }
}
