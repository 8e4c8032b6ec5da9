// `upstream_auth: "sigv4"`: beside our own signature the request carries one that AWS checks (API Gateway, Lambda URLs,
// VPC Lattice), made with temporary credentials of the policy's role, in the caller's name.
//
// Covered are the host, the fields that are ours, and the body where AWS can check it. Not covered is what a hop on the
// way may change.
import { createHash } from 'node:crypto';

/** VPC Lattice does not look at bodies, and takes no other value than this. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const TAKES_UNSIGNED = new Set(['vpc-lattice-svcs']);
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** What a body that streams may be long, where its hash must go first: as much as the core reads to sign one. */
const HASHED_MOST_BYTES = 1 << 20;

/** Of a request on its way, what AWS shall see unchanged. */
const COVERED = /^(?:sallyport-.*|signature|signature-input|content-digest|content-type)$/;

/**
 * @typedef {import('../core/wire.js').Forward} Forward
 * @typedef {import('../core/operations.d.ts').CatalogService} CatalogService
 * @typedef {import('../turn.js').Turn} Turn
 * @typedef {Pick<import('../aws/aws.js').Aws, 'credentials'>} CredentialSource
 * @typedef {{reason: import('../core/names.js').Reason, detail: string}} Unsigned why it cannot be signed
 * @typedef {{payload: string, credentials: import('../core/operations.d.ts').AwsKeys}} Means what a signature is made of, at hand
 */

/**
 * Gets what takes time: the body where it has to be hashed, and credentials.
 * @param {CredentialSource} aws
 * @param {CatalogService} service with sigv4
 * @param {Turn} turn
 * @returns {Promise<Means | Unsigned>}
 * @throws {import('./send.js').BrokenUpload}
 */
export async function prepare_for_aws(aws, service, { forward, body }) {
  const rule = rule_of(service);
  const payload = await payload_of(rule.service, forward, body);
  if (typeof payload !== 'string') return payload;
  const held = await aws.credentials({
    region: rule.region,
    role: rule.role,
    target: service.name,
    // The core says who it is for every service that is called so.
    caller: /** @type {import('../core/wire.js').Caller} */ (forward.caller),
    purpose: { invoke: rule.service, host: new URL(forward.url).hostname, resource: rule.resource },
  });
  if (held.refused === undefined) return { payload, credentials: held.credentials };
  const { reason, code, message, request_id: id } = held.refused;
  return { reason, detail: `${code}: ${message} (request ${id})` };
}

/**
 * Adds the fields to the forward.
 * @param {Pick<import('../core/core.js').Core, 'operate'>} core
 * @param {CatalogService} service
 * @param {Pick<Turn, 'request' | 'forward'>} sent
 * @param {Means} means
 * @param {number} now
 * @returns {Unsigned | undefined}
 */
export function sign_for_aws(core, service, { request, forward }, { payload, credentials }, now) {
  const { region, service: name } = rule_of(service);
  const url = new URL(forward.url);
  const query = query_of(url.search);
  if (query === undefined) return { reason: 'utf8_invalid', detail: 'the query is not UTF-8, and AWS might read it in another way' };
  const fields = Object.entries(forward.headers).filter(([field]) => COVERED.test(field));
  const signed = core.operate('sign', {
    method: request.method,
    host: url.host,
    path: url.pathname,
    query,
    fields,
    body_b64: '',
    payload,
    region,
    service: name,
    credentials,
    now,
  });
  if (signed.error !== undefined) return { reason: signed.error, detail: signed.detail };
  for (const [field, value] of signed.fields) forward.headers[field.toLowerCase()] = value;
  return undefined;
}

/** @param {CatalogService} service */
function rule_of(service) {
  return /** @type {NonNullable<CatalogService['sigv4']>} */ (service.sigv4);
}

/**
 * What stands for the body in the signature.
 * @param {string} aws_service
 * @param {Forward} forward
 * @param {import('../body.js').RequestBody} body
 * @returns {Promise<string | Unsigned>}
 */
async function payload_of(aws_service, forward, body) {
  if (TAKES_UNSIGNED.has(aws_service)) return UNSIGNED_PAYLOAD;
  if (forward.body === 'none') return EMPTY_SHA256;
  // Throws BrokenUpload: what the client did not bring is its own affair.
  if (body.state === 'unread') await body.read(HASHED_MOST_BYTES);
  if (body.bytes === undefined) {
    return {
      reason: 'body_too_large',
      detail: `${aws_service} wants the hash of a body first; more than ${HASHED_MOST_BYTES} bytes are not held for it`,
    };
  }
  return createHash('sha256').update(body.bytes).digest('hex');
}

/**
 * Decoded as AWS's front ends decode it, which take a plus for a space.
 * @param {string} search
 * @returns {[string, string][] | undefined}
 */
function query_of(search) {
  try {
    return search
      .slice(1)
      .replaceAll('+', '%20')
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
      });
  } catch {
    return undefined;
  }
}
