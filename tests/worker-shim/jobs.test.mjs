// Jobs, from a caller's request to a process and back: the Worker and its objects in workerd, tokens of a real issuer,
// local-aws with its checks, tasks that are processes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { send } from '../support/edge.mjs';
import { start_jobs_edge } from '../support/jobs_edge.mjs';
import { told_of } from '../support/edge.mjs';
import { records_of } from '../support/records.mjs';

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

test('a job runs: 202 with its place, then its result, and the process saw its input and nothing of ours', async () => {
  const started = await world.run('export', { MONTH: '2026-07' });
  assert.equal(started.status, 202, started.text);
  assert.match(started.location, /^\/\.sallyport\/jobs\/export~[\w-]{22}$/);
  assert.match(started.headers['retry-after'] ?? '', /^\d+$/);
  assert.equal(started.headers['cache-control'], 'no-store');
  assert.equal(started.json.request_id, started.headers['sallyport-request-id']);
  assert.ok(['pending', 'running'].includes(started.json.state));

  const over = await world.finished(started.location);
  assert.equal(over.status, 200);
  assert.equal(over.headers['preference-applied'], 'wait=20');
  const { state, exit_code, job: name, caller, created, started: from, ended } = over.json;
  assert.deepEqual(
    { state, exit_code, name, caller },
    { state: 'succeeded', exit_code: 0, name: 'export', caller: { issuer: 'okta', subject: 'alice' } },
  );
  for (const time of [created, from, ended]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(created <= ended && from <= ended);

  const [task] = world.tasks_of(started);
  const { PATH, ...environment } = JSON.parse(task.output.export);
  assert.deepEqual(environment, { MONTH: '2026-07', CODE: '0' });
});

test('AWS is told who asked: session, source identity and tags of the caller', async () => {
  const started = await world.run('export', { MONTH: '2026-07' });
  const event = world.edge.calls('RunTask').find(({ requestParameters }) => requestParameters.startedBy === started.json.request_id);
  assert.equal(event?.userIdentity?.sessionContext.sourceIdentity, 'alice');
  assert.equal(event?.userIdentity?.sessionContext.principalTags.subject, 'alice');
  assert.equal(event?.userIdentity?.sessionContext.principalTags.route, 'export');
  assert.match(event?.userIdentity?.arn ?? '', /assumed-role\/gate\/alice$/);
});

test('another exit code than 0 is a failure that tells the code', async () => {
  const over = await world.run('export', { MONTH: '2026-07', CODE: '3' }, { prefer: 'wait=20' });
  assert.equal(over.status, 200);
  assert.equal(over.headers['preference-applied'], 'wait=20');
  assert.equal(over.headers['retry-after'], undefined);
  assert.deepEqual([over.json.state, over.json.reason, over.json.exit_code], ['failed', 'exit_code', 3]);
});

test("a task that cannot start is a failure in our words; AWS's are in the log", async () => {
  world.faults({ pull_error: 'CannotPullContainerError: registry.internal.example/secret-image: not found' });
  const over = await world.run('export', { MONTH: '2026-07' }, { prefer: 'wait=20' });
  assert.deepEqual([over.json.state, over.json.reason], ['failed', 'start_failed']);
  assert.ok(!over.text.includes('registry.internal'));
  await until('the log has it', () => world.edge.worker.output().includes('CannotPullContainerError: registry.internal.example'));
});

test('Prefer: wait that is over before the job: 202, and the run goes on', async () => {
  const started = await world.run('endless', {}, { prefer: 'wait=1' });
  assert.equal(started.status, 202);
  assert.equal(started.headers['preference-applied'], undefined);
  assert.ok(['pending', 'running'].includes(started.json.state));
  await world.stop_run(started.location);
});

test('the timeout of the job stops its task', async () => {
  const over = await world.run('short', {}, { prefer: 'wait=20' });
  assert.deepEqual([over.json.state, over.json.reason], ['timed_out', 'timeout']);
  assert.equal(world.tasks_of(over)[0].lastStatus, 'STOPPED');
  const event = world.edge.calls('StopTask').find(({ requestParameters }) => requestParameters.task === world.tasks_of(over)[0].taskArn);
  assert.equal(event?.requestParameters.reason, 'sallyport: over the timeout of its job');
});

test('DELETE stops a run, and again says how it ended', async () => {
  const started = await world.run('endless');
  await world.reaches(started, 'running');
  const [task] = world.tasks_of(started);
  const location = started.location;
  const stopping = await world.stop_run(location);
  assert.equal(stopping.status, 202);
  assert.ok(stopping.json.stopping || stopping.json.state === 'stopped');
  const over = await world.finished(location);
  assert.deepEqual([over.json.state, over.json.reason], ['stopped', 'stopped_by_caller']);
  assert.throws(() => process.kill(task.pids[0], 0), { code: 'ESRCH' }, 'the process is gone');
  const again = await world.stop_run(location);
  assert.equal(again.status, 200);
  assert.deepEqual(again.json, over.json);
});

test('a run can be stopped before it has a task', async () => {
  world.faults({ throttle: { RunTask: 1000 } });
  const started = await world.run('endless');
  assert.equal(started.status, 202);
  const over = await world.call(started.location, { method: 'DELETE', headers: { prefer: 'wait=20' } });
  assert.deepEqual([over.json.state, over.json.reason], ['stopped', 'stopped_by_caller']);
  assert.equal(world.tasks_of(started).length, 0);
});

test('the same key and input is the same run: later, and 20 at once', async () => {
  const key = world.fresh_key();
  const first = await world.run('export', { MONTH: '2026-07' }, key);
  const crowd = await Promise.all(Array.from({ length: 20 }, () => world.run('export', { MONTH: '2026-07' }, key)));
  await world.finished(first.location);
  const late = await world.run('export', { MONTH: '2026-07' }, key);
  assert.equal(late.status, 200, 'it is over');
  for (const each of [...crowd, late]) assert.equal(each.json.id, first.json.id);
  assert.equal(world.tasks_of(first).length, 1);

  const together = world.fresh_key();
  const all = await Promise.all(Array.from({ length: 20 }, () => world.run('export', { MONTH: '2026-08' }, together)));
  assert.equal(new Set(all.map(({ json }) => json.id)).size, 1);
  assert.equal(world.all_tasks().filter((task) => all.some(({ headers }) => headers['sallyport-request-id'] === task.startedBy)).length, 1);
});

test("the same key with other input is a conflict, and another caller's key is another run", async () => {
  const key = world.fresh_key();
  const first = await world.run('export', { MONTH: '2026-07' }, key);
  const calls = world.edge.calls('RunTask').length;
  const other = await world.run('export', { MONTH: '2026-08' }, key);
  assert.equal(other.status, 409);
  assert.equal(other.headers['content-type'], 'application/problem+json');
  assert.equal(other.json.code, 'conflict');
  assert.equal(world.edge.calls('RunTask').length, calls);
  assert.equal((await told_of(world.edge.worker, other)).outcome.reason, 'job_key_reused');
  assert.equal((await told_of(world.edge.worker, first)).outcome.reason, 'ok');

  const theirs = await world.run('export', { MONTH: '2026-08' }, key, world.bob());
  assert.equal(theirs.status, 202);
  assert.notEqual(theirs.json.id, first.json.id);
});

test('without a key, the same request is another run', async () => {
  const [one, two] = [await world.run('export', { MONTH: '2026-07' }), await world.run('export', { MONTH: '2026-07' })];
  assert.notEqual(one.json.id, two.json.id);
  assert.equal(world.tasks_of(one).length + world.tasks_of(two).length, 2);
});

test("another caller's run is not there: not to look at, not to stop, not in a list", async () => {
  const started = await world.run('endless');
  const location = started.location;
  for (const method of ['GET', 'DELETE']) {
    const theirs = await world.call(location, { method, token: world.bob() });
    assert.equal(theirs.status, 404);
    assert.equal(theirs.json.code, 'not_found');
  }
  const absent = await world.call('/.sallyport/jobs/endless~AAAAAAAAAAAAAAAAAAAAAA');
  assert.deepEqual(
    { ...absent.json, request_id: '' },
    { ...(await world.call(location, { token: world.bob() })).json, request_id: '' },
    'as if there were none',
  );
  assert.ok(
    (await world.call('/.sallyport/jobs', { token: world.bob() })).json.runs.every(
      (/** @type {any} */ each) => each.caller.subject === 'bob',
    ),
  );
  await world.reaches(started, 'running');
  await world.stop_run(location);
});

test("whom the job's inspect lets in may look and stop", async () => {
  const started = await world.run('endless');
  const location = started.location;
  const seen = await world.call(location, { token: world.auditor() });
  assert.equal(seen.status, 200);
  assert.equal(seen.json.caller.subject, 'alice');
  const over = await world.call(location, { method: 'DELETE', token: world.auditor(), headers: { prefer: 'wait=20' } });
  assert.equal(over.status, 200, over.text);
  assert.equal(over.json.state, 'stopped');
  const event = world.edge.calls('StopTask').at(-1);
  assert.equal(event?.userIdentity?.sessionContext.sourceIdentity, 'carol');
  assert.deepEqual((await world.call('/.sallyport/jobs', { token: world.auditor() })).json.runs, [], "a list is of one's own");
});

test("a list has the caller's runs of all jobs, newest first, up to its limit", async () => {
  const token = () => world.issuer.token({ sub: 'dora' });
  const first = await world.run('export', { MONTH: '2026-07' }, {}, token());
  const second = await world.run('short', {}, {}, token());
  const listed = await world.call('/.sallyport/jobs', { token: token() });
  assert.equal(listed.status, 200);
  assert.deepEqual(
    listed.json.runs.map((/** @type {any} */ each) => each.id),
    [second.json.id, first.json.id],
  );
  assert.deepEqual([listed.json.limit, listed.json.more], [100, false]);
});

test('input that does not match is refused by name, and AWS is not asked', async () => {
  const before_calls = world.edge.aws.trail.events.length;
  for (const [input, name] of /** @type {[Record<string, string>, string][]} */ ([
    [{ MONTH: 'July' }, 'MONTH'],
    [{}, 'MONTH'],
    [{ MONTH: '2026-07', PATH: '/' }, 'PATH'],
    [{ MONTH: '2026-07', CODE: 'x' }, 'CODE'],
  ])) {
    const refused = await world.run('export', input, {}, world.issuer.token({ sub: 'emil' }));
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.json.detail, new RegExp(`"${name}"`));
  }
  const { events } = world.edge.aws.trail;
  assert.ok(
    events.slice(before_calls).every((/** @type {any} */ { userIdentity }) => userIdentity?.sessionContext.sourceIdentity !== 'emil'),
  );
});

