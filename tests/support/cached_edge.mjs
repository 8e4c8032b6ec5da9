// What the tests of stored responses share: a policy whose routes cache, and the head of a response whose body is still coming.
import { once } from 'node:events';
import { request } from 'node:http';
import { policy_for } from './edge.mjs';

/** Routes that cache in every way, and one that does not. @param {string} issuer @param {string} origin @param {string} [name] */
export function policy(issuer, origin, name = 'test') {
  const allow = "'finance' in identity.groups";
  const route = (/** @type {string} */ id, /** @type {object} */ more) => ({
    id,
    host: 'app.acme.example',
    path: `/${id}/**`,
    service: 'app',
    allow,
    ...more,
  });
  return policy_for(issuer, origin, {
    name,
    routes: [
      route('cached', { cache: true }),
      route('lasting', { cache: { stale_if_error: '10m' } }),
      route('capped', { cache: { max_age: '5s' } }),
      route('plain', {}),
    ],
  });
}

/** The head of a response to alice. @param {any} edge @param {string} path @returns {Promise<import('node:http').IncomingMessage>} */
export async function open_head(edge, path) {
  const authorization = `Bearer ${await edge.issuer.token()}`;
  const headers = { host: 'app.acme.example', authorization };
  const sending = request({ host: '127.0.0.1', port: edge.worker.port, path, headers, agent: false });
  sending.end();
  return (await once(sending, 'response'))[0];
}
