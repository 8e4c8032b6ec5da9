// One probe of an agent, over the way that requests to its service take. It is made, and what comes of it is read, in the core
// (shared/gate/edge/probe.hpp); whom to ask, and when, says the state machine.
import { describe } from '../host/describe.js';
import { read_bounded } from '../host/bounded.js';
import { random_base64 } from '../host/random.js';
import { way_to } from '../reach/way.js';

/** As gate::max_status_bytes; what is longer cannot be read anyway. */
const MOST_BYTES = 4_096;
const ENTROPY_BYTES = 48;

/**
 * @typedef {import('../core/operations.d.ts').ProbeOrder} Order
 * @typedef {Extract<import('../core/operations.d.ts').WakeEvent, {kind: 'probed'}>} Probed
 * @typedef {import('../core/core.js').Core} Core
 * @typedef {Pick<import('../core/operations.d.ts').CatalogService, 'name' | 'origin' | 'vpc' | 'mtls_certificate'>} Service
 */

/**
 * @param {Core} core
 * @param {Service} service
 * @param {Record<string, any>} environment
 * @param {Order} order
 * @returns {Promise<Probed>}
 */
export async function probe(core, service, environment, { number, address, port, patience_ms }) {
  const entropy_b64 = random_base64(ENTROPY_BYTES);
  const made = core.operate('probe_request', { service: service.name, now: Date.now(), entropy_b64 });
  const { binding, fetcher } = way_to(service, environment);
  const failed = (/** @type {unknown} */ error) => ({ kind: /** @type {const} */ ('probed'), number, failed: describe(error) });
  if (made.error !== undefined) return { ...failed(made.error), unsendable: true };
  if (fetcher === undefined) return { ...failed(`the Worker has no binding ${binding}`), unsendable: true };
  const base = address === '' ? service.origin : `http://${address}:${port}`;
  const signal = AbortSignal.timeout(patience_ms);
  try {
    // What a cache of the platform in front of an origin holds is nobody's status.
    const sending = { headers: made.fields, redirect: /** @type {const} */ ('manual'), cache: /** @type {const} */ ('no-store'), signal };
    const response = await fetcher.fetch(`${base}${made.path}`, sending);
    return { kind: 'probed', number, id: made.id, response: await read(response) };
  } catch (error) {
    return { ...failed(error), broken: !signal.aborted };
  }
}

/** @param {Response} response */
async function read(response) {
  const body = await read_bounded(response, MOST_BYTES);
  return {
    status: response.status,
    content_type: response.headers.get('content-type') ?? '',
    from_agent: response.headers.has('sallyport-agent'),
    // Longer than any status: it is none.
    body: body === undefined ? '' : new TextDecoder().decode(body),
  };
}