test('HEAD answers like GET without a body; other methods and callers without a credential are refused', async () => {
  const started = await world.run('export', { MONTH: '2026-07' });
  const location = started.location;
  await world.finished(location);
  const [head, get] = [await world.call(location, { method: 'HEAD' }), await world.call(location)];
  assert.deepEqual([head.status, head.text, head.headers['content-type']], [get.status, '', get.headers['content-type']]);
  assert.equal((await world.call(location, { method: 'PUT' })).status, 403);
  assert.equal((await world.call('/run/export')).status, 403);
  assert.equal((await send(world.edge.worker.port, location, {})).status, 401);
});

test('no page of another origin runs or stops a job with the cookies of its visitor; a machine needs no body', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' },
    json = { 'content-type': 'application/json' };
  const run = async (/** @type {Record<string, string>} */ headers) => world.call('/run/endless', { method: 'POST', headers });
  for (const [headers, status] of /** @type {[Record<string, string>, number][]} */ ([
    [{ ...form, 'sec-fetch-site': 'same-site', origin: 'https://evil.acme.example' }, 403],
    [{ ...json, 'sec-fetch-site': 'cross-site' }, 403],
    [{ ...json, origin: 'https://evil.acme.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ ...form }, 422],
    [{ 'sec-fetch-site': 'same-origin' }, 422],
  ])) {
    const answer = await run(headers);
    assert.equal(answer.status, status, JSON.stringify(headers));
  }
  const own = await run({ ...json, 'sec-fetch-site': 'same-origin', origin: 'https://app.acme.example' });
  const bare = await run({});
  assert.deepEqual([own.status, bare.status], [202, 202]);
  const stop = (/** @type {Record<string, string>} */ headers) => world.call(own.location, { method: 'DELETE', headers });
  assert.equal((await stop({ 'sec-fetch-site': 'same-site' })).status, 403);
  for (const { location } of [own, bare]) assert.ok([200, 202].includes((await world.call(location, { method: 'DELETE' })).status));
});

test('running, looking and stopping have a session each, which can do that and nothing else', async () => {
  const started = await world.run('endless', {});
  await world.reaches(started, 'running');
  await world.call(started.location, { method: 'DELETE' });
  const [task] = world.tasks_of(started);
  const { edge } = world;
  await until('ECS was asked to stop it', () =>
    edge.calls('StopTask').some(({ requestParameters }) => requestParameters.task === task.taskArn),
  );
  const sessions = edge.aws.sessions.issued().map(({ accessKeyId }) => edge.aws.sessions.find(accessKeyId)?.sessionPolicy ?? []);
  const actions = sessions.map((each) => each.map(({ Action }) => String(Action)).join());
  assert.deepEqual([...new Set(actions)].sort(), ['ecs:DescribeTasks', 'ecs:RunTask', 'ecs:StopTask']);
  const stopping = sessions.map(([statement]) => statement).filter(({ Action }) => String(Action) === 'ecs:StopTask');
  assert.ok(stopping.some(({ Resource }) => Resource === task.taskArn));
  for (const { Resource } of stopping) assert.doesNotMatch(String(Resource), /[*?]/);
});

test('no credential is in any log', () => {
  const output = world.edge.worker.output();
  assert.ok(records_of(output, 'job').length > 0, 'there is a log');
  for (const { secretAccessKey, sessionToken } of world.edge.aws.sessions.issued())
    assert.ok(!output.includes(secretAccessKey) && !output.includes(sessionToken));
  assert.ok(!/eyJ[\w-]{10}/.test(output), 'a token');
});
