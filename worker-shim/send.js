// One request to one place, with a time limit until the head of the answer. The body of the answer may take as long as
// it likes, and so may a long upload, as long as it moves.
import { describe } from './describe.js';

/** No answer came: no connection, one that broke, or nothing moved for as long as the route allows. */
export class NoAnswer extends Error {
  /**
   * @param {boolean} timedOut
   * @param {string} message
   */
  constructor(timedOut, message) {
    super(message);
    this.name = 'NoAnswer';
    this.timedOut = timedOut;
  }
}

/** The client did not bring the body that it promised. What was sent of it is not a request, and must not look like one. */
export class BrokenUpload extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'BrokenUpload';
  }
}

/**
 * @typedef {{fetch(url: string, init: RequestInit): Promise<Response>}} Fetcher the global one, or a binding
 * @typedef {{movedAt: number, broken?: AbortController}} Upload when a part of a streamed body was last asked for (0: never),
 *   and, where one streams, whether there is no more to come of it
 */

/** Of a request whose body, if it has one, is at hand as a whole. @type {Readonly<Upload>} */
export const NO_UPLOAD = Object.freeze({ movedAt: 0 });

/**
 * What is given up is ended by the platform, together with the request that it belongs to.
 * @param {Fetcher} fetcher
 * @param {string} url
 * @param {RequestInit} init
 * @param {number} timeoutMs
 * @param {Readonly<Upload>} upload
 * @returns {Promise<Response>}
 * @throws {NoAnswer | BrokenUpload}
 */
export function send(fetcher, url, init, timeoutMs, upload) {
  return new Promise((resolve, reject) => {
    const check = () => {
      const left = upload.movedAt + timeoutMs - Date.now();
      if (left > 0) timer = setTimeout(check, left);
      else reject(new NoAnswer(true, `no answer within ${timeoutMs} ms`));
    };
    let timer = setTimeout(check, timeoutMs);
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
      failed(error);
    }
  });
}
