// A Worker with an issuer and an origin around it, and the requests that tests send through it.
import assert from 'node:assert/strict';
import { request as http_request } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { until } from '../../demo/parts/child.mjs';
import { check_told_once, records_of } from './records.mjs';
import { start_issuer } from './issuer.mjs';
import { start_origin } from './origin.mjs';
import { start_worker } from '../../demo/parts/worker.mjs';

export const edge_issuer = 'https://edge.acme.example';

/** A private signing key as the Worker's secret wants it. @param {string} [kid] @param {string} [alg] */
export async function signing_key(kid = 'edge-1', alg = 'ES256') {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
}

/** A policy with the service `app`, open to finance. @param {string} issuer @param {string} origin @param {Record<string, unknown>} [more] */
export function policy_for(issuer, origin, more = {}) {
  return JSON.stringify({
    name: 'test',
    edge: { issuer: edge_issuer },
    issuers: { okta: { issuer, audiences: ['api://acme'], kind: 'user' } },
    services: { app: { origin } },
    routes: [
      { id: 'all', host: 'app.acme.example', path: '/**', service: 'app', allow: "'finance' in identity.groups" },
      { id: 'stream', host: 'app.acme.example', path: '/stream/**', service: 'app', body: 'stream', allow: "'finance' in identity.groups" },
      { id: 'open', host: 'app.acme.example', path: '/open/**', service: 'app', anonymous: true, allow: 'true' },
    ],
    ...more,
  });
}

/**
 * @param {{policy?: (issuer: string, origin: string) => string, answer?: import('./origin.mjs').Answering,
 *   keys?: object[], secrets?: object, replaced?: Record<string, string>, miniflare?: Record<string, unknown>}} [options]
 */
export async function start_edge({ policy = policy_for, answer, keys, secrets, replaced, miniflare } = {}) {
  const issuer = await start_issuer();
  const origin = await start_origin({ answer });
  const signing_keys = keys ?? [await signing_key()];
  const worker = await start_worker({
    policy: policy(issuer.issuer, origin.url),
    signing_keys: JSON.stringify({ keys: signing_keys }),
    service_secrets: secrets === undefined ? '' : JSON.stringify(secrets),
    replaced,
    miniflare,
  });
  return {
    issuer,
    origin,
    worker,
    signing_keys,
    /** @param {string} path @param {SendOptions} [options] */
    send: (path, options) => send(worker.port, path, options),
    /** As alice of finance. @param {string} path @param {SendOptions} [options] */
    async send_as_alice(path, options = {}) {
      const authorization = `Bearer ${await issuer.token()}`;
      return send(worker.port, path, { ...options, headers: { authorization, ...options.headers } });
    },
    /** The decision on an answered request, found by the id that its caller was told.
     * @param {{headers: Record<string, any>}} received */
    audited: async (received) => (await told_of(worker, received)).decision,
    /** Decision and outcome of an answered request. @param {{headers: Record<string, any>}} received */
    told: (received) => told_of(worker, received),
    async stop() {
      await worker.stop();
      await Promise.all([issuer.stop(), origin.stop()]);
      check_told_once(worker.output());
    },
  };
}

/** What the Worker's log says of an answered request: exactly one decision, and exactly one outcome if that allowed it. The log of
 * workerd comes by another pipe than the answer, perhaps later.
 * @param {{output: () => string}} worker @param {{headers: Record<string, any>}} received
 * @returns {Promise<{decision: any, outcome: any}>} */
export async function told_of(worker, { headers: { 'sallyport-request-id': id } }) {
  const decisions = () => records_of(worker.output(), 'decision', { id });
  const outcomes = () => records_of(worker.output(), 'outcome', { id });
  await until(`the decision on request ${id} is written`, () => decisions().length > 0);
  const [decision] = decisions();
  const allowed = decision.decision === 'allow';
  if (allowed) await until(`the outcome of request ${id} is written`, () => outcomes().length > 0);
  assert.deepEqual([decisions().length, outcomes().length], [1, allowed ? 1 : 0], `decisions and outcomes of request ${id}`);
  return { decision, outcome: outcomes()[0] };
}

/**
 * @typedef {{method?: string, headers?: Record<string, string | string[]>, body?: string | Buffer | AsyncIterable<Buffer>}} SendOptions
 * @typedef {{status: number, headers: import('node:http').IncomingHttpHeaders, body: Buffer}} Received
 */

/** One request with node:http, which adds nothing and decodes nothing. @param {number} port @param {string} path
 * @param {SendOptions} [options] @returns {Promise<Received>} */
export function send(port, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const all = {
      host: 'app.acme.example',
      ...(typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': Buffer.byteLength(body) } : {}),
      ...headers,
    };
    const sending = http_request({ host: '127.0.0.1', port, path, method, headers: all, agent: false }, (response) => {
      received(response).then(resolve, reject);
    });
    sending.on('error', reject);
    write_body(sending, body).catch(reject);
  });
}

/** Fails when the response is cut off. @param {import('node:http').IncomingMessage} response */
async function received(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

/** @param {import('node:http').ClientRequest} sending @param {SendOptions['body']} body */
async function write_body(sending, body) {
  if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body)) {
    for await (const chunk of body) sending.write(chunk);
    sending.end();
  } else {
    sending.end(body);
  }
}
