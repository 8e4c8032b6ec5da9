// While a service starts, the answer in hand stands in: through the whole gate, with a coordinator, local-aws, and a task
// that is healthy when the test says so.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { send } from '../support/edge.mjs';
import { start_issuer } from '../support/issuer.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-cache-waking-'));
const healthy = join(folder, 'healthy');
/** Answers that are over their time at once; `/exit` ends the task. */
const program = `require('http').createServer((q, s) => {
  if (q.url === '/exit') return s.end('bye', () => process.exit(0));
  s.writeHead(200, { 'Cache-Control': 'max-age=60', Age: '90' }).end('from the task');
}).listen(8443, process.argv[1])`;
const health = { command: ['bash', '-c', `test -e ${healthy} && exec 3<>/dev/tcp/{address}/8443`], interval_ms: 100, retries: 1000 };
const app = { name: 'app', command: [process.execPath, '-e', program, '{address}'], health };

/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
/** @type {import('../support/issuer.mjs').RunningIssuer} */
let people;

before(async () => {
  people = await start_issuer();
  edge = await start_aws_edge({
    services: { app: { containers: [app] } },
    policy: {
      issuers: { okta: { issuer: people.issuer, audiences: ['api://acme'], kind: 'user' } },
      routes: [
        {
          id: 'app',
          host: 'app.acme.example',
          path: '/**',
          service: 'app',
          allow: "'finance' in identity.groups",
          cache: { stale_if_error: '10m' },
        },
      ],
    },
  });
});
after(async () => {
  await edge.stop();
  await people.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** @param {{path?: string, method?: string, claims?: Record<string, unknown>}} [options] */
async function ask({ path = '/report', method = 'GET', claims } = {}) {
  const { status, headers, body } = await send(edge.worker.port, path, {
    method,
    headers: { authorization: `Bearer ${await people.token(claims)}` },
  });
  return { status, text: body.toString(), cache: String(headers['cache-status'] ?? '') };
}

test('an old answer stands in while the service starts, for who is allowed, and gives way when it is up', async () => {
  writeFileSync(healthy, '');
  assert.deepEqual(await ask(), { status: 200, text: 'from the task', cache: 'Sallyport; fwd=uri-miss; stored' });
  await until('the answer is stored', async () => (await ask()).cache === 'Sallyport; fwd=stale; stored');
  rmSync(healthy);
  await ask({ path: '/exit', method: 'POST' });
  await until('it stands in while the service starts', async () => {
    const { status, text, cache } = await ask();
    assert.deepEqual([status, text], [200, 'from the task'], cache);
    const { phase } = (await edge.wake('app').status()).view;
    return phase === 'starting' && /^Sallyport; fwd=stale; fwd-status=503; ttl=-\d+; detail=stale-if-error$/.test(cache);
  });
  assert.equal((await ask({ claims: { sub: 'bob', groups: ['sales'] } })).status, 403);
  writeFileSync(healthy, '');
  await until('the service answers again', async () => (await ask()).cache === 'Sallyport; fwd=stale; stored');
});
