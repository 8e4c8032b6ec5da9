// From what the core decided to a Response.
import { refusalPage } from './page.js';

/**
 * A refusal as RFC 9457 problem, or as a page where the client would rather have one.
 * @param {Request} request
 * @param {import('./wire.js').Refusal} refusal
 */
export function refusalResponse(request, refusal) {
  const page = prefersHtml(request.headers.get('accept') ?? '');
  const headers = new Headers({
    'Content-Type': page ? 'text/html; charset=utf-8' : 'application/problem+json',
    'Cache-Control': 'no-store',
    'Vary': 'Accept',
    'X-Content-Type-Options': 'nosniff',
    'Sallyport-Request-Id': refusal.requestId,
  });
  if (page) headers.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (refusal.challenge !== '') headers.set('WWW-Authenticate', refusal.challenge);
  const body = page ? refusalPage(refusal) : refusal.problem;
  return new Response(request.method === 'HEAD' ? null : body, { status: refusal.status, headers });
}

/**
 * One of our own documents: keys, discovery, status.
 * @param {Request} request
 * @param {import('./wire.js').Answer} answer
 */
export function answerResponse(request, answer) {
  const headers = { 'Content-Type': answer.contentType, 'Cache-Control': answer.cacheControl, 'X-Content-Type-Options': 'nosniff' };
  return new Response(request.method === 'HEAD' ? null : answer.body, { status: answer.status, headers });
}

/**
 * Whether an Accept field (RFC 9110 section 12.5.1) names HTML, and no JSON at the same quality or above. Only the look of
 * a refusal hangs on it.
 * @param {string} accept
 */
export function prefersHtml(accept) {
  let html = 0;
  let json = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'text/html' || type === 'application/xhtml+xml') html = Math.max(html, quality);
    if (type === 'application/json' || type === 'application/problem+json') json = Math.max(json, quality);
  }
  return html > json;
}
