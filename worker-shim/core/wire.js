// How requests are written for the core and its outcomes read: the JavaScript side of wasm/wire.hpp, whose comment has
// the format.

/** The kinds of outcomes, by their number. */
export const REFUSE = 0,
  FORWARD = 1,
  NEED_KEYS = 2,
  NEED_BODY = 3,
  ANSWER = 4,
  JOB = 5;

/**
 * @typedef {'none' | 'unread' | 'read' | 'too_large'} BodyState
 * @typedef {{status: number, reason: string, title: string, requestId: string, challenge: string, problem: string,
 *            audit: string, fields?: Fields, detail?: string}} Refusal `detail` for operators
 * @typedef {[string, string][]} Fields names and values
 * @typedef {{source: string, step: string, url: string, maxBytes: number, timeoutSeconds: number, joined: boolean}}
 *   KeyRequest
 * @typedef {{service: string, url: string, body: 'none' | 'bytes' | 'stream', contentLength: number | null,
 *            requestId: string, audit: string, timeoutMs: number, caller: Caller | null,
 *            cache: CachePlan | null, callerTag: string, refusalFields: Fields, refresh: KeyRequest[],
 *            headers: Record<string, string>}} Forward
 *   `headers` by name in lower case; `callerTag` tells callers apart, to count by; `refusalFields` are for refusals of this
 *   request that the host makes
 * @typedef {{use: 'answers' | 'bypass' | 'invalidates', key: string, identity: string, shared: string}} CachePlan as
 *   gate::to_json writes it; an empty identity or shared: nothing is kept there
 * @typedef {{key: string, issuer: string, subject: string, email?: string, kind: string, route?: string}} Caller who is
 *   behind a call to AWS; `key` stands for the caller and is shown to nobody
 * @typedef {{do: 'run' | 'get' | 'stop' | 'list', job?: string, id?: string, environment?: [string, string][],
 *            input_digest?: string, client_token?: string, idempotent?: boolean, may_inspect?: boolean, wait_ms: number,
 *            request_id: string, caller: Caller, audit: string, refusal_fields?: Fields}} JobOrder
 * @typedef {'' | 'hit' | 'stale' | 'revalidated' | 'miss'} CacheUse
 * @typedef {{id: string, service: string, reason: string, status: number, how: 'complete' | 'handed_on' | 'cached', cache: CacheUse,
 *            attempts?: number, firstMs: number, ms?: number, octetsIn?: number, detail: string}} Ended what came of a request
 * @typedef {{status: number, contentType: string, cacheControl: string, body: string}} Answer
 * @typedef {{status: number, cacheControl: string, problem: string, fetchedAt: number}} KeyResponse
 */

/**
 * @param {Request} request
 * @param {BodyState} bodyState
 */
export function writeRequest(request, bodyState) {
  const cf = request.cf;
  let fields = '';
  let count = 0;
  let ip = '';
  request.headers.forEach((value, name) => {
    fields += `${name}\n${value}\n`;
    count += 1;
    // On Cloudflare this field is the platform's own; a client cannot set it.
    if (name === 'cf-connecting-ip') ip = value;
  });
  return `${request.url}\n${request.method}\n${ip}\n${cf?.country ?? ''}\n${cf?.asn ?? 0}\n${bodyState}\n${count}\n${fields}`;
}

/**
 * @param {KeyRequest} request
 * @param {KeyResponse} response
 */
export function writeKeyResponse(request, response) {
  const { status, cacheControl, problem, fetchedAt } = response;
  return [request.source, request.step, request.url, status, cacheControl, oneLine(problem), fetchedAt, ''].join('\n');
}

/**
 * @param {string} reason a name from shared/core/reason.def
 * @param {string} requestId empty: the core makes one
 * @param {string} detail for operators
 */
export function writeRefusal(reason, requestId, detail) {
  return `${reason}\n${requestId}\n${oneLine(detail)}\n`;
}

/** @param {Ended} ended */
export function writeEnded({ id, service, reason, status, how, cache, attempts, firstMs, ms, octetsIn, detail }) {
  return `${id}\n${service}\n${reason}\n${status}\n${how}\n${cache}\n${attempts ?? ''}\n${firstMs}\n${ms ?? ''}\n${octetsIn ?? ''}\n${detail === '' ? '' : oneLine(detail)}\n`;
}

/**
 * @param {string} text
 * @returns {Refusal}
 */
export function readRefusal(text) {
  const [status = '', reason = '', title = '', requestId = '', challenge = '', problem = '', audit = '', fields = '', ...detail] =
    text.split('\n');
  return {
    status: Number(status),
    reason,
    title,
    requestId,
    challenge,
    problem,
    audit,
    fields: readList(fields),
    detail: detail.join('\n'),
  };
}

/**
 * @param {string} text
 * @returns {Forward}
 */
export function readForward(text) {
  const lines = text.split('\n');
  const [service = '', url = '', body = '', length = '', requestId = '', audit = '', timeout = '', caller = '', cache = ''] = lines;
  const [callerTag = '', refusalFields = '', refreshes = ''] = lines.slice(9, 12);
  const fieldsFrom = 12 + 6 * Number(refreshes);
  const refresh = [];
  for (let at = 12; at < fieldsFrom; at += 6) refresh.push(readKeyRequestLines(lines, at));
  return {
    service,
    url,
    requestId,
    audit,
    callerTag,
    refresh,
    refusalFields: readList(refusalFields),
    timeoutMs: Number(timeout),
    caller: caller === '' ? null : JSON.parse(caller),
    cache: cache === '' ? null : JSON.parse(cache),
    body: /** @type {Forward['body']} */ (body),
    contentLength: length === '' ? null : Number(length),
    headers: readFields(lines, fieldsFrom),
  };
}

/** @param {string} text @returns {{maxBytes: number, refusalFields: Fields}} */
export function readBodyRequest(text) {
  const [maxBytes = '', fields = ''] = text.split('\n');
  return { maxBytes: Number(maxBytes), refusalFields: readList(fields) };
}

/** @param {string} text */
export function readKeyRequest(text) {
  return readKeyRequestLines(text.split('\n'), 0);
}

/**
 * @param {string} text
 * @returns {Answer}
 */
export function readAnswer(text) {
  const [status = '', contentType = '', cacheControl = ''] = text.split('\n', 3);
  const bodyFrom = status.length + contentType.length + cacheControl.length + 3;
  return { status: Number(status), contentType, cacheControl, body: text.slice(bodyFrom) };
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {KeyRequest}
 */
function readKeyRequestLines(lines, at) {
  const [source = '', step = '', url = '', maxBytes = '', seconds = '', joined = ''] = lines.slice(at, at + 6);
  return { source, step, url, maxBytes: Number(maxBytes), timeoutSeconds: Number(seconds), joined: joined === '1' };
}

/**
 * No Headers: fetch would copy them once more. No prototype, so that a field may have any name.
 * @param {string[]} lines
 * @param {number} from
 */
function readFields(lines, from) {
  /** @type {Record<string, string>} */
  const headers = Object.create(null);
  for (let at = from; at + 1 < lines.length; at += 2) {
    const name = /** @type {string} */ (lines[at]).toLowerCase();
    const value = /** @type {string} */ (lines[at + 1]);
    const before = headers[name];
    // RFC 9110 section 5.3: lines of one name are one list.
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

/** @param {string} text @returns {Fields} */
function readList(text) {
  return text === '' ? [] : JSON.parse(text);
}

/** @param {string} text */
function oneLine(text) {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
