// The issuer Worker: the two documents of the issuer whose tokens AWS STS is shown, and nothing else. It stands apart
// from the gate so that STS reaches it with nothing in the way, and it holds no secret: the core refuses a key set with
// a private member, and then nothing is served.
import { Core } from './core/core.js';
import { describe } from './host/describe.js';
import { fail } from './observe.js';

/**
 * The environment (wrangler.issuer.toml).
 * @typedef {{SALLYPORT_ISSUER?: string, SALLYPORT_PUBLIC_KEYS?: string}} IssuerEnvironment
 */

const HEADERS = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' };
/** As the gate's own: short enough for a rotation to be seen soon. */
const CACHED = 'public, max-age=300';

/** By path; undefined: not started. @type {Promise<Map<string, string> | undefined> | undefined} */
let started;

export default {
  /**
   * @param {Request} request
   * @param {IssuerEnvironment} environment
   * @returns {Promise<Response>}
   */
  async fetch(request, environment) {
    const documents = await (started ??= start(environment));
    if (documents === undefined) return problem(503, 'not started');
    const document = documents.get(new URL(request.url).pathname);
    if (document === undefined) return problem(404, 'not found');
    const head = request.method === 'HEAD';
    if (!head && request.method !== 'GET') return problem(405, 'method not allowed', { Allow: 'GET, HEAD' });
    return new Response(head ? null : document, { headers: { ...HEADERS, 'Cache-Control': CACHED } });
  },
};

/** @param {IssuerEnvironment} environment */
async function start({ SALLYPORT_ISSUER: issuer = '', SALLYPORT_PUBLIC_KEYS: keys = '' }) {
  try {
    const made = (await Core.load()).operate('issuer_documents', { issuer, keys });
    if (made.error !== undefined) throw new Error(`${made.error}: ${made.detail}`);
    return new Map([
      [`${made.base_path}/.well-known/openid-configuration`, made.discovery],
      [`${made.base_path}/.well-known/jwks.json`, made.jwks],
    ]);
  } catch (error) {
    fail('not started', { detail: `SALLYPORT_ISSUER, SALLYPORT_PUBLIC_KEYS: ${describe(error)}` });
    return undefined;
  }
}

/**
 * @param {number} status
 * @param {string} title
 * @param {Record<string, string>} [headers]
 */
function problem(status, title, headers = {}) {
  const body = JSON.stringify({ status, title });
  return new Response(body, {
    status,
    headers: { ...HEADERS, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
  });
}
