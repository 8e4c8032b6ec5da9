// Services that sleep, from a caller's side: STS and ECS on loopback, tasks of a real agent and a real app each, the
// Worker in workerd.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as http_request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { start_ecs_stack } from '../support/ecs_stack.mjs';
import { told_of } from '../support/edge.mjs';
import { records_of } from '../support/records.mjs';

/** @type {import('../support/ecs_stack.mjs').EcsStack} */
let stack;

/** A back end that says 502 and then writes for ever. @type {{url: string, asked: number, stop: () => void}} */
let flood;

before(async () => {
  flood = await start_flood();
  stack = await start_ecs_stack({
    tuning: { starts_per_caller: 3 },
    services: {
      billing: { pull_ms: 300 },
      asked: {},
      throttled: {},
      stopped: { wakes: false },
      slow: { hold: '0s', pull_ms: 1_000 },
      crashing: { app: ['sh', '-c', 'echo no database >&2; exit 3'] },
      greedy: { hold: '0s', app: ['false'] },
      steady: { desired: 2, drains: true },
      halting: { desired: 2 },
      single: { desired: 1, drains: true },
      brief: { desired: 1, route: { timeout: '2s' } },
      flooding: { origin: flood.url, ready: 'health' },
      posted: { desired: 2, drains: true },
    },
  });
});
after(async () => {
  await stack?.stop();
  flood.stop();
});

/** Desired counts that AWS was asked for. @param {string} service */
const updates = (service) =>
  stack
    .calls('UpdateService')
    .filter((/** @type {any} */ event) => event.requestParameters.service === service)
    .map((/** @type {any} */ event) => event.requestParameters.desiredCount);

test('a hundred first requests at a time wake a service once, and all are answered by the app', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, (_, i) => stack.ask('billing', `/invoices/${i}`)));
  assert.deepEqual([...new Set(all.map((seen) => seen.status))], [200]);
  assert.equal(new Set(all.map((seen) => seen.headers['sallyport-request-id'])).size, 100);
  assert.deepEqual(updates('billing'), [1]);
  assert.equal(all[0].json().identity?.subject ?? all[0].json().subject, 'alice');
});

test('who waited was decided anew: every request has its own allow on record, and what the app got was signed after the wait', async () => {
  const { headers } = await stack.ask('billing', '/');
  const { decision, outcome } = await told_of(stack.worker, { headers });
  assert.deepEqual([decision.decision, decision.service, outcome.reason, outcome.status], ['allow', 'billing', 'ok', 200]);
});

test('a denied caller wakes nothing: AWS is not even asked', async () => {
  const before = stack.aws.trail.events.length;
  const seen = await stack.ask('asked', '/', { as: 'bob' });
  assert.equal(seen.status, 403);
  assert.equal(stack.aws.trail.events.length, before);
  assert.equal(stack.tasks('asked').length, 0);
});

test('a service whose policy does not say wake is found, but never started', async () => {
  const seen = await stack.ask('stopped', '/');
  assert.deepEqual([seen.status, seen.json().state], [503, 'failed']);
  assert.deepEqual(updates('stopped'), []);
});

test('a start that takes longer than a request may wait is told as such: state, progress, elapsed time, when to come back', async () => {
  const first = await stack.ask('slow', '/');
  const problem = first.json();
  assert.deepEqual(
    [first.status, first.headers['content-type'], problem.code, problem.state],
    [503, 'application/problem+json', 'starting', 'starting'],
  );
  assert.ok(['provisioning', 'pulling', 'starting', 'checking'].includes(problem.progress), problem.progress);
  assert.ok(Number.isInteger(problem.elapsed) && Number(first.headers['retry-after']) >= 1);
  assert.equal(problem.request_id, first.headers['sallyport-request-id']);
  assert.equal((await told_of(stack.worker, first)).outcome.reason, 'wake_starting');
  await until('it answers', async () => (await stack.ask('slow', '/')).status === 200);
  assert.deepEqual(updates('slow'), [1]);
});

