// One request: ask the core, bring what it lacks, carry out what it decided.
import { RequestBody } from './body.js';
import { answer_job } from './jobs/http.js';
import { answer_response, refusal_response } from './pages/respond.js';
import { BrokenUpload } from './reach/send.js';
import { Turn } from './turn.js';
import { answer_service } from './wake/http.js';

/**
 * @typedef {import('./cache/cache.js').AnswerCache} AnswerCache
 * @typedef {import('./core/core.js').Core} Core
 * @typedef {import('./core/wire.js').Need} Need
 * @typedef {import('./keys.js').KeyFetcher} KeyFetcher
 * @typedef {import('./observe.js').RequestRecord} RequestRecord
 * @typedef {import('./reach/reach.js').Reach} Reach
 * @typedef {import('./core/wire.js').Forward} Forward
 * @typedef {{core: Core, keys: KeyFetcher, reach: Reach, cache: AnswerCache, jobs: import('./jobs/http.js').JobsNamespace | undefined}} Edge
 * @typedef {{waitUntil(promise: Promise<unknown>): void}} Context
 */

/**
 * How often the core may be asked about one request: discovery, keys, the keys again for an unknown kid, the body, and
 * as much again where another request's fetch was joined and failed.
 */
const MOST_ROUNDS = 8;

/**
 * @typedef {{request: Request, body: RequestBody, edge: Edge, context: Context, record: RequestRecord}} Exchange
 * @param {Request} request
 * @param {Edge} edge
 * @param {Context} context
 * @param {RequestRecord} record
 * @returns {Promise<Response> | Response}
 */
export function handle_request(request, edge, context, record) {
  const body = new RequestBody(request);
  const exchange = { request, body, edge, context, record };
  const decide_again = () => decide(exchange);
  const proceed = (/** @type {Forward | Response} */ decided) => {
    if (decided instanceof Response) return decided;
    const parts = { request, body, forward: decided, decide_again, context, record };
    return edge.cache.respond(parts, (sent) => edge.reach.respond(new Turn(sent)));
  };
  const decided = decide_again();
  return decided instanceof Promise ? decided.then(proceed) : proceed(decided);
}

/**
 * @param {Request} request
 * @param {import('./core/wire.js').Refusal} refusal
 * @param {RequestRecord} record
 * @param {[string, string][]} [fields] that the core gave the refusals of this request
 */
export function refuse(request, refusal, record, fields = refusal.fields) {
  record.refused(refusal);
  return refusal_response(request, refusal, { fields });
}

/**
 * Most requests need nothing but the core and are decided at once, without a promise.
 * @param {Exchange} exchange
 * @returns {Promise<Forward | Response> | Forward | Response} to be sent on, or answered here
 */
function decide(exchange) {
  const outcome = ask(exchange);
  return outcome.kind === 'need' ? decide_with(outcome.need, exchange) : carry_out(outcome, exchange);
}

/** @param {Exchange} exchange */
function ask({ request, body, edge, record }) {
  return edge.core.handle(request, body.state, body.bytes, record.request_id);
}

/**
 * Brings what the core lacks and asks again, until it lacks nothing.
 * @param {Need} first
 * @param {Exchange} exchange
 * @returns {Promise<Forward | Response>}
 */
async function decide_with(first, exchange) {
  const {
    request,
    edge: { core },
    record,
  } = exchange;
  let need = first;
  for (let round = 1; round < MOST_ROUNDS; round += 1) {
    const refused = await bring(need, exchange);
    if (refused !== undefined) return refused;
    const outcome = ask(exchange);
    if (outcome.kind !== 'need') return carry_out(outcome, exchange);
    need = outcome.need;
  }
  return refuse(
    request,
    core.refusal('internal', record.request_id, `no decision in ${MOST_ROUNDS} rounds`),
    record,
    record.refusal_fields,
  );
}

/**
 * @param {Need} need
 * @param {Exchange} exchange
 * @returns {Promise<Response | undefined>} why it cannot be brought
 */
async function bring(need, { request, body, edge: { core, keys }, context, record }) {
  switch (need.what) {
    case 'keys':
      await keys.supply(need.request, context);
      return undefined;
    case 'body': {
      const broken = await read_body(body, need.max_bytes);
      return broken && refuse(request, core.refusal(broken.reason, record.request_id, broken.message), record, need.refusal_fields);
    }
  }
}

/**
 * @param {Exclude<import('./core/core.js').Outcome, {kind: 'need'}>} outcome
 * @param {Exchange} exchange
 */
function carry_out(outcome, exchange) {
  switch (outcome.kind) {
    case 'forward':
      return allowed(exchange, outcome.forward);
    case 'refuse':
      return refuse(exchange.request, outcome.refusal, exchange.record);
    case 'answer':
      return answer_response(exchange.request, outcome.answer);
    case 'job':
      return run_job(exchange, outcome.order);
    case 'service':
      return ask_service(exchange, outcome.order);
  }
}

/**
 * @param {Exchange} exchange
 * @param {Forward} forward
 */
function allowed({ request, body, edge: { core, keys }, context, record }, forward) {
  const octets_in = forward.body === 'none' ? 0 : body.bytes?.length;
  record.allowed(forward.audit, { id: forward.request_id, service: forward.service, octets_in, refusal_fields: forward.refusal_fields });
  // fetch has no such requests (Fetch Standard, Request constructor).
  if (forward.body !== 'none' && (request.method === 'GET' || request.method === 'HEAD')) {
    return refuse(request, core.refusal('framing_body_unexpected', forward.request_id, ''), record, forward.refusal_fields);
  }
  for (const refresh of forward.refresh) context.waitUntil(keys.supply(refresh, context));
  return forward;
}

/**
 * @param {Exchange} exchange
 * @param {import('./core/wire.js').JobOrder} order
 */
function run_job({ request, body, edge, record }, order) {
  const { refusal_fields } = order;
  record.allowed(order.audit, { id: order.request_id, service: '', octets_in: body.bytes?.length, refusal_fields });
  return answer_job(request, order, edge);
}

/**
 * @param {Exchange} exchange
 * @param {import('./core/wire.js').ServiceOrder} order
 */
function ask_service({ request, edge, record }, order) {
  const { request_id: id, service, refusal_fields } = order;
  record.allowed(order.audit, { id, service, octets_in: undefined, refusal_fields });
  return answer_service(request, order, edge);
}

/**
 * @param {RequestBody} body
 * @param {number} max_bytes
 * @returns {Promise<BrokenUpload | undefined>} why it could not be read
 */
async function read_body(body, max_bytes) {
  try {
    await body.read(max_bytes);
    return undefined;
  } catch (error) {
    if (error instanceof BrokenUpload) return error;
    throw error;
  }
}
