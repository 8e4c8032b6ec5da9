// The body of a request: read for the core when it must be signed, or streamed through without ever being held.
import { joined } from './host/bounded.js';
import { describe } from './host/describe.js';
import { BrokenUpload } from './reach/send.js';

/** What is read at once, where there is that much; the reader that brings its own buffers takes 4 KiB. */
const PIECE_BYTES = 128 << 10;
/** A body that is read before anything is sent has to move at least this often. */
const READ_PATIENCE_MS = 60_000;

export class RequestBody {
  /** @type {ReadableStream<Uint8Array> | null} */
  #stream;
  /** @type {ReadableStreamBYOBReader | undefined} */
  #reader;
  /** What was read of a body that is longer than asked for. @type {Uint8Array[]} */
  #head = [];
  #piece_bytes = PIECE_BYTES;
  /** The whole body, once it was read. @type {Uint8Array | undefined} */
  bytes;
  /** Settles when what streams has gone, or never will. @type {Promise<void>} */
  sent = Promise.resolve();
  /** @type {import('./core/wire.js').BodyState} */
  state;

  /** @param {Request} request */
  constructor(request) {
    this.#stream = request.body;
    this.state = request.body === null ? 'none' : 'unread';
    if (request.body === null) return;
    const length = Number(request.headers.get('content-length'));
    if (length > 0 && length < PIECE_BYTES) this.#piece_bytes = length;
  }

  /**
   * Reads all of it, unless it is longer than `max_bytes`.
   * @param {number} max_bytes
   * @throws {BrokenUpload}
   */
  async read(max_bytes) {
    const owed = patience();
    try {
      await this.#read_up_to(max_bytes, owed);
    } catch (problem) {
      throw problem instanceof BrokenUpload ? problem : new BrokenUpload(describe(problem));
    } finally {
      owed.end();
    }
  }

  /**
   * @param {number} max_bytes
   * @param {Patience} owed
   */
  async #read_up_to(max_bytes, owed) {
    let size = 0;
    for (;;) {
      const value = await Promise.race([this.#next(), owed.over]);
      if (value === undefined) break;
      owed.moved();
      // A small piece shall not keep the whole buffer that it came in.
      this.#head.push(value.byteLength * 2 < value.buffer.byteLength ? value.slice() : value);
      size += value.length;
      if (size > max_bytes) {
        this.state = 'too_large';
        return;
      }
    }
    this.bytes = joined(this.#head, size);
    this.state = 'read';
  }

  /**
   * What to give to fetch.
   * @param {import('./core/wire.js').Forward['body']} plan
   * @param {number | null} content_length
   * @param {import('./reach/send.js').Upload} upload hears of every part of a stream that is taken
   * @returns {Uint8Array | ReadableStream<Uint8Array> | null}
   */
  forwarded(plan, content_length, upload) {
    if (plan === 'none') return null;
    if (plan === 'bytes') return this.bytes ?? new Uint8Array(0);
    const { readable, writable } = content_length === null ? new IdentityTransformStream() : new FixedLengthStream(content_length);
    // It ends with the request, or the request with it.
    this.sent = this.#pour(writable, upload);
    return readable;
  }

  /**
   * What was read, and then the rest.
   * @param {WritableStream<Uint8Array>} into
   * @param {import('./reach/send.js').Upload} upload
   */
  async #pour(into, upload) {
    const writer = into.getWriter();
    try {
      for (let piece = await this.#next_for(upload); piece !== undefined; piece = await this.#next_for(upload)) {
        upload.moved_at = Date.now();
        await writer.write(piece);
        upload.moved_at = Date.now();
      }
      await writer.close();
    } catch (problem) {
      // The stream of a broken upload is left as it is: workerd ends a chunked request whose stream was aborted as if that
      // had been all of it. The signal takes the connection away.
      const left = upload.broken?.signal.aborted ? undefined : writer.abort(problem);
      await Promise.allSettled([left, this.#reader?.cancel(problem)]);
    }
  }

  /** @param {import('./reach/send.js').Upload} upload is told when the client does not bring what it promised */
  async #next_for(upload) {
    try {
      upload.owed = true;
      const piece = this.#head.shift() ?? (await this.#next());
      upload.owed = false;
      return piece;
    } catch (problem) {
      upload.broken?.abort(problem);
      throw problem;
    }
  }

  /** @returns {Promise<Uint8Array | undefined>} nothing: that was all */
  async #next() {
    const reader = (this.#reader ??= /** @type {ReadableStream<Uint8Array>} */ (this.#stream).getReader({ mode: 'byob' }));
    const { done, value } = await reader.read(new Uint8Array(this.#piece_bytes));
    return done ? undefined : value;
  }
}

/**
 * @typedef {{over: Promise<never>, moved(): void, end(): void}} Patience with a client
 * @returns {Patience}
 */
function patience() {
  let moved_at = Date.now();
  /** @type {(why: BrokenUpload) => void} */
  let lose;
  /** @type {Promise<never>} */
  const over = new Promise((_, reject) => {
    lose = reject;
  });
  const check = () => {
    const left = moved_at + READ_PATIENCE_MS - Date.now();
    if (left > 0) timer = setTimeout(check, left);
    else lose(new BrokenUpload(`no more of the body within ${READ_PATIENCE_MS} ms`, true));
  };
  let timer = setTimeout(check, READ_PATIENCE_MS);
  return {
    over,
    moved: () => {
      moved_at = Date.now();
    },
    end: () => clearTimeout(timer),
  };
}
