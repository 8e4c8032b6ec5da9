// The body of a request: read for the core when it must be signed, or streamed through without ever being held.

export class RequestBody {
  /** @type {ReadableStream<Uint8Array> | null} */
  #stream;
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  #reader;
  /** What was read of a body that is longer than asked for. @type {Uint8Array[]} */
  #head = [];
  /** The whole body, once it was read. @type {Uint8Array | undefined} */
  bytes;
  /** @type {import('./wire.js').BodyState} */
  state;

  /** @param {Request} request */
  constructor(request) {
    this.#stream = request.body;
    this.state = request.body === null ? 'none' : 'unread';
  }

  /**
   * Reads all of it, unless it is longer than `maxBytes`.
   * @param {number} maxBytes
   */
  async read(maxBytes) {
    const reader = (this.#reader ??= /** @type {ReadableStream<Uint8Array>} */ (this.#stream).getReader());
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.#head.push(value);
      size += value.length;
      if (size > maxBytes) {
        this.state = 'too_large';
        return;
      }
    }
    this.bytes = joined(this.#head, size);
    this.state = 'read';
  }

  /**
   * What to give to fetch.
   * @param {import('./wire.js').Forward['body']} plan
   * @param {number | null} contentLength
   * @param {import('./send.js').Upload} upload hears of every part of a stream that is taken
   * @returns {Uint8Array | ReadableStream<Uint8Array> | null}
   */
  forwarded(plan, contentLength, upload) {
    if (plan === 'none') return null;
    if (plan === 'bytes') return this.bytes ?? new Uint8Array(0);
    const stream = this.#streamed(upload);
    return contentLength === null ? stream : stream.pipeThrough(new FixedLengthStream(contentLength));
  }

  /**
   * What was read, and then the rest.
   * @param {import('./send.js').Upload} upload
   */
  #streamed(upload) {
    const head = this.#head;
    const reader = (this.#reader ??= /** @type {ReadableStream<Uint8Array>} */ (this.#stream).getReader());
    return new ReadableStream({
      async pull(controller) {
        upload.movedAt = Date.now();
        const next = head.shift() ?? (await reader.read()).value;
        if (next === undefined) {
          controller.close();
        } else {
          controller.enqueue(next);
        }
      },
      cancel(why) {
        return reader.cancel(why);
      },
    });
  }
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} size
 */
function joined(chunks, size) {
  if (chunks.length === 1) return /** @type {Uint8Array} */ (chunks[0]);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
