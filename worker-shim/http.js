// One request: ask the core, bring what it lacks, carry out what it decided.
import { RequestBody } from './body.js';
import { answerResponse, refusalResponse } from './respond.js';

/**
 * @typedef {import('./core.js').Core} Core
 * @typedef {import('./keys.js').KeyFetcher} KeyFetcher
 * @typedef {{core: Core, keys: KeyFetcher}} Edge
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
 * @returns {Promise<Response>}
 */
export async function handleRequest(request, { core, keys }, context) {
  const body = new RequestBody(request);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const outcome = core.handle(request, body.state, body.bytes);
    switch (outcome.kind) {
      case 'forward': return carryOut(request, outcome.forward, body, { core, keys }, context);
      case 'refuse': return refuse(request, outcome.refusal);
      case 'answer': return answerResponse(request, outcome.answer);
      case 'job': return refuse(request, core.refusal('route_target_unsupported', outcome.order.request_id, 'a job'));
      case 'need_keys': await keys.supply(outcome.request, context); break;
      case 'need_body': {
        const problem = await readBody(body, outcome.maxBytes);
        if (problem !== undefined) return refuse(request, core.refusal('framing_body_incomplete', '', problem));
      }
    }
  }
  return refuse(request, core.refusal('internal', '', `no decision in ${MOST_ROUNDS} rounds`));
}

/**
 * @param {Request} request
 * @param {import('./wire.js').Refusal} refusal
 */
export function refuse(request, refusal) {
  console.log(refusal.audit);
  return refusalResponse(request, refusal);
}

/**
 * @param {RequestBody} body
 * @param {number} maxBytes
 * @returns {Promise<string | undefined>} why it could not be read
 */
async function readBody(body, maxBytes) {
  try {
    await body.read(maxBytes);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}

/**
 * @param {Request} request
 * @param {import('./wire.js').Forward} forward
 * @param {RequestBody} body
 * @param {Edge} edge
 * @param {Context} context
 */
async function carryOut(request, forward, body, { core, keys }, context) {
  // fetch has no such requests (Fetch Standard, Request constructor).
  if (forward.body !== 'none' && (request.method === 'GET' || request.method === 'HEAD')) {
    return refuse(request, core.refusal('framing_body_unexpected', forward.requestId, ''));
  }
  if (forward.url.startsWith('/')) return refuse(request, core.refusal('route_target_unsupported', forward.requestId, 'a service without origin'));
  console.log(forward.audit);
  for (const refresh of forward.refresh) context.waitUntil(keys.supply(refresh, context));
  try {
    return withRequestId(await send(request, forward, body), forward.requestId);
  } catch (error) {
    console.error(`sallyport: request ${forward.requestId} to service ${forward.service}: ${describe(error)}`);
    return refusalResponse(request, core.refusal('upstream_connect_failed', forward.requestId, ''));
  }
}

/**
 * Exactly the fields of the core, and no redirect followed: the signature is good for this request only.
 * @param {Request} request
 * @param {import('./wire.js').Forward} forward
 * @param {RequestBody} body
 */
function send(request, forward, body) {
  return fetch(forward.url, {
    method: request.method,
    headers: forward.headers,
    body: body.forwarded(forward.body, forward.contentLength),
    redirect: 'manual',
    signal: request.signal,
  });
}

/**
 * The app's answer under the id by which both audit trails know it.
 * @param {Response} upstream
 * @param {string} requestId
 */
function withRequestId(upstream, requestId) {
  const response = new Response(upstream.body, upstream);
  response.headers.set('Sallyport-Request-Id', requestId);
  return response;
}

/**
 * What went wrong, for a log.
 * @param {unknown} error
 */
export function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
