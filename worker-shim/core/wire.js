// How requests are written for the core and its outcomes read: the JavaScript side of wasm/wire.hpp, whose comment has
// the format.

/**
 * @typedef {import('./names.js').BodyState} BodyState
 * @typedef {import('./names.js').Reason} Reason
 * @typedef {{status: number, reason: Reason, title: string, request_id: string, challenge: string, problem: string,
 *            audit: string, fields?: Fields, detail?: string}} Refusal `detail` for operators
 * @typedef {[string, string][]} Fields names and values
 * @typedef {{source: string, step: import('./names.js').KeyStep, url: string, max_bytes: number, timeout_seconds: number, joined: boolean}}
 *   KeyRequest
 * @typedef {{service: string, url: string, body: import('./names.js').BodyPlan, content_length: number | null, repeatable: boolean, wakes: boolean, to_sign: string,
 *            request_id: string, audit: string, timeout_ms: number, caller: Caller | null,
 *            cache: CachePlan | null, caller_tag: string, refusal_fields: Fields, refresh: KeyRequest[],
 *            headers: Record<string, string>}} Forward
 *   `headers` by name in lower case; `wakes`: it wakes its service, and is use of it; `caller_tag` tells callers apart, to count by; `refusal_fields` are for refusals of this
 *   request that the host makes
 * @typedef {{use: import('./names.js').CachePlanUse, key: string, identity: string, shared: string}} CachePlan as
 *   gate::to_json writes it; an empty identity or shared: nothing is kept there
 * @typedef {{key: string, budget?: string, issuer: string, subject: string, email?: string, kind: string, route?: string}} Caller who is
 *   behind a call to AWS; `key` stands for the caller and is shown to nobody, nor is `budget`, which starts are counted by
 * @typedef {{do: import('./names.js').JobAction, job?: string, id?: string, environment?: [string, string][],
 *            input_digest?: string, client_token?: string, idempotent?: boolean, may_inspect?: boolean, wait_ms: number,
 *            request_id: string, caller: Caller, audit: string, refusal_fields?: Fields}} JobOrder
 * @typedef {{do: import('./names.js').ServiceAction, service: string, request_id: string, caller: Caller, audit: string,
 *            refusal_fields?: Fields}} ServiceOrder
 * @typedef {{sig: string, keyid: string, fields: Record<string, string>, sent: string}} Signed how a request is signed, its
 *   fields, and what it was sent under, to be given back with what comes of it; '': nobody asks
 * @typedef {{next: import('./names.js').ChannelStep, note: string}} ChannelNews what follows from a response, and what to log
 * @typedef {'' | import('./names.js').CacheUse} CacheUse
 * @typedef {{id: string, service: string, reason: Reason, status: number, how: import('./names.js').Ending, cache: CacheUse,
 *            attempts?: number, first_ms: number, ms?: number, octets_in?: number, sig?: string, keyid?: string,
 *            detail: string}} Ended what came of a request
 * @typedef {{what: 'keys', request: KeyRequest} | {what: 'body', max_bytes: number, refusal_fields: Fields}} Need
 *   what the core lacks: bring it and ask again
 * @typedef {{status: number, fields: Fields, body: string}} Answer
 * @typedef {{status: number, cache_control: string, problem: string, fetched_at: number}} KeyResponse
 */

/** Of gate::write_order. */
const ORDER_LINES = 9;

/**
 * @param {Request} request
 * @param {BodyState} body_state
 */
export function write_request(request, body_state) {
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
  return `${request.url}\n${request.method}\n${ip}\n${cf?.country ?? ''}\n${cf?.asn ?? 0}\n${body_state}\n${count}\n${fields}`;
}

/**
 * @param {KeyRequest} request
 * @param {KeyResponse} response
 */
export function write_key_response(request, response) {
  const { status, cache_control, problem, fetched_at } = response;
  return [request.source, request.step, request.url, status, cache_control, one_line(problem), fetched_at, ''].join('\n');
}

/**
 * @param {Reason} reason
 * @param {string} request_id empty: the core makes one
 * @param {string} detail for operators
 */
export function write_refusal(reason, request_id, detail) {
  return `${reason}\n${request_id}\n${one_line(detail)}\n`;
}

/** @param {Ended} ended */
export function write_ended({ id, service, reason, status, how, cache, attempts, first_ms, ms, octets_in, sig, keyid, detail }) {
  const counts = `${attempts ?? ''}\n${first_ms}\n${ms ?? ''}\n${octets_in ?? ''}`;
  return `${id}\n${service}\n${reason}\n${status}\n${how}\n${cache}\n${counts}\n${sig ?? ''}\n${keyid ?? ''}\n${detail === '' ? '' : one_line(detail)}\n`;
}

