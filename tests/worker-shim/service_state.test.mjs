// What may be known of a service without waking it, and what does not wake it, through the whole gate: policy, coordinator,
// local-aws, and an app that counts its visits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { send } from '../support/edge.mjs';
import { start_issuer } from '../support/issuer.mjs';
import { records_of } from '../support/records.mjs';

/** An app whose links work once. */
const program = `
const used = new Set();
require("http").createServer((q, s) => {
  s.statusCode = used.has(q.url) ? 410 : 200;
  used.add(q.url);
  s.end(q.method + " " + q.url);
}).listen(8443, process.argv[1])`;
const app = {
  name: 'app',
  command: [process.execPath, '-e', program, '{address}'],
  health: { command: ['bash', '-c', 'exec 3<>/dev/tcp/{address}/8443'], interval_ms: 100, retries: 1000 },
};
const crashing = { name: 'app', command: ['sh', '-c', 'exit 3'] };
const waits = { hold: '0s' };
const services = {
  link: { provision_ms: 500, pull_ms: 500, containers: [app], wake: waits },
  quiet: { containers: [app] },
  crash: { containers: [crashing], wake: waits },
};
const page = 'https://page.example';
const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
const names = Object.keys(services);

/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
/** @type {import('../support/issuer.mjs').RunningIssuer} */
let people;

before(async () => {
  people = await start_issuer();
  const route = (/** @type {string} */ name) => ({ host: `${name}.acme.example`, service: name, cors: { origins: [page] } });
  edge = await start_aws_edge({
    services,
    ecs: { operators: "'ops' in identity.groups" },
    policy: {
      issuers: { okta: { issuer: people.issuer, audiences: ['api://acme'], kind: 'user' } },
      routes: names.flatMap((name) => [
        { ...route(name), id: name, path: '/**', allow: "'finance' in identity.groups" },
        { ...route(name), id: `${name}-health`, path: '/health', wake: false, allow: "'finance' in identity.groups" },
        { ...route(name), id: `${name}-preflight`, path: '/**', methods: ['OPTIONS'], anonymous: true, allow: 'true' },
      ]),
    },
  });
});
after(async () => {
  await edge.stop();
  await people.stop();
});

/** @param {string} service @param {string} path @param {{method?: string, headers?: Record<string, string>, groups?: string[]}} [how] */
async function ask(service, path, { method, headers, groups = ['finance'] } = {}) {
  const authorization = `Bearer ${await people.token({ groups })}`;
  const received = await send(edge.worker.port, path, { method, headers: { host: `${service}.acme.example`, authorization, ...headers } });
  const text = received.body.toString();
  return { ...received, text, told: text.startsWith('{') ? JSON.parse(text) : {} };
}
/** @param {string} service @param {string} target */
const state_of = (service, target) => `/.sallyport/services/${service}?for=${encodeURIComponent(target)}`;
/** @param {string} service */
const calls_for = (service) => edge.aws.trail.events.filter((each) => JSON.stringify(each).includes(service)).length;

test('a link that works once works once: its page waits without asking the app, and goes there when it is ready', async () => {
  edge.aws.faults.set({ hold: 'PROVISIONING' });
  const waiting = await ask('link', '/login?token=x', { headers: { accept: html } });
  assert.equal(waiting.status, 503);
  const { headers: told_to_page, told: progress } = await ask('link', '/other', { headers: { origin: page } });
  assert.deepEqual([progress.state, told_to_page['access-control-allow-origin']], ['starting', page]);
  assert.match(told_to_page['access-control-expose-headers'] ?? '', /Retry-After/);
  assert.ok(Number(told_to_page['retry-after']) >= 1);
  const asks = /data-asks="([^"]+)"/.exec(waiting.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.equal(asks, state_of('link', '/login?token=x'));
  const states = /** @type {Set<string>} */ (new Set());
  await until('it is ready', async () => {
    const { status, headers, told } = await ask('link', asks);
    assert.deepEqual([status, headers['cache-control'], told.v], [200, 'no-store', 1]);
    states.add(told.state);
    edge.aws.faults.set({ hold: '' });
    return told.state === 'ready';
  });
  assert.deepEqual([...states], ['starting', 'ready']);
  const visit = await ask('link', '/login?token=x', { headers: { accept: html } });
  assert.deepEqual([visit.status, visit.text], [200, 'GET /login?token=x']);
  assert.equal((await ask('link', '/login?token=x')).status, 410, 'the app tells a second visit');
  const [{ id }] = records_of(edge.worker.output(), 'decision', { path: '/.sallyport/services/link', decision: 'allow' });
  const [outcome] = records_of(edge.worker.output(), 'outcome', { id });
  assert.deepEqual([outcome.reason, outcome.status, outcome.service], ['ok', 200, 'link']);
});

