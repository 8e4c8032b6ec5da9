// The body of an answer from elsewhere, read up to a bound: whoever answers does not decide how much memory that takes.
import { joined } from './body.js';

/**
 * @param {Response} answer
 * @param {number} maxBytes
 * @returns {Promise<Uint8Array | undefined>} nothing: longer than that
 */
export async function readBounded(answer, maxBytes) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks, size);
}
