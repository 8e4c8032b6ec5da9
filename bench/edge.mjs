// See bench/edge. Every Worker runs in a workerd of its own with the same upstream; rounds are interleaved. Nothing is pinned:
// the threads of V8 that compile and collect garbage belong to what a Worker costs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import { cpu_seconds, run } from '../tests/support/child.mjs';
import { api_audience, start_provider } from '../tests/support/oidc_provider.mjs';
import { deployed_options, edge_entry, edge_modules, root } from '../tests/support/worker.mjs';
import { start_agent_stand_in } from './lib/nginx.mjs';
import { least, median, print_table, print_target } from './lib/report.mjs';
import { start_plain_workerd } from './lib/workerd.mjs';
import { send_load, write_script } from './lib/wrk.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1' }, rounds: { type: 'string', default: '40' } } });
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const connections = 16;
const path = '/api/reports/april?format=json';
/** More than any of the Workers keeps verified tokens for, so that each one is new to it. */
const many_tokens = 4000;
const warm_up_requests = 20_000;
/** What the target does not speak of is measured in every so many rounds only. */
const besides_every = 4;

/** @typedef {{name: string, tokens: 'one' | 'many', worker: import('./lib/workerd.mjs').RunningWorker, besides: boolean, costs: number[]}} Contender */

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const provider = await start_provider();
const upstream = await start_agent_stand_in();
/** @type {import('./lib/workerd.mjs').RunningWorker[]} */
const workers = [];
try {
  await main();
} finally {
  for (const worker of workers) await worker.stop();
  await upstream.stop();
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  console.log(`signing ${many_tokens} access tokens (RS256)`);
  write_script(join(folder, 'many.lua'), path, await tokens(many_tokens));
  write_script(join(folder, 'one.lua'), path, await tokens(1));
  const contenders = await start_contenders();
  console.log(`${rounds} rounds of ${seconds} s each, ${connections} connections, GET ${path}`);
  for (const contender of contenders) await warm_up(contender);
  for (let round = 0; round < rounds; ++round) {
    const measured = round % besides_every === 0 ? contenders : contenders.filter(({ besides }) => !besides);
    for (const contender of measured) contender.costs.push(await measure(contender, seconds));
    console.log(`round ${round + 1}: ${measured.map(({ costs }) => costs.at(-1)?.toFixed(0)).join('  ')} us`);
  }
  report(contenders);
}

/** Distinct access tokens of one person, as the provider would sign them. @param {number} count */
async function tokens(count) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: provider.issuer, aud: api_audience, sub: 'alice', email: 'alice@acme.example', groups: ['finance', 'staff'], scope: 'read', client_id: 'bench', iat: now, exp: now + 7200 };
  return Promise.all(Array.from({ length: count }, (_, index) => provider.sign({ ...claims, jti: `bench-${index}` })));
}

/** @returns {Promise<Contender[]>} */
async function start_contenders() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signing_key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'bench' };
  const origin = `http://127.0.0.1:${upstream.port}`;
  const { compatibilityDate, compatibilityFlags } = deployed_options('wrangler.toml');
  const start = (/** @type {import('./lib/workerd.mjs').Module[]} */ modules, /** @type {Record<string, string>} */ bindings) =>
    started(start_plain_workerd({ modules, bindings, compatibilityDate, compatibilityFlags }));
  const passthrough = await start([{ type: 'ESModule', path: `${root}bench/workers/passthrough.js` }], { ORIGIN: origin });
  const script = await bundle('bench/workers/jose.js');
  const by_hand = (/** @type {string} */ cache) => start([{ type: 'ESModule', path: `${root}bench/workers/jose.js`, contents: script }], {
    ORIGIN: origin, ISSUER: provider.issuer, AUDIENCE: api_audience, JWKS_URI: `${provider.issuer}/jwks`,
    SIGNING_KEY: JSON.stringify(signing_key), CACHE: cache,
  });
  const keys_only = await by_hand('keys');
  const caches_all = await by_hand('all');
  const ours = await start(edge_modules(edge_entry, policy(origin)), {
    SALLYPORT_SIGNING_KEYS: JSON.stringify({ keys: [signing_key] }), SALLYPORT_SERVICE_SECRETS: '', SALLYPORT_BUILD: 'bench',
  });
  const contender = (/** @type {string} */ name, /** @type {'one' | 'many'} */ tokens, /** @type {import('./lib/workerd.mjs').RunningWorker} */ worker, besides = false) =>
    ({ name, tokens, worker, besides, costs: [] });
  return [
    contender('pass-through', 'one', passthrough),
    contender('jose, same token', 'one', keys_only),
    contender('sallyport, same token', 'one', ours),
    contender('jose that caches all, same token', 'one', caches_all, true),
    contender('jose, new tokens', 'many', keys_only, true),
    contender('sallyport, new tokens', 'many', ours, true),
  ];
}

