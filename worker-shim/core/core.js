// The Wasm core, once per isolate: loaded, tested, started, called. Only this file knows about its memory.
import create from '../../build/wasm/sallyport.js';
import wasm from '../../build/wasm/sallyport.wasm';
import { CryptoHost } from '../host/crypto.js';
import { describe } from '../host/describe.js';
import { ENTROPY_BYTES, MAILBOX, OUTCOME_KIND } from './names.js';
import {
  read_answer,
  read_forward,
  read_need,
  read_news,
  read_refusal,
  read_signed,
  write_answered,
  write_ended,
  write_key_response,
  write_refusal,
  write_request,
  write_signing,
} from './wire.js';

/**
 * @typedef {import('../../wasm/core.d.ts').Core} CoreModule
 * @typedef {import('./wire.js').BodyState} BodyState
 * @typedef {import('./wire.js').KeyRequest} KeyRequest
 * @typedef {import('./wire.js').KeyResponse} KeyResponse
 * @typedef {{kind: 'refuse', refusal: import('./wire.js').Refusal} | {kind: 'forward', forward: import('./wire.js').Forward}
 *   | {kind: 'need', need: import('./wire.js').Need}
 *   | {kind: 'answer', answer: import('./wire.js').Answer} | {kind: 'job', order: import('./wire.js').JobOrder}
 *   | {kind: 'service', order: import('./wire.js').ServiceOrder}} Outcome
 * @typedef {import('./names.js').Reason} Reason
 * @typedef {import('./names.js').OperationName} OperationName
 * @typedef {import('./operations.d.ts').Operations} Operations
 * @typedef {{policy: string, signing_keys: string, service_secrets: string, aws_role: string, build: string}} Settings
 */

/** Asked of the platform for this many requests at once: each call costs more than its bytes do. */
const ENTROPY_PORTIONS = 64;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false });

/** Why the core does not serve, and what to do about it. */
export class NotStarted extends Error {
  /**
   * @param {Reason} reason
   * @param {string} detail
   */
  constructor(reason, detail) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** The Wasm stopped half-way: what is left in its memory is not to be trusted. Nothing else is a reason to replace a core. */
export class CoreFailed extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super(cause instanceof Error ? cause.message : describe(cause), { cause });
    this.name = cause instanceof Error ? cause.name : 'CoreFailed';
  }
}

export class Core {
  #module;
  #mailbox;
  /** Each byte of it is given out once. */
  #entropy = new Uint8Array(ENTROPY_BYTES * ENTROPY_PORTIONS);
  #entropy_used = this.#entropy.length;

