// The body of an answer from elsewhere, read up to a bound: whoever answers does not decide how much memory that takes.

/**
 * @param {Response} answer
 * @param {number} max_bytes
 * @returns {Promise<Uint8Array | undefined>} nothing: longer than that
 */
export async function read_bounded(answer, max_bytes) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > max_bytes) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} size of all of them together
 */
export function joined(chunks, size) {
  if (chunks.length === 1) return /** @type {Uint8Array} */ (chunks[0]);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
