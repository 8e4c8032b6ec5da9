// From what the core decided to a Response.
import { refusal_page } from './page.js';

const PLAIN_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * What only the host knows of a refusal: when to come back (0: nothing to say), further members for the problem document,
 * and a page that says more than that it is a refusal; and the fields that the core gave it for the refusals of this request.
 * @typedef {{retry_after_s?: number, members?: Record<string, unknown>, page?: () => {html: string, policy: string},
 *            fields?: [string, string][]}} More
 */

/** @type {WeakMap<Response, import('../core/wire.js').Refusal>} */
const refusals = new WeakMap();

/** What a response refuses; undefined: nothing. @param {Response} response */
export const refusal_of = (response) => refusals.get(response);

/** The response says what `before` said. @param {Response} response @param {Response} before */
export function keep_refusal(response, before) {
  const refusal = refusals.get(before);
  if (refusal !== undefined) refusals.set(response, refusal);
  return response;
}

/**
 * A refusal as RFC 9457 problem, or as a page where the client would rather have one.
 * @param {Request} request
 * @param {import('../core/wire.js').Refusal} refusal
 * @param {More} [more]
 */
export function refusal_response(request, refusal, { retry_after_s = 0, members, page, fields = refusal.fields ?? [] } = {}) {
  const html = prefers_html(request.headers.get('accept') ?? '');
  const own = html ? page?.() : undefined;
  const headers = new Headers({
    'Content-Type': html ? 'text/html; charset=utf-8' : 'application/problem+json',
    'Cache-Control': 'no-store',
    Vary: 'Accept',
    'X-Content-Type-Options': 'nosniff',
    'Sallyport-Request-Id': refusal.request_id,
  });
  if (html) headers.set('Content-Security-Policy', own?.policy ?? PLAIN_PAGE_POLICY);
  if (refusal.challenge !== '') headers.set('WWW-Authenticate', refusal.challenge);
  for (const [name, value] of fields) headers.append(name, value);
  if (retry_after_s > 0) headers.set('Retry-After', String(Math.ceil(retry_after_s)));
  const body = html ? (own?.html ?? refusal_page(refusal)) : problem_with(refusal.problem, members);
  const response = new Response(request.method === 'HEAD' ? null : body, { status: refusal.status, headers });
  refusals.set(response, refusal);
  return response;
}

/**
 * @param {string} problem
 * @param {Record<string, unknown> | undefined} members
 */
function problem_with(problem, members) {
  return members === undefined ? problem : JSON.stringify({ ...JSON.parse(problem), ...members });
}

/**
 * One of our own documents: keys, discovery, status.
 * @param {Request} request
 * @param {import('../core/wire.js').Answer} answer
 */
export function answer_response(request, answer) {
  return new Response(request.method === 'HEAD' ? null : answer.body, { status: answer.status, headers: answer.fields });
}

/**
 * Whether an Accept field (RFC 9110 section 12.5.1) likes HTML better than JSON: of each type the quality of the most
 * specific range that covers it counts. Only the look of a refusal hangs on it.
 * @param {string} accept
 */
export function prefers_html(accept) {
  /** @type {Map<string, number>} */
  const ranges = new Map();
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
    ranges.set(type, Math.max(ranges.get(type) ?? 0, quality));
  }
  const quality = (/** @type {string} */ type) => ranges.get(type) ?? ranges.get(type.replace(/\/.*/, '/*')) ?? ranges.get('*/*') ?? 0;
  const best = (/** @type {string[]} */ types) => Math.max(...types.map(quality));
  return best(['text/html', 'application/xhtml+xml']) > best(['application/json', 'application/problem+json']);
}
