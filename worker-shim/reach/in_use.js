// What is under way is use of its service until its end, whatever it is: without a word to the coordinator, a service whose only
// caller waits for a response, sends an upload, or reads a body slowly would be stopped as idle in the middle of it.

/** Told so many times per idle_stop, so that one word may get lost. */
const TIMES_PER_IDLE_STOP = 4;

/** One request, from its sending on. */
export class Use {
  #timer;

  /**
   * @param {number} idle_stop_ms 0: its service is never stopped
   * @param {() => void} tell called again and again while it lasts
   */
  constructor(idle_stop_ms, tell) {
    this.#timer = idle_stop_ms === 0 ? undefined : setInterval(tell, idle_stop_ms / TIMES_PER_IDLE_STOP);
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * It lasts until both bodies are over: whether the app ends its own, breaks it, or the client leaves.
   * @param {Response} answer
   * @param {Promise<unknown>} sent settles when the body of the request has gone, or never will
   * @param {boolean} as_it_came the body was not decoded
   * @param {{waitUntil(promise: Promise<unknown>): void}} context
   * @returns {Response} the same
   */
  until_over(answer, sent, as_it_came, context) {
    const [passed, over] = this.#timer === undefined ? [answer, undefined] : pass_on(answer, as_it_came);
    if (over !== undefined) context.waitUntil(over);
    void Promise.allSettled([over, sent]).then(() => this.end());
    return passed;
  }
}

/**
 * Whether the body of the answer is passed on as it comes, coded or not. What may be cached is read, and one that is never
 * stopped need not be watched.
 * @param {import('./service.js').Service} service
 * @param {Pick<import('../turn.js').Forward, 'cache'>} forward
 */
export function passes_as_it_comes({ idle_stop_ms }, { cache }) {
  return idle_stop_ms > 0 && !cache;
}

/**
 * @param {Response} answer
 * @param {boolean} as_it_came
 * @returns {[Response, Promise<void> | undefined]} the same answer, and the end of its body
 */
function pass_on(answer, as_it_came) {
  const coded = answer.headers.has('content-encoding') && !as_it_came;
  // Part of a coded body cannot be decoded.
  if (answer.body === null || (coded && answer.status === 206)) return [answer, undefined];
  const length = coded ? null : length_of(answer.headers);
  const { readable, writable } = length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
  // The two ends of the pipe tell each other how it ended.
  const over = answer.body.pipeTo(writable).catch(() => {});
  return [new Response(readable, answer), over];
}

/**
 * How many bytes pass here, where that is known: only then does the client hear of it, and see when some are missing.
 * @param {Headers} headers
 */
function length_of(headers) {
  const length = headers.get('content-length') ?? '';
  return /^\d{1,15}$/.test(length) ? Number(length) : null;
}
