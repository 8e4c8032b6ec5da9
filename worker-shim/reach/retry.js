// What a failure at one place means: for that place, and for the request.
import { NoAnswer } from './send.js';

/** RFC 9110 section 9.2.2: a second one has no effect that one alone has not. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * The connection failed.
 * @param {unknown} failure
 */
export function is_broken(failure) {
  return failure instanceof NoAnswer && !failure.timed_out;
}

/**
 * Only where the method promises that it does no harm, and where the body, if there is one, is still at hand. A length of
 * 0 announces none: a body is bytes, not a field.
 * @param {string} method
 * @param {import('../core/wire.js').Forward['body']} body
 * @param {number | null} [content_length]
 */
export function may_be_repeated(method, body, content_length = null) {
  return IDEMPOTENT.has(method) && (body !== 'stream' || content_length === 0);
}
