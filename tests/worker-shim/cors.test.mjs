// A page of another origin that was refused can read why, where the route's `cors` names it: the refusals of the core, and
// those that only the host knows of. What the app answers is left alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { edge_issuer, start_edge } from '../support/edge.mjs';
import { root } from '../../demo/parts/worker.mjs';

const page = 'https://app.acme.example',
  other = 'https://evil.example';

/** @param {string} issuer @param {string} origin */
const policy = (issuer, origin) =>
  JSON.stringify({
    name: 'test',
    edge: { issuer: edge_issuer },
    issuers: { okta: { issuer, audiences: ['api://acme'] } },
    services: { api: { origin }, dead: { origin: 'http://127.0.0.1:1' } },
    jobs: {
      export: {
        ecs: { region: 'us-east-1', cluster: 'c', task_definition: 'e:1', container: 'e', role: 'arn:aws:iam::123456789012:role/gate' },
      },
    },
    routes: [
      { id: 'api', path: '/api/**', service: 'api', cors: { origins: [page, 'http://localhost:5173'], credentials: true } },
      { id: 'admin', path: '/api/admin', service: 'api' },
      { id: 'plain', path: '/plain/**', service: 'api', cors: { origins: [page] } },
      { id: 'dead', path: '/dead/**', service: 'dead', cors: { origins: [page] } },
      { id: 'run', path: '/run', job: 'export', methods: ['POST'], cors: { origins: [page] } },
      { id: 'closed', path: '/closed/**', service: 'api' },
    ].map((route) => ({ host: 'api.acme.example', allow: "'finance' in identity.groups", ...route })),
  });

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
before(async () => {
  edge = await start_edge({ policy });
});
after(() => edge.stop());

/** @param {string} path @param {{origin?: string, groups?: string[], method?: string, headers?: Record<string, string>, body?: string}} [options] */
async function ask(path, { origin, groups, method, headers, body } = {}, to = edge) {
  /** @type {Record<string, string>} */
  const authorization = groups === undefined ? {} : { authorization: `Bearer ${await to.issuer.token({ groups })}` };
  const answer = await to.send(path, {
    method,
    body,
    headers: { host: 'api.acme.example', ...authorization, ...(origin !== undefined && { origin }), ...headers },
  });
  const of = (/** @type {string} */ name) => answer.headers[`access-control-${name}`];
  return {
    status: answer.status,
    vary: answer.headers.vary,
    allowed: of('allow-origin'),
    credentials: of('allow-credentials'),
    exposed: of('expose-headers'),
  };
}
const exposed = 'Retry-After, WWW-Authenticate, Sallyport-Request-Id';

test('the page that the route names reads the refusal of who has no credential, or no right', async () => {
  for (const [status, groups] of /** @type {[number, string[] | undefined][]} */ ([
    [401, undefined],
    [403, ['sales']],
  ])) {
    assert.deepEqual(await ask('/api/x', { origin: page, groups }), {
      status,
      vary: 'Accept, Origin',
      allowed: page,
      credentials: 'true',
      exposed,
    });
    assert.deepEqual(await ask('/api/x', { origin: 'http://localhost:5173', groups, method: 'DELETE' }), {
      status,
      vary: 'Accept, Origin',
      allowed: 'http://localhost:5173',
      credentials: 'true',
      exposed,
    });
    assert.deepEqual(await ask('/plain/x', { origin: page, groups }), {
      status,
      vary: 'Accept, Origin',
      allowed: page,
      credentials: undefined,
      exposed,
    });
  }
});

test('another page, and none, reads nothing; what is refused varies all the same', async () => {
  for (const origin of [other, 'null', `${page}.evil.example`, 'https://APP.acme.example', undefined]) {
    assert.deepEqual(await ask('/api/x', { origin }), {
      status: 401,
      vary: 'Accept, Origin',
      allowed: undefined,
      credentials: undefined,
      exposed: undefined,
    });
  }
});

test('refusals that only the host knows of carry the same', async () => {
  const down = await ask('/dead/x', { origin: page, groups: ['finance'] });
  assert.deepEqual([down.status, down.allowed, down.exposed], [502, page, exposed]);
  const job = await ask('/run', {
    origin: page,
    groups: ['finance'],
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.deepEqual([job.status, job.allowed], [403, page]);
});

test('without cors nothing is said, and to what the app answers nothing is added', async () => {
  assert.deepEqual(await ask('/closed/x', { origin: page }), {
    status: 401,
    vary: 'Accept',
    allowed: undefined,
    credentials: undefined,
    exposed: undefined,
  });
  const app = await ask('/api/x', { origin: page, groups: ['finance'] });
  assert.deepEqual(app, { status: 200, vary: undefined, allowed: undefined, credentials: undefined, exposed: undefined });
});

test('a path that servers read in two ways is refused so that the page which asked for it can read why', async () => {
  const { status, allowed } = await ask('/api/admin/', { origin: page, groups: ['finance'] });
  assert.deepEqual([status, allowed], [400, page]);
});

test('a failure of the edge itself, after it allowed the request, carries the same', async () => {
  const path = 'worker-shim/reach/send.js';
  const source = readFileSync(root + path, 'utf8');
  const broken = source.replace('fetcher.fetch(url, init)', '(() => { throw new Error("ours"); })()');
  const failing = await start_edge({ policy, replaced: { [path]: broken } });
  try {
    const { status, allowed } = await ask('/api/x', { origin: page, groups: ['finance'] }, failing);
    assert.deepEqual([status, allowed], [500, page]);
  } finally {
    await failing.stop();
  }
});
