// Jobs when things go wrong: AWS throttles, refuses, loses answers or forgets; objects end in the middle of what they do.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { start_jobs_edge } from '../support/jobs_edge.mjs';
import { records_of, told_in } from '../support/records.mjs';

/** @type {import('../support/jobs_edge.mjs').JobsEdge} */ let world;
const storage = mkdtempSync(join(tmpdir(), 'sallyport-jobs-'));
before(async () => {
  world = await start_jobs_edge({ storage });
});
after(async () => {
  await world.stop();
  rmSync(storage, { recursive: true });
});
beforeEach(() => world.no_faults());

test('a throttled RunTask is tried again until there is one task', async () => {
  world.faults({ throttle: { RunTask: 5 } });
  const started = await world.run('export', { MONTH: '2026-07' });
  assert.equal(started.status, 202, started.text);
  assert.equal(started.json.state, 'pending');
  const over = await world.finished(started.location);
  assert.equal(over.json.state, 'succeeded');
  assert.equal(world.tasks_of(started).length, 1);
});

test('throttled looks put off the answer, not the result', async () => {
  world.faults({ throttle: { DescribeTasks: 2 } });
  const over = await world.run('export', { MONTH: '2026-07' }, { prefer: 'wait=20' });
  assert.equal(over.json.state, 'succeeded');
});

test('an answer of RunTask that is lost does not start a second task', async () => {
  world.faults({ lose: { RunTask: 4 } });
  const started = await world.run('export', { MONTH: '2026-07' });
  assert.equal(started.status, 202, started.text);
  const over = await world.finished(started.location);
  assert.equal(over.json.state, 'succeeded');
  assert.equal(world.tasks_of(started).length, 1);
  assert.ok(
    world.edge.calls('RunTask').filter(({ requestParameters }) => requestParameters.startedBy === started.json.request_id).length >= 4,
  );
});

test('while a task may have been started, no refusal ends the search for it', async () => {
  world.faults({ lose: { RunTask: 3 } });
  const started = await world.run('endless');
  world.faults({ fail: { RunTask: ['AccessDeniedException', 400, 1] } });
  await world.reaches(started, 'running');
  assert.equal(world.tasks_of(started).length, 1);
  await until('operators see the doubt', () =>
    world.logged(started).some((line) => line.includes('AccessDeniedException') && line.includes('a task may have been started')),
  );
  await world.stop_run(started.location);
  assert.equal((await world.finished(started.location)).json.state, 'stopped');
});

test('a refusal for good after the run was accepted is told by the run', async () => {
  world.faults({ throttle: { RunTask: 3 } });
  const started = await world.run('endless');
  world.faults({ fail: { RunTask: ['ClientException', 400, 1] } });
  const over = await world.finished(started.location);
  assert.deepEqual([over.json.state, over.json.reason], ['failed', 'start_refused']);
  assert.equal(world.tasks_of(started).length, 0);
});

test('no capacity is said at once, and the same key may try again', async () => {
  const key = world.fresh_key();
  world.faults({ run_failures: [{ arn: 'arn:aws:ecs:us-east-1:1:container-instance/x', reason: 'RESOURCE:MEMORY' }] });
  const refused = await world.run('export', { MONTH: '2026-07' }, key);
  assert.equal(refused.status, 503);
  assert.equal(refused.json.code, 'unavailable');
  assert.match(refused.headers['retry-after'] ?? '', /^\d+$/);
  assert.ok(!refused.text.includes('RESOURCE'));
  await until('operators see why', () => world.logged(refused).some((line) => line.includes('RESOURCE:MEMORY')));
  const again = await world.run('export', { MONTH: '2026-07' }, { ...key, prefer: 'wait=20' });
  assert.equal(again.json.state, 'succeeded');
});

test("what the session policy or the role does not allow is refused, with AWS's code for operators only", async () => {
  for (const name of ['passing', 'unwelcome']) {
    const refused = await world.run(name);
    assert.equal(refused.status, 502, refused.text);
    assert.ok(!/AccessDenied|authorized|arn:/.test(refused.text));
    await until('operators see why', () =>
      world.logged(refused).some((line) => /AccessDenied(Exception)? \(40[03], request [\w-]{36}\)/.test(line)),
    );
  }
});