/** @param {Promise<import('./lib/workerd.mjs').RunningWorker>} starting */
async function started(starting) {
  const worker = await starting;
  workers.push(worker);
  return worker;
}

/** As wrangler ships it, with a configuration of its own: that of the edge names objects which this Worker has not. @param {string} entry */
async function bundle(entry) {
  const out = join(folder, 'bundle');
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, '');
  await run(process.execPath, [`${root}node_modules/wrangler/bin/wrangler.js`, 'deploy', root + entry, '--config', config, '--name', 'bench', '--compatibility-date', '2026-07-30', '--dry-run', '--outdir', out], { cwd: folder, env: { WRANGLER_SEND_METRICS: 'false', CI: 'true' } });
  return readFileSync(join(out, 'jose.js'), 'utf8');
}

/** The same rules that bench/workers/jose.js has in its code. @param {string} origin */
function policy(origin) {
  return JSON.stringify({
    name: 'bench',
    edge: { issuer: origin },
    issuers: { idp: { issuer: provider.issuer, jwks_uri: `${provider.issuer}/jwks`, audiences: [api_audience], kind: 'user' } },
    services: { app: { origin } },
    routes: [{ id: 'reports-read', host: '127.0.0.1', path: '/api/**', methods: ['GET', 'HEAD'], service: 'app', allow: "'finance' in identity.groups" }],
  });
}

/** Until V8 has compiled what is used often: a Worker of Wasm and much JavaScript takes longer than one line. @param {Contender} contender */
async function warm_up({ name, worker, tokens }) {
  console.log(`warming up: ${name}`);
  for (let answered = 0; answered < warm_up_requests;) {
    answered += await send_load(worker.port, join(folder, `${tokens}.lua`), { seconds: 2, connections });
  }
}

/** CPU of workerd per request, in microseconds. @param {Contender} contender @param {number} duration in seconds */
async function measure(contender, duration) {
  const before = cpu_seconds(contender.worker.pid);
  const answered = await send_load(contender.worker.port, join(folder, `${contender.tokens}.lua`), { seconds: duration, connections });
  return (cpu_seconds(contender.worker.pid) - before) / answered * 1e6;
}

/** @param {Contender[]} contenders */
function report(contenders) {
  const base = least(contenders[0].costs);
  console.log('\nCPU of the workerd process per request, in microseconds: the least of its rounds, and their median');
  print_table(['Worker', 'total', 'median', 'added'], contenders.map((each) => [each.name, least(each.costs), median(each.costs), least(each.costs) - base]));
  const [, jose, ours, jose_all, jose_new, ours_new] = contenders.map((each) => least(each.costs) - base);
  console.log();
  const met = print_target('we add at most a third of what the jose Worker adds, callers using their tokens again', ours <= jose / 3, ratio(ours, jose));
  console.log(`besides: against a jose Worker that caches all we cache: ${ratio(ours, jose_all)}; when every token is new: ${ratio(ours_new, jose_new)}`);
  process.exitCode = met ? 0 : 1;
}

/** @param {number} ours @param {number} theirs */
function ratio(ours, theirs) {
  return `${ours.toFixed(0)} of ${theirs.toFixed(0)} us, ${(ours / theirs).toFixed(2)}`;
}