  /** @param {CoreModule} module */
  constructor(module) {
    this.#module = module;
    this.#mailbox = module.mailbox() / Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Loads the core, not yet started: it can word refusals. */
  static async load() {
    return new Core(await create({ crypto: new CryptoHost(), instantiateWasm: instantiate }));
  }

  /**
   * Tests the crypto host and takes policy and keys.
   * @param {Settings} settings
   * @throws {NotStarted}
   */
  start(settings) {
    const size = this.#write(JSON.stringify(settings));
    if (within(() => this.#module.start(size))) return;
    const { reason, detail } = read_failure(this.#answer());
    throw new NotStarted(reason, detail);
  }

  /**
   * @param {Request} request
   * @param {BodyState} body_state
   * @param {Uint8Array} [body] with state read
   * @param {string} [request_id] of a request that is decided anew: it keeps its id
   * @returns {Outcome}
   */
  handle(request, body_state, body, request_id = '') {
    const size = this.#write(write_request(request, body_state), body);
    this.#refill_entropy();
    // The id is made of the first bytes (shared/gate/edge/edge.hpp).
    if (request_id !== '') this.#module.HEAPU8.set(Buffer.from(request_id, 'base64url'), this.#word(MAILBOX.entropy));
    const kind = within(() => this.#module.handle(size, body?.length ?? 0, Date.now()));
    return read_outcome(kind, this.#answer());
  }

  /**
   * Signs a request that goes out now.
   * @param {Pick<import('./wire.js').Forward, 'to_sign' | 'headers'>} forward
   * @param {string} place a task, or '' where the service is one place
   * @param {'first' | 'again'} [turn] again: a response has said so
   * @returns {import('./wire.js').Signed}
   * @throws {Error} it cannot be signed
   */
  sign(forward, place, turn = 'first') {
    const size = this.#write(write_signing(forward, place, turn));
    this.#refill_entropy();
    if (within(() => this.#module.sign(size, Date.now()))) return read_signed(this.#answer());
    const { reason, detail } = read_failure(this.#answer());
    throw new Error(`the request cannot be signed: ${reason} ${detail}`);
  }

  /**
   * What a response, or none, says of the channel of its request.
   * @param {string} sent Signed.sent
   * @param {number} [status] of the response; 0: there was none
   * @param {string} [channel] its field, or ''
   * @returns {import('./wire.js').ChannelNews}
   */
  answered(sent, status = 0, channel = '') {
    const size = this.#write(write_answered(sent, status, channel));
    within(() => this.#module.answered(size, Date.now()));
    return read_news(this.#answer());
  }

  /**
   * @param {KeyRequest} request
   * @param {KeyResponse} response
   * @param {Uint8Array} body
   * @returns {{refused?: {reason: Reason, detail: string}, note: string}} why they are refused; else what to log, or ''
   */
  supply_keys(request, response, body) {
    const size = this.#write(write_key_response(request, response), body);
    if (within(() => this.#module.supply_keys(size, body.length, Date.now()))) return { note: this.#answer() };
    return { refused: read_failure(this.#answer()), note: '' };
  }

  /**
   * Asks for one of the operations of shared/operations/operation.def.
   * @template {OperationName} Op
   * @param {Op} op
   * @param {Operations[Op]['in']} input
   * @returns {Operations[Op]['out']}
   */
  operate(op, input) {
    const size = this.#write(JSON.stringify({ op, in: input }));
    within(() => this.#module.operate(size));
    return JSON.parse(this.#answer());
  }

  /**
   * The wording of a refusal that only the host can know of, such as an upstream that does not answer.
   * @param {Reason} reason
   * @param {string} request_id
   * @param {string} detail
   */
  refusal(reason, request_id, detail) {
    const size = this.#write(write_refusal(reason, request_id, detail));
    this.#refill_entropy();
    within(() => this.#module.refusal(size, Date.now()));
    return read_refusal(this.#answer());
  }

  /**
   * The record that says what came of a request that was allowed.
   * @param {import('./wire.js').Ended} ended
   */
  outcome(ended) {
    const size = this.#write(write_ended(ended));
    within(() => this.#module.ended(size, Date.now()));
    return this.#answer();
  }

  /**
   * Writes text, and bytes behind it, into the inbox.
   * @param {string} text
   * @param {Uint8Array} [body]
   * @returns {number} bytes of the text
   */
  #write(text, body) {
    // A UTF-16 code unit takes at most three bytes of UTF-8.
    this.#reserve(text.length * 3 + (body?.length ?? 0));
    const inbox = this.#word(MAILBOX.inbox);
    const { written } = encoder.encodeInto(text, this.#module.HEAPU8.subarray(inbox, inbox + this.#word(MAILBOX.inbox_bytes)));
    if (body !== undefined) this.#module.HEAPU8.set(body, inbox + written);
    return written;
  }

  /** @param {number} size */
  #reserve(size) {
    if (size > this.#word(MAILBOX.inbox_bytes)) within(() => this.#module.reserve(size));
  }

  #refill_entropy() {
    if (this.#entropy_used === this.#entropy.length) {
      crypto.getRandomValues(this.#entropy);
      this.#entropy_used = 0;
    }
    const from = this.#entropy_used;
    this.#entropy_used += ENTROPY_BYTES;
    const portion = this.#entropy.subarray(from, this.#entropy_used);
    this.#module.HEAPU8.set(portion, this.#word(MAILBOX.entropy));
    // The private key of a channel may be made of it.
    portion.fill(0);
  }

  #answer() {
    const at = this.#word(MAILBOX.answer);
    return decoder.decode(this.#module.HEAPU8.subarray(at, at + this.#word(MAILBOX.answer_bytes)));
  }

  /** @param {number} index */
  #word(index) {
    return /** @type {number} */ (this.#module.HEAPU32[this.#mailbox + index]);
  }
}

/**
 * @template T
 * @param {() => T} call of the Wasm
 * @returns {T}
 * @throws {CoreFailed}
 */
function within(call) {
  try {
    return call();
  } catch (error) {
    throw new CoreFailed(error);
  }
}

/** @type {import('../../wasm/core.d.ts').CoreOptions['instantiateWasm']} */
function instantiate(imports, done) {
  const instance = new WebAssembly.Instance(wasm, imports);
  done(instance, wasm);
  return instance.exports;
}

/** @param {string} text */
function read_failure(text) {
  const [reason = '', ...detail] = text.split('\n');
  return { reason: /** @type {Reason} */ (reason), detail: detail.join('\n') };
}

/**
 * @param {number} kind
 * @param {string} text
 * @returns {Outcome}
 */
function read_outcome(kind, text) {
  switch (kind) {
    case OUTCOME_KIND.forward:
      return { kind: 'forward', forward: read_forward(text) };
    case OUTCOME_KIND.need:
      return { kind: 'need', need: read_need(text) };
    case OUTCOME_KIND.job:
      return { kind: 'job', order: JSON.parse(text) };
    case OUTCOME_KIND.service:
      return { kind: 'service', order: JSON.parse(text) };
    case OUTCOME_KIND.answer:
      return { kind: 'answer', answer: read_answer(text) };
    default:
      return { kind: 'refuse', refusal: read_refusal(text) };
  }
}
