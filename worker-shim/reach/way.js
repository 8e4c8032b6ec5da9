// How the Worker sends to a service: by a binding (Workers VPC, mTLS), or as anybody would.

/**
 * @param {{vpc: string, mtls_certificate: string}} service
 * @param {Record<string, any>} environment
 * @returns {{binding: string, fetcher: import('./send.js').Fetcher}} no fetcher where the Worker lacks the binding
 */
export function way_to({ vpc, mtls_certificate }, environment) {
  const binding = vpc || mtls_certificate;
  return { binding, fetcher: binding === '' ? globalThis : environment[binding] };
}