test('what no person asked for does not wake a service, and its page can read that it sleeps', async () => {
  const { state } = await edge.wake('quiet').status();
  /** @type {[string, Parameters<typeof ask>[2]][]} */
  const requests = [
    ['/x', { headers: { 'sec-purpose': 'prefetch;prerender' } }],
    ['/x', { headers: { purpose: 'prefetch' } }],
    ['/x', { method: 'HEAD', headers: { 'sec-purpose': 'prefetch' } }],
    ['/x', { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } }],
    ['/health', {}],
    ['/health', { method: 'HEAD' }],
  ];
  for (const [path, how] of requests) {
    const { status, headers, told } = await ask('quiet', path, { ...how, headers: { origin: page, ...how?.headers } });
    assert.deepEqual([status, headers['access-control-allow-origin']], [503, page]);
    if (how?.method !== 'HEAD') assert.deepEqual([told.code, told.state], ['asleep', 'asleep']);
  }
  const { status, headers, told } = await ask('quiet', state_of('quiet', '/x'), { headers: { origin: page } });
  assert.deepEqual([status, headers['access-control-allow-origin'], told.state], [200, page, 'asleep']);
  assert.equal(calls_for('quiet'), 0, 'AWS was not even asked');
  assert.equal((await edge.wake('quiet').status()).state, state);
});

test('who may not see the page is told nothing of its service', async () => {
  const direct = await ask('quiet', '/x', { groups: ['sales'] });
  const state = await ask('quiet', state_of('quiet', '/x'), { groups: ['sales'] });
  assert.deepEqual([state.status, state.told.code], [403, direct.told.code]);
  assert.equal((await send(edge.worker.port, state_of('quiet', '/x'), { headers: { host: 'quiet.acme.example' } })).status, 401);
  assert.equal((await ask('link', state_of('quiet', '/x'))).told.code, 'denied');
});

test('what does not wake a service is no use of it once it runs', async () => {
  assert.equal((await ask('quiet', '/visit')).status, 200);
  const { state } = await edge.wake('quiet').status();
  assert.equal((await ask('quiet', '/health')).status, 200);
  assert.equal((await ask('quiet', '/ahead', { headers: { 'sec-purpose': 'prefetch' } })).status, 200);
  await until('the isolate has heard of it', async () => (await ask('quiet', state_of('quiet', '/x'))).told.state === 'ready');
  assert.equal((await edge.wake('quiet').status()).state, state);
});

test('an operator resets a service that failed, and the next request starts it at once', async () => {
  const failed = () => ask('crash', '/x').then(({ told }) => told.state === 'failed');
  await until('it has failed', failed);
  const starts = () =>
    edge.calls('UpdateService').filter(({ requestParameters: of }) => of.service === 'crash' && of.desiredCount === 1).length;
  await until('it was lowered', async () => JSON.parse((await edge.wake('crash').status()).state).ours === false);
  const before = starts();
  const reset = '/.sallyport/services/crash/reset';
  assert.equal((await ask('crash', reset, { method: 'POST' })).status, 403);
  assert.equal((await ask('crash', reset, { method: 'POST', groups: ['ops'], headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
  assert.equal((await ask('crash', reset, { method: 'POST', groups: ['ops'] })).status, 204);
  const { state } = await edge.wake('crash').status();
  assert.deepEqual([JSON.parse(state).phase_name, JSON.parse(state).starts], ['asleep', []]);
  await ask('crash', '/x');
  await until('it is started again', () => starts() === before + 1);
});
