// Every reason that a request can end with after policy has allowed it: exactly one decision, then exactly one outcome with that
// reason. The core is a stand-in that allows, and writes records as JSON; the real one writes them in the tests of each part, by
// `told` (tests/support/edge.mjs).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AnswerCache } from '../../worker-shim/cache/cache.js';
import { handle_request } from '../../worker-shim/http.js';
import { RequestRecord } from '../../worker-shim/observe.js';
import { FAILURES_TO_OPEN } from '../../worker-shim/reach/breaker.js';
import { Reach } from '../../worker-shim/reach/reach.js';
import { BrokenUpload } from '../../worker-shim/reach/send.js';
import { by_origin, by_task, core as words, refused, silent, starting, tasks } from '../support/reaching.mjs';
import { start_edge } from '../support/edge.mjs';
import { root } from '../../demo/parts/worker.mjs';

const sigv4 = { ...by_origin, sigv4: { service: 'execute-api', region: 'us-east-1', role: 'r', resource: '' } };
const aws_reasons = [
  'aws_response_invalid',
  'aws_access_denied',
  'aws_throttled',
  'aws_not_found',
  'aws_conflict',
  'aws_capacity',
  'aws_unavailable',
  'aws_request_refused',
  'aws_session_too_large',
];
const failed = (/** @type {string} */ reason) => () => ({ answer: 'failed', reason, retry_after_s: 5, detail: 'why' });

/**
 * @typedef {{entry?: any, forward?: object, order?: object, redecided?: string, method?: string, fetch?: (url: string, init: any) => any, ensure?: () => any, seen?: () => any, kind?: string,
 *   aws?: () => any, news?: string, cache?: (op: string) => any, run?: () => any, jobs?: undefined, before?: (again: (more: object) => Promise<any>) => unknown, after?: () => void}} Case
 *   `news`: what the core makes of responses to channel requests; `redecided`: what the core says when it is asked again; `before`: earlier requests of this isolate; `after`: ends them
 */

/** A Worker around that, and what it told. @param {Case} how */
function worker({
  entry = by_origin,
  forward = {},
  order,
  redecided,
  method = 'GET',
  fetch = () => new Response('app'),
  ensure = () => ({ answer: 'ready', endpoints: tasks(2) }),
  ...how
}) {
  const environment = {
    NET: { fetch: async (/** @type {string} */ url, /** @type {any} */ init) => fetch(url, init) },
    WAKE: { idFromName: String, get: () => ({ ensure, lost() {}, seen: how.seen, reset() {} }) },
  };
  const allowed = (/** @type {string} */ id, /** @type {object} */ more) => ({
    service: entry.name,
    url: `${entry.origin}/x?y=1`,
    body: 'none',
    content_length: null,
    repeatable: true,
    wakes: true,
    request_id: id,
    timeout_ms: 5_000,
    headers: {},
    refresh: [],
    caller: { key: 'k', subject: 'alice' },
    caller_tag: id,
    cache: null,
    audit: JSON.stringify({ type: 'decision', id, decision: 'allow' }),
    ...forward,
    ...more,
  });
  /** @param {any} request */
  const handle = ({ asked }) => {
    asked.times = (asked.times ?? 0) + 1;
    if (asked.times > 1 && redecided !== undefined)
      return { kind: 'refuse', refusal: words.refusal(/** @type {any} */ (redecided), asked.id, '') };
    if (order !== undefined)
      return {
        kind: how.kind ?? 'job',
        order: {
          request_id: asked.id,
          audit: JSON.stringify({ type: 'decision', id: asked.id, decision: 'allow' }),
          wait_ms: 0,
          caller: {},
          job: 'export',
          service: entry.name,
          ...order,
        },
      };
    return { kind: 'forward', forward: allowed(asked.id, asked.more) };
  };
  const core = /** @type {any} */ ({
    ...words,
    ...(how.news && {
      sign: (/** @type {any} */ _forward, /** @type {string} */ _place, turn = 'first') => ({
        sig: 'channel',
        keyid: 'k',
        fields: {},
        sent: turn,
      }),
      answered: (/** @type {string} */ sent) => ({ next: sent === 'first' ? how.news : 'pass_on', note: 'paused' }),
    }),
    handle,
    outcome: (/** @type {object} */ ended) => JSON.stringify({ type: 'outcome', ...ended }),
    operate: (/** @type {string} */ op, /** @type {any} */ input) => {
      if (op === 'catalog') return { jobs: [{ name: 'export' }] };
      if (op === 'job_response') return input.refused === undefined ? { status: 200, fields: [], body: '' } : { refused: input.refused };
      return op.startsWith('cache_') ? how.cache?.('lookup') : { fields: [] };
    },
  });
  const reach = new Reach(core, { credentials: async () => how.aws?.() ?? {} }, environment, {
    services: [entry],
    credential_cookies: false,
  });
  const object = { ask: how.run, list: how.run };
  const jobs = 'jobs' in how ? how.jobs : /** @type {any} */ ({ idFromName: String, get: () => object });
  const store = /** @type {any} */ ({ read: async () => undefined });
  const edge = { core, keys: /** @type {any} */ ({}), reach, cache: new AnswerCache(core, store), jobs };
  return async (/** @type {string} */ id, /** @type {object} */ more = {}) => {
    const request = Object.assign(new Request('https://app.acme.example/x?y=1', { method }), { asked: { id, more } });
    const record = new RequestRecord();
    return record.ended(core, await handle_request(request, edge, { waitUntil() {} }, record));
  };
}

