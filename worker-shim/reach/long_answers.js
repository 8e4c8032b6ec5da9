// An answer that takes long is use of its service until its end: without a word to the coordinator, a service whose only
// caller listens to a stream would be stopped as idle in the middle of it.

/** Told so many times per idle_stop, so that one word may get lost. */
const TIMES_PER_IDLE_STOP = 4;
/** A body of more bytes may take a slow client long. */
const LONG_BYTES = 16 << 20;

/**
 * The same answer; while its body is under way, `tell` is called again and again.
 * @param {Response} answer
 * @param {number} idle_stop_ms
 * @param {() => void} tell
 * @param {{waitUntil(promise: Promise<unknown>): void}} context
 * @returns {Response}
 */
export function keep_in_use(answer, idle_stop_ms, tell, context) {
  if (answer.body === null || !may_take_long(answer.headers)) return answer;
  const length = length_of(answer.headers);
  const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
  const timer = setInterval(tell, idle_stop_ms / TIMES_PER_IDLE_STOP);
  // Whether the app ends it, breaks it or the client leaves: the two ends of the pipe tell each other.
  const over = answer.body
    .pipeTo(writable)
    .catch(() => {})
    .finally(() => clearInterval(timer));
  context.waitUntil(over);
  return new Response(readable, answer);
}

/**
 * Events without an end, or a large file. All others are passed on by the platform alone.
 * @param {Headers} headers
 */
function may_take_long(headers) {
  // RFC 9110 section 8.3.1: media types have no case.
  if (/^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) return true;
  return Number(headers.get('content-length') ?? 0) > LONG_BYTES;
}

/**
 * How many bytes pass here, where that is known: only then does the client hear of it, and see when some are missing. A coded
 * body is decoded on its way through, and its Content-Length speaks of something else.
 * @param {Headers} headers
 */
function length_of(headers) {
  const length = headers.get('content-length') ?? '';
  return /^\d{1,15}$/.test(length) && !headers.has('content-encoding') ? Number(length) : null;
}
