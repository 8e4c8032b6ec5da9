// One request to one place, with a time limit until the head of the answer. The body of the answer may take as long as
// it likes, and so may a long upload, as long as it moves. When it does not, two parties can be waited for: the client for
// the next part of the body, or the service to take it or to answer. Only the second is a failure of the service.
import { describe } from '../host/describe.js';

/** No answer came: no connection, one that broke, or nothing moved for as long as the route allows. */
export class NoAnswer extends Error {
  /**
   * @param {boolean} timed_out
   * @param {string} message
   */
  constructor(timed_out, message) {
    super(message);
    this.name = 'NoAnswer';
    this.timed_out = timed_out;
  }
}

/**
 * The connection failed.
 * @param {unknown} failure
 */
export function is_broken(failure) {
  return failure instanceof NoAnswer && !failure.timed_out;
}

/** The client did not bring the body that it promised. What was sent of it is not a request, and must not look like one. */
export class BrokenUpload extends Error {
  /**
   * @param {string} message
   * @param {boolean} [stalled] it is still there, and brings nothing more
   */
  constructor(message, stalled = false) {
    super(message);
    this.name = 'BrokenUpload';
    /** @type {import('../core/names.js').Reason} */
    this.reason = stalled ? 'request_timeout' : 'framing_body_incomplete';
  }
}

/**
 * @typedef {{fetch(url: string, init: RequestInit): Promise<Response>}} Fetcher the global one, or a binding
 * @typedef {{moved_at: number, owed: boolean, broken?: AbortController}} Upload when a part of a streamed body was last
 *   asked for or taken (0: never), whether the next one has to come from the client, and, where one streams, whether there is
 *   no more to come of it
 */

/** Of a request whose body, if it has one, is at hand as a whole. @type {Readonly<Upload>} */
export const NO_UPLOAD = Object.freeze({ moved_at: 0, owed: false });

/**
 * What is given up is ended by the platform, together with the request that it belongs to.
 * @param {Fetcher} fetcher
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} timeout_ms
 * @param {Readonly<Upload>} upload
 * @returns {Promise<Response>}
 * @throws {NoAnswer | BrokenUpload}
 */
export function send(fetcher, url, init, timeout_ms, upload) {
  return new Promise((resolve, reject) => {
    const check = () => {
      const left = upload.moved_at + timeout_ms - Date.now();
      if (left > 0) {
        timer = setTimeout(check, left);
      } else if (upload.owed) {
        const stalled = new BrokenUpload(`no more of the body within ${timeout_ms} ms`, true);
        reject(stalled);
        // The service is not left with half of a request.
        upload.broken?.abort(stalled);
      } else {
        reject(new NoAnswer(true, `no answer within ${timeout_ms} ms`));
      }
    };
    let timer = setTimeout(check, timeout_ms);
    const failed = (/** @type {unknown} */ error) => {
      clearTimeout(timer);
      const broken = upload.broken?.signal;
      reject(broken?.aborted ? new BrokenUpload(describe(broken.reason)) : new NoAnswer(false, describe(error)));
    };
    try {
      fetcher.fetch(url, init).then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      }, failed);
    } catch (error) {
      // What fetch will not even take says something of the request, and nothing of the service.
      clearTimeout(timer);
      reject(error);
    }
  });
}