test('looks are made by the alarm, all runs in one call, however often callers ask', async () => {
  const started = await Promise.all(Array.from({ length: 5 }, () => world.run('endless')));
  const arns = () => started.map((each) => world.tasks_of(each)[0]?.taskArn);
  const together = () =>
    world.edge
      .calls('DescribeTasks')
      .filter(({ requestParameters }) => arns().every((arn) => /** @type {string[]} */ (requestParameters.tasks).includes(arn)));
  await until('one call names all five', () => together().length > 0);
  const looks = world.edge.calls('DescribeTasks').length;
  await Promise.all(Array.from({ length: 100 }, () => world.call(started[0].location)));
  const more = world.edge.calls('DescribeTasks').length - looks;
  assert.ok(more < 25, `${more} looks while 100 callers asked: the alarm goes on, and that is all`);
  await Promise.all(started.map((each) => world.stop_run(each.location)));
});

test('a task that ECS has forgotten ends its run as lost', async () => {
  const started = await world.run('endless');
  await world.reaches(started, 'running');
  const [{ taskArn }] = world.tasks_of(started);
  const task = world.edge.aws.scheduler.tasks.get(taskArn);
  world.edge.aws.scheduler.tasks.delete(taskArn);
  const over = await world.finished(started.location);
  assert.deepEqual([over.json.state, over.json.reason, over.json.exit_code], ['failed', 'lost', undefined]);
  await task?.stop('UserInitiated', 'end of the test');
});

for (const action of ['AssumeRoleWithWebIdentity', 'RunTask', 'DescribeTasks', 'StopTask']) {
  test(`an object that ends during ${action} loses nothing, and starts no second task`, async () => {
    // New to the object, so that there are no credentials for them yet.
    const token = world.issuer.token({ sub: `in-${action}` });
    world.faults({ delay_ms: { [action]: 1_000 } });
    const before_calls = world.arrived(action);
    const starting = world.run('endless', {}, world.fresh_key(), token);
    const stopping = action === 'StopTask' ? starting.then((each) => world.stop_run(each.location, token)) : undefined;
    await until(`${action} is under way`, () => world.arrived(action) > before_calls);
    await world.end_object('endless');
    world.faults({ delay_ms: {} });
    const started = await starting;
    assert.equal(started.status, 202, started.text);
    if (action !== 'StopTask') await world.reaches(started, 'running', token);
    await (stopping ?? world.stop_run(started.location, token));
    const over = await world.finished(started.location, token);
    assert.deepEqual([over.json.state, over.json.reason], ['stopped', 'stopped_by_caller']);
    assert.equal(world.tasks_of(started).length, 1);
    assert.ok(world.arrived(action) >= before_calls + 2, 'it was asked for again');
  });
}

test('an object that ends while a task runs goes on where it was', async () => {
  const started = await world.run('endless');
  await world.reaches(started, 'running');
  await world.end_object('endless');
  const seen = await world.call(started.location);
  assert.equal(seen.json.state, 'running');
  await world.stop_run(started.location);
  const over = await world.finished(started.location);
  assert.equal(over.json.state, 'stopped');
});

test('no credential is in any log or stored', () => {
  const stored = readdirSync(storage, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
    .join('');
  const output = world.edge.worker.output();
  assert.ok(records_of(output, 'job').length > 0 && stored.includes('task_arn'), 'there is a log, and something is stored');
  for (const { secretAccessKey, sessionToken } of world.edge.aws.sessions.issued()) {
    for (const text of [output, stored]) assert.ok(!text.includes(secretAccessKey) && !text.includes(sessionToken));
  }
  for (const text of [output, stored]) assert.ok(!/eyJ[\w-]{10}/.test(text), 'a token');
});

test('a stop that does not get through outlives the runtime: its alarm tries again, and nobody has to ask', async () => {
  world.faults({ throttle: { StopTask: 1_000 } });
  const started = await world.run('short');
  await until(
    'the timeout is noticed',
    () => world.arrived('StopTask') > 0 && world.logged(started).some((line) => line.includes('StopTask')),
  );
  await world.edge.restart();
  world.no_faults();
  await until('the task is stopped', () => world.tasks_of(started)[0].lastStatus === 'STOPPED');
  assert.equal((await world.finished(started.location)).json.state, 'timed_out');
});

test('a deployment that cannot start loses no run: the next one that can goes on', async () => {
  const started = await world.run('endless');
  await world.reaches(started, 'running');
  await world.edge.restart({ signing_keys: '' });
  await until('the alarm has found that out', () => told_in(world.edge.worker.output()).includes('not started: '));
  assert.equal((await world.call(started.location)).status, 503);
  await world.edge.restart();
  await world.stop_run(started.location);
  assert.equal((await world.finished(started.location)).json.state, 'stopped');
});
