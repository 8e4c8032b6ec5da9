// Light tasks of local-aws: listeners of its own process that respond as agents would.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';

import { ManualClock } from '../../demo/local_aws/clock.mjs';
import { check_config } from '../../demo/local_aws/config.mjs';
import { start_local_aws } from '../../demo/local_aws/main.mjs';
import { until } from '../../demo/parts/child.mjs';
import { free_port } from '../../demo/parts/ports.mjs';

const stops = /** @type {(() => Promise<void>)[]} */ ([]);
after(async () => void (await Promise.all(stops.map((stop) => stop()))));

/** @param {number} desired @param {import('../../demo/local_aws/types.d.ts').Light} light @param {import('../../demo/local_aws/light_agent.mjs').Checks} [light_checks] */
async function start(desired, light, light_checks) {
  const [port, admin_port] = [await free_port(), await free_port()];
  const clock = new ManualClock();
  const aws = await start_local_aws({
    config: check_config({
      account: '123456789012',
      region: 'us-east-1',
      clusters: { prod: { services: { billing: { task_definition: 'billing:1', desired } } } },
      task_definitions: { 'billing:1': { light: { port, admin_port, ...light } } },
    }),
    clock,
    light_checks,
  });
  stops.push(aws.stop);
  const service = aws.scheduler.find_service('prod', 'billing');
  assert.ok(service !== undefined);
  const tasks = () => aws.scheduler.tasks_of(service);
  await until('all tasks run', async () => {
    await clock.advance();
    return tasks().length === desired && tasks().every((task) => task.lastStatus === 'RUNNING');
  });
  return { aws, clock, tasks, service, port, admin_port };
}

test('three hundred light tasks respond, each on its own address, from one process', async () => {
  const { tasks, port } = await start(300, {});
  const arns = await Promise.all(
    tasks().map(async ({ address }) => {
      const answer = await fetch(`http://${address}:${port}/a?b=c`, { method: 'POST', body: 'x' });
      const { task, method, target } = await answer.json();
      assert.deepEqual([answer.status, method, target], [200, 'POST', '/a?b=c']);
      return task;
    }),
  );
  assert.deepEqual(
    arns,
    tasks().map(({ arn }) => arn),
  );
  assert.ok(tasks().every(({ healthStatus }) => healthStatus === 'HEALTHY'));
});

test('the app of a light task listens after its agent', async () => {
  const { tasks, clock, port, admin_port } = await start(1, { app_ms: 6_000 });
  const [{ address }] = tasks();
  assert.equal((await fetch(`http://${address}:${admin_port}/readyz`)).status, 200, 'the agent is ready, which says nothing of the app');
  const early = await fetch(`http://${address}:${port}/`);
  assert.deepEqual([early.status, (await early.json()).code], [502, 'upstream_unavailable']);
  await clock.advance(6_000);
  assert.equal((await fetch(`http://${address}:${port}/`)).status, 200);
});

test('a light task that is stopped takes no connection any more', async () => {
  const { tasks, clock, service, aws, port } = await start(1, {});
  const [{ address }] = tasks();
  aws.scheduler.update(service, { desired: 0 });
  await until('it is stopped', async () => {
    await clock.advance();
    return tasks()[0].lastStatus === 'STOPPED';
  });
  await assert.rejects(fetch(`http://${address}:${port}/`));
});

test('a light task whose address is taken fails to start, and the next one has another', async () => {
  const { tasks, clock, service, aws, port } = await start(1, {});
  const [net, host] = tasks()[0].address.split('.').slice(2).map(Number);
  const at = (net * 254 + host) % (254 * 256);
  const next = `127.1.${Math.floor(at / 254)}.${(at % 254) + 1}`;
  const squatter = createServer();
  await new Promise((resolve) => squatter.listen(port, next, () => resolve(undefined)));
  aws.scheduler.update(service, { desired: 2 });
  await until('the next one runs', async () => {
    await clock.advance(1_000);
    return tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING').length === 2;
  });
  const [failed] = tasks().filter(({ lastStatus }) => lastStatus === 'STOPPED');
  assert.equal(failed.stop_code, 'TaskFailedToStart');
  assert.match(failed.stopped_reason ?? '', /EADDRINUSE/);
  await new Promise((resolve) => squatter.close(resolve));
});

test('the status of a light agent is left to who knows its checks', async () => {
  const without = await start(1, {});
  const old = await fetch(`http://${without.tasks()[0].address}:${without.port}/.sallyport/agent`);
  assert.deepEqual(
    [old.status, old.headers.get('content-type'), old.headers.has('sallyport-agent')],
    [401, 'application/problem+json', false],
    'as an agent that does not know the path',
  );
  const status = async (/** @type {import('node:http').IncomingMessage} */ request, /** @type {object} */ told) => ({
    status: request.headers.authorization === 'ok' ? 200 : 401,
    fields: { 'Sallyport-Agent': '1' },
    body: JSON.stringify(told),
  });
  const { tasks, clock, port } = await start(1, { app_ms: 3_000 }, { status });
  const [{ address, arn }] = tasks();
  const ask = (/** @type {string} */ authorization) => fetch(`http://${address}:${port}/.sallyport/agent`, { headers: { authorization } });
  assert.equal((await ask('no')).status, 401);
  const first = await ask('ok');
  assert.equal(first.headers.get('sallyport-agent'), '1');
  const { up_ms, idle_ms, ...told } = await first.json();
  assert.deepEqual(told, { task: arn, service: 'billing', ready: false, why: 'app', in_flight: 0 });
  assert.deepEqual([up_ms, idle_ms], [0, 0]);
  await clock.advance(3_000);
  const then = await (await ask('ok')).json();
  assert.deepEqual([then.ready, then.why, then.up_ms, then.idle_ms], [true, '', 3_000, 3_000]);
});
