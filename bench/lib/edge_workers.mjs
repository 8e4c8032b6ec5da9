// The Workers that are measured against each other: one that only passes on, the same checks hand-written with npm packages,
// and ours.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { run } from '../../demo/parts/child.mjs';
import { api_audience } from '../../demo/provider.mjs';
import { deployed_options, edge_entry, edge_modules, root } from '../../demo/parts/worker.mjs';

/** What every request asks for. */
export const path = '/api/reports/april?format=json';

/** @typedef {import('../../demo/provider.mjs').RunningProvider} Provider */
/** @typedef {import('../../demo/parts/workerd.mjs').PlainWorker} PlainWorker */

/** `folder`: for the bundle; `agent`: where ours sends, if not to `origin`; `jose` by what it caches; `for_agent`: what an agent there
 * needs. @param {{folder: string, provider: Provider, origin: string, agent?: string}} surroundings
 * @returns {Promise<{passthrough: PlainWorker, jose: (cache: 'keys' | 'all') => PlainWorker, sallyport: PlainWorker,
 *   for_agent: {policy: string, jwks: string}}>} */
export async function edge_workers({ folder, provider, origin, agent = origin }) {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signing_key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'bench' };
  const { d: _, ...public_key } = signing_key;
  const { compatibilityDate, compatibilityFlags } = deployed_options('wrangler.toml');
  const worker = (
    /** @type {import('../../demo/parts/workerd.mjs').Module[]} */ modules,
    /** @type {Record<string, string>} */ bindings,
  ) => ({
    modules,
    bindings,
    compatibilityDate,
    compatibilityFlags,
  });
  const script = await bundle(folder, 'bench/workers/jose.js');
  return {
    passthrough: worker([{ type: 'ESModule', path: `${root}bench/workers/passthrough.js` }], { ORIGIN: origin }),
    jose: (cache) =>
      worker([{ type: 'ESModule', path: `${root}bench/workers/jose.js`, contents: script }], {
        ORIGIN: origin,
        ISSUER: provider.issuer,
        AUDIENCE: api_audience,
        JWKS_URI: `${provider.issuer}/jwks`,
        SIGNING_KEY: JSON.stringify(signing_key),
        CACHE: cache,
      }),
    for_agent: { policy: policy(provider, agent), jwks: JSON.stringify({ keys: [public_key] }) },
    sallyport: worker(edge_modules(edge_entry, policy(provider, agent)), {
      SALLYPORT_SIGNING_KEYS: JSON.stringify({ keys: [signing_key] }),
      SALLYPORT_SERVICE_SECRETS: '',
      SALLYPORT_BUILD: 'bench',
    }),
  };
}

/** Distinct access tokens of one person, as the provider would sign them. @param {Provider} provider @param {number} count */
export async function access_tokens(provider, count) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: provider.issuer,
    aud: api_audience,
    sub: 'alice',
    email: 'alice@acme.example',
    groups: ['finance', 'staff'],
    scope: 'read',
    client_id: 'bench',
    iat: now,
    exp: now + 7200,
  };
  return Promise.all(Array.from({ length: count }, (_, index) => provider.sign({ ...claims, jti: `bench-${index}` })));
}

/** As wrangler ships it, with a configuration of its own: that of the edge names objects which this Worker has not. @param {string} folder @param {string} entry */
async function bundle(folder, entry) {
  const out = join(folder, 'bundle');
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, '');
  await run(
    process.execPath,
    [
      `${root}node_modules/wrangler/bin/wrangler.js`,
      'deploy',
      root + entry,
      '--config',
      config,
      '--name',
      'bench',
      '--compatibility-date',
      '2026-07-30',
      '--dry-run',
      '--outdir',
      out,
    ],
    { cwd: folder, env: { WRANGLER_SEND_METRICS: 'false', CI: 'true' } },
  );
  return readFileSync(join(out, 'jose.js'), 'utf8');
}

/** The same rules that bench/workers/jose.js has in its code. @param {Provider} provider @param {string} origin */
function policy(provider, origin) {
  return JSON.stringify({
    name: 'bench',
    edge: { issuer: origin },
    issuers: { idp: { issuer: provider.issuer, jwks_uri: `${provider.issuer}/jwks`, audiences: [api_audience], kind: 'user' } },
    services: { app: { origin } },
    routes: [
      {
        id: 'reports-read',
        host: '127.0.0.1',
        path: '/api/**',
        methods: ['GET', 'HEAD'],
        service: 'app',
        allow: "'finance' in identity.groups",
      },
    ],
  });
}
