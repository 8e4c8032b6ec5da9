// One call to AWS over the network: sent as the core built it, read up to a bound, and never an exception. What goes
// wrong on the way is a refusal of the same shape as AWS's own.
import { read_bounded } from '../host/bounded.js';
import { describe } from '../host/describe.js';

/**
 * @typedef {import('../core/operations.d.ts').AwsCall} AwsCall
 * @typedef {import('../core/operations.d.ts').AwsReply} AwsReply
 * @typedef {import('../core/operations.d.ts').AwsRefusal} AwsRefusal
 * @typedef {{origin: string, host: string}} Endpoint
 * @typedef {{sts?: Endpoint, ecs?: Endpoint}} Endpoints in place of the regional ones
 */

const CALL_TIMEOUT_MS = 5_000;
/** The core reads no longer answer than this (shared/aws/ecs_answers.cpp). */
const MOST_BYTES = 1 << 20;
/** What the core reads of an answer's head. */
const FIELDS = ['x-amzn-requestid', 'x-amzn-errortype'];

/**
 * @param {AwsCall} call
 * @param {{endpoint: Endpoint | undefined, secrets: string[], signal?: AbortSignal}} how
 *   `secrets`: what of the call must not come back into a log, should AWS quote it
 * @returns {Promise<{reply: AwsReply, refused?: undefined} | {refused: AwsRefusal}>}
 */
export async function exchange(call, { endpoint, secrets, signal }) {
  const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
  try {
    const answer = await fetch((endpoint?.origin ?? `https://${call.host}`) + call.path, {
      method: 'POST',
      headers: call.fields,
      body: call.body,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const body = await read_bounded(answer, MOST_BYTES);
    if (body === undefined) return { refused: unreadable(`the answer is longer than ${MOST_BYTES} bytes`, answer.status) };
    return { reply: scrubbed({ status: answer.status, fields: fields_of(answer), body: new TextDecoder().decode(body) }, secrets) };
  } catch (error) {
    return { refused: unreachable(timeout.aborted ? `no answer in ${CALL_TIMEOUT_MS} ms` : describe(error)) };
  }
}

/**
 * The variable SALLYPORT_AWS_ENDPOINT: a URL for both services, or a JSON object with one for either: {"sts": …, "ecs": …}.
 * @param {string | undefined} text
 * @returns {Endpoints}
 * @throws {Error} what is wrong with it
 */
export function endpoints_of(text) {
  if (text === undefined || text === '') return {};
  if (!text.trimStart().startsWith('{')) return { sts: endpoint_of(text, ''), ecs: endpoint_of(text, '') };
  const { sts, ecs, ...others } = object_of(text);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`SALLYPORT_AWS_ENDPOINT: ${unknown}: only sts and ecs have an endpoint`);
  return { ...(sts !== undefined && { sts: endpoint_of(sts, 'sts: ') }), ...(ecs !== undefined && { ecs: endpoint_of(ecs, 'ecs: ') }) };
}

/** @param {string} text @returns {Record<string, unknown>} */
function object_of(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('SALLYPORT_AWS_ENDPOINT: neither a URL nor a JSON object');
  }
}

/**
 * https, or http on loopback.
 * @param {unknown} text
 * @param {string} whose
 * @returns {Endpoint}
 */
function endpoint_of(text, whose) {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  const loopback = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    throw new Error(`SALLYPORT_AWS_ENDPOINT: ${whose}not an https URL, or an http one on loopback`);
  }
  if (url.href !== `${url.origin}/`) throw new Error(`SALLYPORT_AWS_ENDPOINT: ${whose}nothing may follow host and port`);
  return { origin: url.origin, host: url.host };
}

/**
 * What the core itself could not do, such as a session policy that is too long: nothing that another try would change.
 * @param {import('../core/operations.d.ts').Failure} failure
 * @returns {AwsRefusal}
 */
export function refused_here({ error, detail }) {
  return { ...NOTHING_SAID, kind_name: 'invalid_request', code: error, message: detail, reason: 'aws_request_refused' };
}

/**
 * @param {string} message
 * @param {number} status
 * @returns {AwsRefusal}
 */
export function unreadable(message, status) {
  return { ...NOTHING_SAID, kind_name: 'unreadable', code: 'Unreadable', message, http_status: status, reason: 'aws_response_invalid' };
}

const NOTHING_SAID = { request_id: '', http_status: 0, retryable: false };

/**
 * @param {string} message
 * @returns {AwsRefusal}
 */
function unreachable(message) {
  return { ...NOTHING_SAID, kind_name: 'transient', code: 'Unreachable', message, retryable: true, reason: 'aws_unavailable' };
}

/** @param {Response} answer */
function fields_of(answer) {
  return FIELDS.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [/** @type {[string, string]} */ ([name, value])];
  });
}

/**
 * SignatureDoesNotMatch quotes the canonical request, session token and all.
 * @param {AwsReply} reply
 * @param {string[]} secrets
 * @returns {AwsReply}
 */
function scrubbed({ status, fields, body }, secrets) {
  const spellings = secrets.flatMap((secret) => [secret, secret.replaceAll('/', '\\/'), encodeURIComponent(secret)]);
  const clean = (/** @type {string} */ text) => spellings.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
  return { status, fields: fields.map(([name, value]) => [name, clean(value)]), body: clean(body) };
}