test('a task that crashes at start is a failure with a public code; why stands in the log under the request id', async () => {
  const seen = await stack.ask('crashing', '/');
  const problem = seen.json();
  assert.deepEqual([seen.status, problem.code, problem.state], [503, 'start_failed', 'failed']);
  assert.ok(Number(seen.headers['retry-after']) >= 1);
  assert.ok(!seen.text.includes('Essential container'), 'the words of AWS are not for callers');
  const id = seen.headers['sallyport-request-id'];
  await until('the log says why', () =>
    records_of(stack.worker.output(), 'outcome', { id }).some(
      ({ reason, detail }) => reason === 'wake_failed' && /Essential container in task exited/.test(detail),
    ),
  );
  await until('what was raised is lowered', () => updates('crashing').at(-1) === 0);
});

test('a caller that wakes too often is told so, and the service stays asleep', async () => {
  let last = await stack.ask('greedy', '/');
  await until('the budget is used up', async () => {
    last = await stack.ask('greedy', '/');
    return last.status === 429;
  });
  assert.deepEqual([last.json().code, last.json().state, Number(last.headers['retry-after']) > 0], ['rate_limited', 'asleep', true]);
  assert.equal((await told_of(stack.worker, last)).outcome.reason, 'wake_budget_exhausted');
});

test('while AWS throttles the start of one service, those that run answer without AWS', async () => {
  assert.equal((await stack.ask('billing', '/')).status, 200);
  stack.aws.faults.set({ throttle: { DescribeServices: 1_000 } });
  let started = 0;
  const waiting = Array.from({ length: 10 }, () =>
    stack.ask('throttled', '/').finally(() => {
      started += 1;
    }),
  );
  await until('AWS throttles', () => stack.aws.faults.current.throttle.DescribeServices < 998);
  const all = await Promise.all(Array.from({ length: 50 }, () => stack.ask('billing', '/')));
  assert.deepEqual([[...new Set(all.map(({ status }) => status))], started], [[200], 0]);
  stack.aws.faults.set({ throttle: {} });
  assert.deepEqual([...new Set((await Promise.all(waiting)).map(({ status }) => status))], [200], 'and the storm is outlived');
  assert.deepEqual(updates('throttled'), [1]);
});

test('a task replaced under load costs no idempotent request', async () => {
  await until(
    'both tasks are healthy',
    () => stack.tasks('steady').filter((/** @type {any} */ task) => task.healthStatus === 'HEALTHY').length === 2,
  );
  const seen = /** @type {Awaited<ReturnType<typeof stack.ask>>[]} */ ([]);
  let going = true;
  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let i = 0; going; i += 1)
      seen.push(await stack.ask('steady', `/things/${i}`, caller % 2 === 0 ? {} : { method: 'PUT', body: `thing ${i}` }));
  });
  await until('traffic runs', () => seen.length > 50);
  for (const victim of stack.tasks('steady')) {
    const answered = seen.length;
    await victim.stop('UserInitiated', 'replaced');
    await until('traffic went on', () => seen.length > answered + 50);
    await until(
      'another task took its place',
      () =>
        stack.tasks('steady').filter((/** @type {any} */ task) => task.healthStatus === 'HEALTHY' && task.lastStatus === 'RUNNING')
          .length === 2,
    );
  }
  going = false;
  await Promise.all(callers);
  assert.deepEqual([...new Set(seen.map(({ status }) => status))], [200]);
});

test('a task replaced under POST requests, which nobody may repeat, costs none of them', async () => {
  const running = () =>
    stack.tasks('posted').filter((/** @type {any} */ task) => task.healthStatus === 'HEALTHY' && task.lastStatus === 'RUNNING');
  await until('both tasks are healthy', () => running().length === 2);
  const seen = /** @type {number[]} */ ([]);
  let going = true;
  const callers = Array.from({ length: 12 }, async (_, caller) => {
    for (let i = 0; going; i += 1)
      seen.push((await stack.ask('posted', `/things/${caller}/${i}`, { method: 'POST', body: `thing ${i}` })).status);
  });
  await until('traffic runs', () => seen.length > 50);
  for (const victim of stack.tasks('posted')) {
    const answered = seen.length;
    await victim.stop('UserInitiated', 'replaced');
    await until('traffic went on', () => seen.length > answered + 50);
    await until('another task took its place', () => running().length === 2);
  }
  going = false;
  await Promise.all(callers);
  assert.deepEqual([...new Set(seen)], [200]);
});