/** Sendings that wait for an answer. @type {((answer: Response) => void)[]} */
const held = [];

/** @type {Record<string, Case>} */
const cases = {
  ok: {},
  framing_body_unexpected: { forward: { body: 'stream', repeatable: false } },
  framing_body_incomplete: {
    entry: sigv4,
    aws: () => {
      throw new BrokenUpload('the client left');
    },
  },
  request_timeout: {
    entry: sigv4,
    aws: () => {
      throw new BrokenUpload('no more of the body', true);
    },
  },
  utf8_invalid: { entry: sigv4, forward: { url: 'https://reports.example/x?y=%FF' }, aws: () => ({ credentials: {} }) },
  body_too_large: { entry: sigv4, method: 'PUT', forward: { body: 'stream' }, aws: () => ({ credentials: {} }) },
  channel_lost: { news: 'too_late' },
  reach_unconfigured: { entry: { ...by_origin, vpc: 'NOT_THERE' } },
  too_many_connections: {
    fetch: () => new Promise((resolve) => held.push(resolve)),
    before: (again) => {
      for (let i = 0; i < 600; i += 1) void again({});
    },
    forward: { caller_tag: 'test', timeout_ms: 60_000 },
    after: () => held.forEach((answer) => answer(new Response())),
  },
  upstream_connect_failed: { fetch: refused },
  upstream_timeout: { fetch: silent, forward: { timeout_ms: 10 } },
  upstream_circuit_open: {
    fetch: refused,
    before: async (again) => {
      for (let i = 0; i < 3 * FAILURES_TO_OPEN; i += 1) await again({ caller_tag: `caller ${i % 3}` });
    },
  },
  upstream_invalid_response: { fetch: () => ({ status: 999, headers: new Headers(), body: null }) },
  jwt_expired: { entry: by_task, fetch: refused, redecided: 'jwt_expired' },
  wake_starting: { entry: by_task, ensure: starting },
  wake_budget_exhausted: { entry: by_task, ensure: () => ({ answer: 'refused', reason: 'wake_budget_exhausted' }) },
  ...Object.fromEntries(
    ['wake_failed', 'wake_timeout', 'wake_queued', 'service_stopped', 'no_address', ...aws_reasons].map((reason) => [
      reason,
      { entry: by_task, ensure: failed(reason) },
    ]),
  ),
  wake_asleep: { entry: by_task, forward: { wakes: false }, seen: async () => ({ told: { answer: 'asleep' } }) },
  not_ready: { order: { do: 'run' }, run: () => ({ refused: { reason: 'not_ready', detail: '' } }) },
  job_not_found: { order: { do: 'get' }, run: () => ({ refused: { reason: 'job_not_found', detail: '' } }) },
  job_key_reused: { order: { do: 'run' }, run: () => ({ refused: { reason: 'job_key_reused', detail: '' } }) },
};

/** Other ways to the same reasons. @type {[string, string, Case][]} */
const more = [
  [
    'ok',
    'a job is run',
    { order: { do: 'run' }, run: () => ({ run: { id: 'export~1', state: 'pending', created: new Date().toISOString() } }) },
  ],
  ['ok', 'runs are listed', { order: { do: 'list' }, run: () => [] }],
  ['ok', 'a second task answers', { entry: by_task, fetch: (url) => (url.includes('10.0.0.1') ? refused() : new Response('app')) }],
  [
    'upstream_timeout',
    'only-if-cached',
    { forward: { cache: { use: 'answers', key: 'k', identity: 'i', shared: '' } }, cache: () => ({ do: 'refuse', fwd: 'request' }) },
  ],
  [
    'ok',
    'a state is told',
    { entry: by_task, kind: 'service', order: { do: 'look' }, seen: async () => ({ told: starting(), document: '{}' }) },
  ],
  ['ok', 'a service is reset', { entry: by_task, kind: 'service', order: { do: 'reset' } }],
  ['reach_unconfigured', 'no binding to tell a state', { entry: { ...by_task, vpc: 'NOT_THERE' }, kind: 'service', order: { do: 'look' } }],
  [
    'aws_unavailable',
    'no state is told',
    {
      entry: by_task,
      kind: 'service',
      order: { do: 'look' },
      seen: () => {
        throw new Error('lost');
      },
    },
  ],
  ['reach_unconfigured', 'no binding for jobs', { order: { do: 'run' }, jobs: undefined }],
  [
    'aws_unavailable',
    'the object of a job fails',
    {
      order: { do: 'stop' },
      run: () => {
        throw new Error('lost');
      },
    },
  ],
  [
    'aws_unavailable',
    'the coordinator fails',
    {
      entry: by_task,
      ensure: () => {
        throw new Error('lost');
      },
    },
  ],
  ...aws_reasons.map(
    (reason) =>
      /** @type {[string, string, Case]} */ ([
        reason,
        'no credentials to sign with',
        { entry: sigv4, aws: () => ({ refused: { reason, code: 'Code', message: 'no', request_id: 'r' } }) },
      ]),
  ),
  ...aws_reasons.map(
    (reason) =>
      /** @type {[string, string, Case]} */ ([
        reason,
        'of a job',
        { order: { do: 'run' }, run: () => ({ refused: { reason, detail: 'Code: no' } }) },
      ]),
  ),
];

