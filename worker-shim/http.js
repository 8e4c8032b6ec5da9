// One request: ask the core, bring what it lacks, carry out what it decided.
import { RequestBody } from './body.js';
import { answerJob } from './jobs/http.js';
import { answerResponse, refusalResponse } from './pages/respond.js';
import { BrokenUpload } from './reach/send.js';
import { Turn } from './turn.js';

/**
 * @typedef {import('./cache/cache.js').AnswerCache} AnswerCache
 * @typedef {import('./core/core.js').Core} Core
 * @typedef {import('./keys.js').KeyFetcher} KeyFetcher
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
 * @param {Request} request
 * @param {Edge} edge
 * @param {Context} context
 * @returns {Promise<Response> | Response}
 */
export function handleRequest(request, edge, context) {
  const body = new RequestBody(request);
  const decideAgain = () => decide(request, body, edge, context);
  const proceed = (/** @type {Forward | Response} */ decided) => {
    if (decided instanceof Response) return decided;
    const parts = { request, body, forward: decided, decideAgain, context };
    return edge.cache.respond(parts, (sent) => edge.reach.respond(new Turn(sent)));
  };
  const decided = decideAgain();
  return decided instanceof Promise ? decided.then(proceed) : proceed(decided);
}

/**
 * @param {Request} request
 * @param {import('./core/wire.js').Refusal} refusal
 * @param {[string, string][]} [fields] that the core gave the refusals of this request
 */
export function refuse(request, refusal, fields = refusal.fields) {
  console.log(refusal.audit);
  return refusalResponse(request, refusal, { fields });
}

/**
 * Most requests need nothing but the core and are decided at once, without a promise.
 * @param {Request} request
 * @param {RequestBody} body
 * @param {Edge} edge
 * @param {Context} context
 * @param {number} [round] counted from 1
 * @returns {Promise<Forward | Response> | Forward | Response} to be sent on, or answered here
 */
function decide(request, body, edge, context, round = 1) {
  const outcome = edge.core.handle(request, body.state, body.bytes);
  switch (outcome.kind) {
    case 'forward': return allowed(request, outcome.forward, edge, context);
    case 'refuse': return refuse(request, outcome.refusal);
    case 'answer': return answerResponse(request, outcome.answer);
    case 'job': return answerJob(request, outcome.order, edge);
    case 'need_keys':
    case 'need_body': return decideWith(outcome, request, body, edge, context, round);
  }
}

/**
 * Brings what the core lacks and asks again.
 * @param {Extract<import('./core/core.js').Outcome, {kind: 'need_keys' | 'need_body'}>} lacking
 * @param {Request} request
 * @param {RequestBody} body
 * @param {Edge} edge
 * @param {Context} context
 * @param {number} round
 * @returns {Promise<Forward | Response>}
 */
async function decideWith(lacking, request, body, edge, context, round) {
  const { core, keys } = edge;
  if (round === MOST_ROUNDS) return refuse(request, core.refusal('internal', '', `no decision in ${MOST_ROUNDS} rounds`));
  if (lacking.kind === 'need_keys') {
    await keys.supply(lacking.request, context);
  } else {
    const broken = await readBody(body, lacking.maxBytes);
    if (broken !== undefined) return refuse(request, core.refusal(broken.reason, '', broken.message), lacking.refusalFields);
  }
  return decide(request, body, edge, context, round + 1);
}

/**
 * @param {Request} request
 * @param {Forward} forward
 * @param {Edge} edge
 * @param {Context} context
 */
function allowed(request, forward, { core, keys }, context) {
  // fetch has no such requests (Fetch Standard, Request constructor).
  if (forward.body !== 'none' && (request.method === 'GET' || request.method === 'HEAD')) {
    return refuse(request, core.refusal('framing_body_unexpected', forward.requestId, ''), forward.refusalFields);
  }
  console.log(forward.audit);
  for (const refresh of forward.refresh) context.waitUntil(keys.supply(refresh, context));
  return forward;
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