test('a task that falls silent, as one does whose address is gone, costs no idempotent request either', async () => {
  const healthy = () => stack.tasks('halting').filter((/** @type {any} */ task) => task.healthStatus === 'HEALTHY');
  await until('both tasks are healthy', () => healthy().length === 2);
  assert.equal((await stack.ask('halting', '/')).status, 200);
  const agents = healthy().map((/** @type {any} */ task) => task.containers[0].process.pid);
  process.kill(agents[0], 'SIGSTOP');
  try {
    const seen = await Promise.all(Array.from({ length: 20 }, (_, i) => stack.ask('halting', `/${i}`)));
    assert.deepEqual([...new Set(seen.map(({ status }) => status))], [200]);
    assert.ok(records_of(stack.worker.output(), 'attempt', { try: 1 }).length > 0);
  } finally {
    process.kill(agents[0], 'SIGCONT');
  }
});

test('the only task of a service replaced: requests wait for the next one', async () => {
  await until('it is healthy', () => stack.tasks('single')[0].healthStatus === 'HEALTHY');
  assert.equal((await stack.ask('single', '/')).status, 200);
  await stack.tasks('single')[0].stop('UserInitiated', 'replaced');
  const all = await Promise.all(Array.from({ length: 10 }, () => stack.ask('single', '/')));
  assert.deepEqual([...new Set(all.map(({ status }) => status))], [200]);
  assert.deepEqual(updates('single'), [], 'it was not ours to raise');
});

test("a client that stops in its upload is a 408 of its own: its task stays on everybody's list, and AWS is not asked", async () => {
  assert.equal((await stack.ask('brief', '/')).status, 200);
  const looks = stack.calls('DescribeTasks').length;
  const token = await stack.token_of('alice');
  const client = connect(stack.worker.port, '127.0.0.1');
  let answer = '';
  client.on('data', (piece) => {
    answer += piece;
  });
  client.write(
    `POST /x HTTP/1.1\r\nHost: brief.acme.example\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\nabc`,
  );
  await new Promise((resolve) => client.once('close', resolve));
  assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"timeout"/);
  assert.equal((await stack.ask('brief', '/', { headers: { prefer: 'wait=0' } })).status, 200);
  const [task] = stack.tasks('brief');
  assert.equal(
    stack
      .calls('DescribeTasks')
      .slice(looks)
      .filter((/** @type {any} */ event) => JSON.stringify(event.requestParameters).includes(task.arn)).length,
    0,
  );
});

test("an answer that looks like an agent's is passed on as it comes: nothing of it is held, and it is asked for once", async () => {
  assert.equal((await stack.ask('flooding', '/fine')).status, 200);
  const authorization = `Bearer ${await stack.token_of('alice')}`;
  const asking = http_request({
    host: '127.0.0.1',
    port: stack.worker.port,
    path: '/endless',
    headers: { host: 'flooding.acme.example', authorization },
    agent: false,
  });
  asking.on('error', () => {});
  asking.end();
  const [response] = await once(asking, 'response');
  await once(response, 'readable');
  assert.deepEqual([response.statusCode, flood.asked], [502, 1]);
  asking.destroy();
});

/** @returns {Promise<typeof flood>} */
async function start_flood() {
  const piece = Buffer.alloc(1 << 16, 'a');
  const server = createServer((request, response) => {
    if (request.url !== '/endless') return void response.end('ok');
    made.asked += 1;
    response.writeHead(502, { 'content-type': 'application/problem+json' });
    const write = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', write);
    response.write('{"code":"upstream_unavailable"}');
    write();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const made = {
    url: `http://127.0.0.1:${port}`,
    asked: 0,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return made;
}