for (const [reason, what, how] of [
  ...Object.entries(cases).map(([reason, how]) => /** @type {[string, string, Case]} */ ([reason, 'a request', how])),
  ...more,
]) {
  test(`${reason} (${what}): one decision, one outcome`, async (context) => {
    /** @type {any[]} */
    const told = [];
    context.mock.method(console, 'log', (/** @type {string} */ line) => told.push(JSON.parse(line)));
    context.mock.method(console, 'warn', () => {});
    context.mock.method(console, 'error', () => {});
    const send = worker(how);
    await how.before?.((changes) => send('earlier', changes));
    const answer = await send('it');
    const [decision, outcome, ...others] = told.filter(({ id, type }) => id === 'it' && type !== 'attempt');
    assert.deepEqual(
      [decision.type, decision.decision, outcome.type, outcome.reason, others],
      ['decision', 'allow', 'outcome', reason, []],
    );
    how.after?.();
    assert.deepEqual([outcome.status, outcome.how], [answer.status, reason === 'ok' && how.order === undefined ? 'handed_on' : 'complete']);
    const attempts = told.filter(({ id, type }) => id === 'it' && type === 'attempt').length;
    if (how.order === undefined) assert.equal(outcome.attempts <= 1, attempts === 0, 'each further sending is an attempt');
  });
}

test('what an agent refuses is told apart from what its app answers', async (context) => {
  /** @type {any[]} */
  const told = [];
  context.mock.method(console, 'log', (/** @type {string} */ line) => told.push(JSON.parse(line)));
  for (const headers of /** @type {Record<string, string>[]} */ ([{ 'sallyport-refusal': 'unavailable' }, {}]))
    await worker({ fetch: () => new Response('', { status: 503, headers }) })('request 1');
  const outcomes = told.filter(({ type }) => type === 'outcome').map(({ reason, status, detail }) => [reason, status, detail]);
  assert.deepEqual(outcomes, [
    ['ok', 503, 'the agent refused: unavailable'],
    ['ok', 503, ''],
  ]);
});

test('every reason that the Worker gives has a case here', () => {
  const names = [...readFileSync(`${root}shared/core/reason.def`, 'utf8').matchAll(/^SALLYPORT_REASON\(\d+, (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  const sources = readdirSync(`${root}worker-shim`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js') && path !== join('core', 'names.js'))
    .map((path) => readFileSync(`${root}worker-shim/${path}`, 'utf8'))
    .join('\n');
  // Of the start, and of what the core checks before it allows; `internal` is below.
  const elsewhere = new Set(['config_invalid', 'internal', 'job_input_invalid', 'job_cross_site']);
  const given = names.filter((name) => sources.includes(`'${name}'`) || /^(aws|wake|job)_/.test(name));
  assert.deepEqual(
    given.filter((name) => !elsewhere.has(name) && !(name in cases)),
    [],
  );
});

test('a refusal by policy is one decision, without an outcome', async (context) => {
  /** @type {any[]} */
  const told = [];
  context.mock.method(console, 'log', (/** @type {string} */ line) => told.push(line));
  const record = new RequestRecord();
  record.refused({ ...words.refusal('policy_not_allowed', 'it', ''), audit: 'the decision' });
  record.ended(/** @type {any} */ ({}), new Response());
  assert.deepEqual(told, ['the decision']);
});

for (const [what, path, right, wrong] of [
  ['something of ours throws', 'worker-shim/reach/send.js', 'fetcher.fetch(url, init)', '(() => { throw new Error("ours"); })()'],
  [
    'the core stops',
    'worker-shim/core/core.js',
    'within(() => this.#module.ended(',
    'if (!globalThis.stopped) { globalThis.stopped = true; within(() => { throw new Error("stopped"); }); }\n    within(() => this.#module.ended(',
  ],
]) {
  test(`internal, because ${what} after the request was allowed: one decision, one outcome`, async () => {
    const source = readFileSync(root + path, 'utf8');
    assert.ok(source.includes(String(right)));
    const edge = await start_edge({ replaced: { [String(path)]: source.replace(String(right), String(wrong)) } });
    try {
      const received = await edge.send_as_alice('/x');
      assert.equal(received.status, 500);
      const { decision, outcome } = await edge.told(received);
      assert.deepEqual([decision.subject, outcome.reason, outcome.status], ['alice', 'internal', 500]);
    } finally {
      await edge.stop();
    }
  });
}
