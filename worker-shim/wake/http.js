// The state of a service over HTTP, and its reset: what the core decided about it (shared/gate/edge/service_order.hpp) is asked
// of the object of the service (object.js), and the core words the state (shared/wake/told.hpp).
import { refusal_response } from '../pages/respond.js';
import { unreachable } from './coordinator.js';

/**
 * @typedef {import('../core/wire.js').ServiceOrder} ServiceOrder
 * @param {Request} request
 * @param {ServiceOrder} order
 * @param {{core: Pick<import('../core/core.js').Core, 'refusal'>, reach: Pick<import('../reach/reach.js').Reach, 'service'>}} edge
 * @returns {Promise<Response>}
 */
export async function answer_service(request, order, { core, reach }) {
  const service = reach.service(order.service);
  const refuse = (/** @type {'reach_unconfigured' | 'aws_unavailable'} */ reason, /** @type {string} */ detail, retry_after_s = 0) =>
    refusal_response(request, core.refusal(reason, order.request_id, detail), { retry_after_s, fields: order.refusal_fields });
  if (service.missing !== undefined) return refuse('reach_unconfigured', `the Worker has no binding ${service.missing}`);
  try {
    return order.do === 'look' ? state_response(request, order, await service.seen(Date.now())) : await reset(order, service);
  } catch (error) {
    const { reason, detail, retry_after_s } = unreachable(error);
    return refuse(reason, detail, retry_after_s);
  }
}

/**
 * @param {Request} request
 * @param {ServiceOrder} order
 * @param {import('./coordinator.js').Seen} seen
 */
function state_response(request, order, { told, document }) {
  const headers = fields_of(order);
  headers.set('Content-Type', 'application/json');
  if ('retry_after_s' in told) headers.set('Retry-After', String(told.retry_after_s));
  return new Response(request.method === 'HEAD' ? null : document, { headers });
}

/**
 * @param {ServiceOrder} order
 * @param {import('../reach/service.js').Service} service
 */
async function reset(order, service) {
  await service.coordinator(null).reset();
  return new Response(null, { status: 204, headers: fields_of(order) });
}

/** @param {ServiceOrder} order */
function fields_of({ request_id, refusal_fields = [] }) {
  const headers = new Headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Sallyport-Request-Id': request_id });
  for (const [name, value] of refusal_fields) headers.append(name, value);
  return headers;
}
