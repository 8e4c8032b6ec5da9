// One request: ask the core, bring what it lacks, carry out what it decided.
import { RequestBody } from './body.js';
import { answerJob } from './jobs/http.js';
import { answerResponse, refusalResponse } from './pages/respond.js';
import { BrokenUpload } from './reach/send.js';
import { Turn } from './turn.js';

/**
 * @typedef {import('./cache/cache.js').AnswerCache} AnswerCache
 * @typedef {import('./core/core.js').Core} Core
 * @typedef {import('./core/core.js').Need} Need
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
export function handleRequest(request, edge, context, record) {
  const body = new RequestBody(request);
  const exchange = { request, body, edge, context, record };
  const decideAgain = () => decide(exchange);
  const proceed = (/** @type {Forward | Response} */ decided) => {
    if (decided instanceof Response) return decided;
    const parts = { request, body, forward: decided, decideAgain, context, record };
    return edge.cache.respond(parts, (sent) => edge.reach.respond(new Turn(sent)));
  };
  const decided = decideAgain();
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
  return refusalResponse(request, refusal, { fields });
}

/**
 * Most requests need nothing but the core and are decided at once, without a promise.
 * @param {Exchange} exchange
 * @returns {Promise<Forward | Response> | Forward | Response} to be sent on, or answered here
 */
function decide(exchange) {
  const outcome = ask(exchange);
  return outcome.kind === 'need' ? decideWith(outcome.need, exchange) : carryOut(outcome, exchange);
}

/** @param {Exchange} exchange */
function ask({ request, body, edge, record }) {
  return edge.core.handle(request, body.state, body.bytes, record.requestId);
}

/**
 * Brings what the core lacks and asks again, until it lacks nothing.
 * @param {Need} first
 * @param {Exchange} exchange
 * @returns {Promise<Forward | Response>}
 */
async function decideWith(first, exchange) {
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
    if (outcome.kind !== 'need') return carryOut(outcome, exchange);
    need = outcome.need;
  }
  return refuse(request, core.refusal('internal', record.requestId, `no decision in ${MOST_ROUNDS} rounds`), record);
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
      const broken = await readBody(body, need.maxBytes);
      return broken && refuse(request, core.refusal(broken.reason, record.requestId, broken.message), record, need.refusalFields);
    }
  }
}

/**
 * @param {Exclude<import('./core/core.js').Outcome, {kind: 'need'}>} outcome
 * @param {Exchange} exchange
 */
function carryOut(outcome, exchange) {
  switch (outcome.kind) {
    case 'forward':
      return allowed(exchange, outcome.forward);
    case 'refuse':
      return refuse(exchange.request, outcome.refusal, exchange.record);
    case 'answer':
      return answerResponse(exchange.request, outcome.answer);
    case 'job':
      return runJob(exchange, outcome.order);
  }
}

/**
 * @param {Exchange} exchange
 * @param {Forward} forward
 */
function allowed({ request, body, edge: { core, keys }, context, record }, forward) {
  const octetsIn = forward.body === 'none' ? 0 : body.bytes?.length;
  record.allowed(forward.audit, { id: forward.requestId, service: forward.service, octetsIn });
  // fetch has no such requests (Fetch Standard, Request constructor).
  if (forward.body !== 'none' && (request.method === 'GET' || request.method === 'HEAD')) {
    return refuse(request, core.refusal('framing_body_unexpected', forward.requestId, ''), record, forward.refusalFields);
  }
  for (const refresh of forward.refresh) context.waitUntil(keys.supply(refresh, context));
  return forward;
}

/**
 * @param {Exchange} exchange
 * @param {import('./core/wire.js').JobOrder} order
 */
function runJob({ request, body, edge, record }, order) {
  record.allowed(order.audit, { id: order.request_id, service: '', octetsIn: body.bytes?.length });
  return answerJob(request, order, edge);
}

/**
 * @param {RequestBody} body
 * @param {number} maxBytes
 * @returns {Promise<BrokenUpload | undefined>} why it could not be read
 */
async function readBody(body, maxBytes) {
  try {
    await body.read(maxBytes);
    return undefined;
  } catch (error) {
    if (error instanceof BrokenUpload) return error;
    throw error;
  }
}
