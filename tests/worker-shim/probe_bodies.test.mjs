// What is asked whether it is ready may answer anything: a body that never ends. Nothing of it stays open, and nothing of it is ready.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import '../support/platform.mjs';
import { start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { probe } from '../../worker-shim/wake/probe.js';

/** Begins a response to each probe and never ends it; tells how many are open, and how many came. */
const dripping = `
let open = 0, came = 0;
require("http").createServer((q, s) => {
  if (q.url === "/open") return s.end(JSON.stringify({ open, came }));
  open += 1; came += 1;
  s.writeHead(200, { "Content-Type": "application/vnd.sallyport.agent+json", "Sallyport-Agent": "1" });
  const drip = setInterval(() => s.write(" "), 100);
  s.on("close", () => { open -= 1; clearInterval(drip); });
}).listen(8443, process.argv[1])`;
const health = { command: ['true'], interval_ms: 20 };
const services = { drips: { containers: [{ name: 'app', command: [process.execPath, '-e', dripping, '{address}'], health }] } };

/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
before(async () => {
  edge = await start_aws_edge({ services, ecs: { ready: 'agent' }, tuning: { poll_first: 300, poll_then: 300, expected_start: 300 } });
});
after(() => edge.stop());

test('a response that never ends is given up with its patience, and its connection is closed', async () => {
  const told = await edge.wake('drips').ensure('alice', 4_000);
  assert.equal(told.answer, 'starting', JSON.stringify(told));
  const { state } = await edge.wake('drips').status();
  const [{ address }] = JSON.parse(state).facts;
  await until('most were given up', async () => {
    const { open, came } = await (await fetch(`http://${address}:8443/open`)).json();
    return came > 12 && open <= 6;
  });
});

test('no cache is asked in place of an agent, and no redirect is followed', async () => {
  const core = /** @type {import('../../worker-shim/core/core.js').Core} */ (
    /** @type {unknown} */ ({ operate: () => ({ path: '/.sallyport/agent', fields: { signature: 's' }, id: 'id' }) })
  );
  /** @type {any} */
  let sent;
  const NET = {
    fetch: async (/** @type {string} */ url, /** @type {object} */ init) => {
      sent = { url, ...init };
      return new Response('');
    },
  };
  const service = { name: 'billing', origin: 'https://billing.example', vpc: 'NET', mtls_certificate: '' };
  await probe(core, service, { NET }, { number: 1, address: '', port: 0, patience_ms: 60_000 });
  assert.deepEqual([sent.url, sent.cache, sent.redirect], ['https://billing.example/.sallyport/agent', 'no-store', 'manual']);
});