/**
 * @param {string} text
 * @returns {Refusal}
 */
export function read_refusal(text) {
  const [status = '', reason = '', title = '', request_id = '', challenge = '', problem = '', audit = '', fields = '', ...detail] =
    text.split('\n');
  return {
    status: Number(status),
    reason: /** @type {Reason} */ (reason),
    title,
    request_id,
    challenge,
    problem,
    audit,
    fields: read_list(fields),
    detail: detail.join('\n'),
  };
}

/**
 * @param {string} text
 * @returns {Forward}
 */
export function read_forward(text) {
  const lines = text.split('\n');
  const [service = '', url = '', body = '', length = '', repeatable = '', wakes = '', request_id = '', audit = '', timeout = ''] = lines;
  const [caller = '', cache = '', caller_tag = '', refusal_fields = '', refreshes = ''] = lines.slice(9, 14);
  const order_from = 14 + 6 * Number(refreshes);
  const fields_from = order_from + ORDER_LINES;
  const refresh = [];
  for (let at = 14; at < order_from; at += 6) refresh.push(read_key_request(lines, at));
  return {
    service,
    url,
    request_id,
    audit,
    caller_tag,
    refresh,
    refusal_fields: read_list(refusal_fields),
    timeout_ms: Number(timeout),
    caller: caller === '' ? null : JSON.parse(caller),
    cache: cache === '' ? null : JSON.parse(cache),
    body: /** @type {Forward['body']} */ (body),
    content_length: length === '' ? null : Number(length),
    repeatable: repeatable !== '',
    wakes: wakes !== '',
    to_sign: `${lines.slice(order_from, fields_from).join('\n')}\n`,
    headers: read_fields(lines, fields_from),
  };
}

/**
 * @param {Pick<Forward, 'to_sign' | 'headers'>} forward
 * @param {string} place a task, or '' where the service is one place
 * @param {'first' | 'again'} turn
 */
export function write_signing({ to_sign, headers }, place, turn) {
  const covered = [headers['sallyport-assertion'], headers['sallyport-context'], headers['content-digest'] ?? ''];
  return `${place}\n${turn}\n${to_sign}${covered.join('\n')}\n`;
}

/**
 * @param {string} text
 * @returns {Signed}
 */
export function read_signed(text) {
  const lines = text.split('\n');
  const [sig = '', keyid = '', count = ''] = lines;
  const sent_from = 3 + 2 * Number(count);
  return { sig, keyid, fields: read_fields(lines.slice(0, sent_from), 3), sent: lines.slice(sent_from).join('\n') };
}

/**
 * @param {string} sent
 * @param {number} status 0: there was no response
 * @param {string} channel the field, or ''
 */
export function write_answered(sent, status, channel) {
  return `${status}\n${channel}\n${sent}`;
}

/**
 * @param {string} text
 * @returns {ChannelNews}
 */
export function read_news(text) {
  const [next = '', ...note] = text.split('\n');
  return { next: /** @type {ChannelNews['next']} */ (next), note: note.join('\n') };
}

/**
 * @param {string} text
 * @returns {Need}
 */
export function read_need(text) {
  const lines = text.split('\n');
  const what = /** @type {Need['what']} */ (lines[0]);
  switch (what) {
    case 'keys':
      return { what, request: read_key_request(lines, 1) };
    case 'body':
      return { what, max_bytes: Number(lines[1]), refusal_fields: read_list(lines[2] ?? '') };
  }
}

/**
 * @param {string} text
 * @returns {Answer}
 */
export function read_answer(text) {
  const [status = '', count = ''] = text.split('\n', 2);
  const lines = text.split('\n', 2 + 2 * Number(count));
  /** @type {Fields} */
  const fields = [];
  for (let at = 2; at + 1 < lines.length; at += 2) fields.push(/** @type {[string, string]} */ ([lines[at], lines[at + 1]]));
  return { status: Number(status), fields, body: text.slice(lines.join('\n').length + 1) };
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {KeyRequest}
 */
function read_key_request(lines, at) {
  const [source = '', step = '', url = '', max_bytes = '', seconds = '', joined = ''] = lines.slice(at, at + 6);
  return {
    source,
    step: /** @type {KeyRequest['step']} */ (step),
    url,
    max_bytes: Number(max_bytes),
    timeout_seconds: Number(seconds),
    joined: joined === '1',
  };
}

/**
 * No Headers: fetch would copy them once more. No prototype, so that a field may have any name.
 * @param {string[]} lines
 * @param {number} from
 */
function read_fields(lines, from) {
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
function read_list(text) {
  return text === '' ? [] : JSON.parse(text);
}

/** @param {string} text */
function one_line(text) {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
