// Services from zero: the coordinator in workerd against local-aws, which starts real processes.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { root } from '../../demo/parts/worker.mjs';
import { caller, sleeper, start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { records_of, told_in } from '../support/records.mjs';

const quick_task = { containers: [sleeper] };
const slow_task = { provision_ms: 300, pull_ms: 700, containers: [sleeper] };
const crashing = { containers: [{ name: 'app', command: ['sh', '-c', 'exit 7'] }] };
const services = {
  first: slow_task,
  herd: quick_task,
  slow: slow_task,
  crash: crashing,
  flaky: crashing,
  unpullable: quick_task,
  spender: crashing,
  restarted: slow_task,
  alone: slow_task,
  storm: quick_task,
  renewed: slow_task,
  denied: quick_task,
  repaired: quick_task,
  garbled: quick_task,
  dying: { ...quick_task, wake: { min: 2 } },
  paged: { ...quick_task, wake: { min: 3 } },
  up: { ...quick_task, desired: 1 },
  busy: quick_task,
  flakysts: quick_task,
  unreached: quick_task,
};
const storage = mkdtempSync(join(tmpdir(), 'sallyport-wake-'));
/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;

before(async () => {
  edge = await start_aws_edge({
    services,
    tuning: { starts_per_caller: 2, starts_per_service: 3 },
    worker: { miniflare: { durableObjectsPersist: storage } },
  });
  edge.aws.faults.set({ replace_ms: 50 });
});
after(async () => {
  await edge.stop();
  rmSync(storage, { recursive: true });
});
afterEach(() => {
  edge.aws.faults.set({ throttle: {}, fail: {}, delay_ms: {}, answers: {}, cut: {}, pull_error: '', hold: '', page_size: 0 });
});

/** What only the core reads. @param {{status(): Promise<{state: string}>}} wake */
const state_of = async (wake) => JSON.parse((await wake.status()).state);
/** The updates of a service, oldest first, as [desired count, who caused it]. @param {string} service */
const updates = (service, of = edge) =>
  of
    .calls('UpdateService')
    .filter(({ requestParameters }) => requestParameters.service === service)
    .map(({ requestParameters, userIdentity }) => [requestParameters.desiredCount, userIdentity?.sessionContext.sourceIdentity]);
/** @param {string} service */
const desired = (service, of = edge) => of.aws.scheduler.find_service('prod', service)?.desired;

test('the first request brings a service up from zero, in the name of its caller', async () => {
  const { answer, endpoints } = await edge.wake('first').ensure('alice');
  assert.equal(answer, 'ready');
  assert.equal(endpoints.length, 1);
  assert.match(endpoints[0].address, /^127\.1\.\d+\.\d+$/);
  assert.equal(endpoints[0].port, 8443);
  assert.deepEqual(updates('first'), [[1, 'alice']]);
});

test('a hundred callers at once: one session, one update, all of them answered', async () => {
  const sessions = edge.calls('AssumeRoleWithWebIdentity').length;
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => edge.wake('herd').ensure(`caller-${i}`)));
  assert.deepEqual(new Set(answers.map(({ answer }) => answer)), new Set(['ready']));
  assert.equal(updates('herd').length, 1);
  assert.equal(edge.calls('AssumeRoleWithWebIdentity').length - sessions, 1);
});

test('who will not wait longer is told how far the start is', async () => {
  edge.aws.faults.set({ hold: 'PROVISIONING' });
  const told = await edge.wake('slow').ensure('alice', 0);
  assert.equal(told.answer, 'starting');
  assert.equal(told.phase, 'starting');
  assert.equal(told.progress, 'provisioning');
  assert.ok(told.since_ms >= 0 && told.retry_after_s >= 2 && told.retry_after_s <= 30);
  edge.aws.faults.set({ hold: 'PENDING' });
  await until('the image is pulled', async () => {
    const { answer, progress } = await edge.wake('slow').ensure('alice', 0);
    assert.equal(answer, 'starting');
    return progress === 'pulling';
  });
  edge.aws.faults.set({ hold: '' });
  assert.equal((await edge.wake('slow').ensure('bob')).answer, 'ready');
  assert.deepEqual(updates('slow'), [[1, 'alice']], 'bob joined what alice began');
});

test('a task that ends at its start is an honest failure, and is not started again and again', async () => {
  const waiting = await Promise.all(['alice', 'bob'].map((each) => edge.wake('crash').ensure(each)));
  for (const { answer, reason, detail, retry_after_s } of waiting) {
    assert.equal(answer, 'failed');
    assert.equal(reason, 'wake_failed');
    assert.match(detail, /EssentialContainerExited.*exited with 7/);
    assert.ok(retry_after_s >= 1);
  }
  await until('it is back at zero', () => desired('crash') === 0);
  assert.deepEqual(updates('crash'), [
    [1, 'alice'],
    [0, 'alice'],
  ]);
  await until('operators see why', () =>
    records_of(edge.worker.output(), 'wake', { to: 'failed', reason: 'wake_failed' }).some(({ detail }) => /exited with 7/.test(detail)),
  );
});

test('an image that cannot be pulled is told in the words of AWS', async () => {
  edge.aws.faults.set({ pull_error: 'CannotPullContainerError: pull access denied for acme/app' });
  const { answer, reason, detail } = await edge.wake('unpullable').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'wake_failed']);
  assert.match(detail, /TaskFailedToStart: CannotPullContainerError: pull access denied/);
});

test('after a failure the next start waits for its pause, and then is tried', async () => {
  assert.equal((await edge.wake('flaky').ensure('alice')).answer, 'failed');
  const soon = await edge.wake('flaky').ensure('bob');
  assert.equal(soon.answer, 'failed');
  await until('it is tried again', async () => {
    await edge.wake('flaky').ensure('bob', 0);
    return updates('flaky').filter(([count]) => count === 1).length >= 2;
  });
});

test('who woke it too often, or too many together, are refused; others are not', async () => {
  /** @param {string} subject */
  const spend = async (subject) => {
    /** @type {any} */
    let told;
    await until(`a start for ${subject} is refused`, async () => {
      told = await edge.wake('spender').ensure(subject);
      return told.answer === 'refused';
    });
    return told;
  };
  const { retry_after_s, ...told } = await spend('alice');
  assert.deepEqual(told, { answer: 'refused', reason: 'wake_budget_exhausted' });
  assert.ok(retry_after_s > 3_000 && retry_after_s <= 3_600, `${retry_after_s} s`);
  assert.equal(updates('spender').filter(([count]) => count === 1).length, 2, 'two for alice');
  await spend('bob');
  assert.equal(updates('spender').filter(([count]) => count === 1).length, 3, 'three for all');
});

test('a coordinator that is ended in the middle of a start goes on with it', async () => {
  const wake = edge.wake('restarted');
  const waiting = assert.rejects(wake.ensure('alice'), /ended by the test/, 'who waited is told, and asks again');
  await until('the update was sent', () => updates('restarted').length === 1);
  await wake.end();
  await waiting;
  assert.equal((await wake.ensure('bob')).answer, 'ready');
  assert.deepEqual(updates('restarted'), [[1, 'alice']]);
  const { ours, starts } = await state_of(wake);
  assert.ok(ours, 'it knows that it raised the service, and will lower it');
  assert.deepEqual(
    starts.map((/** @type {{caller: string}} */ each) => each.caller),
    [caller('alice').key],
    'bob joined the start of alice',
  );
});

test('a start goes on by itself when nobody asks any more, also over an end of its coordinator', async () => {
  const wake = edge.wake('alone');
  assert.equal((await wake.ensure('alice', 0)).answer, 'starting');
  await until('the update was sent', () => updates('alone').length === 1);
  await wake.end();
  await until(
    'it is healthy',
    () => records_of(edge.worker.output(), 'wake', { service: 'alone', from: 'starting', to: 'healthy' }).length > 0,
  );
});

test('a storm of throttling delays a start and does not fail it', async () => {
  edge.aws.faults.set({
    throttle: { DescribeServices: 3, ListTasks: 2, UpdateService: 3, DescribeTasks: 3, AssumeRoleWithWebIdentity: 2 },
  });
  assert.equal((await edge.wake('storm').ensure('alice')).answer, 'ready');
  assert.deepEqual(updates('storm'), [[1, 'alice']]);
});

test('STS that cannot fetch our keys at first delays a start and does not fail it', async () => {
  edge.aws.faults.set({ fail: { AssumeRoleWithWebIdentity: ['IDPCommunicationError', 400, 6] } });
  assert.equal((await edge.wake('flakysts').ensure('alice')).answer, 'ready');
});

test('credentials that expire during a start are replaced', async () => {
  const waiting = edge.wake('renewed').ensure('renata');
  await until('the update was sent', () => updates('renewed').length === 1);
  edge.aws.faults.set({ expire_sessions: true });
  assert.equal((await waiting).answer, 'ready');
});

test('AWS says no: the reason is public, its code and request id are for operators', async () => {
  edge.aws.faults.set({ fail: { UpdateService: ['AccessDeniedException', 400, 100] } });
  const { answer, reason, detail } = await edge.wake('denied').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'aws_access_denied']);
  assert.match(detail, /^AccessDeniedException: .*\(request [0-9a-f-]{36}\)$/);
  await until(
    'operators see it',
    () => records_of(edge.worker.output(), 'log', { event: 'AWS refused', service: 'denied', code: 'AccessDeniedException' }).length > 0,
  );
});

test('a role that is repaired after many refusals serves at once: attempts that AWS refused cost no budget', async () => {
  edge.aws.faults.set({ fail: { AssumeRoleWithWebIdentity: ['AccessDenied', 403, 100] } });
  const wake = edge.wake('repaired');
  await until('it was refused more often than a budget has starts', async () => {
    await wake.ensure('engineer');
    return records_of(edge.worker.output(), 'wake', { service: 'repaired', to: 'failed', reason: 'aws_access_denied' }).length > 4;
  });
  edge.aws.faults.set({ fail: {} });
  await until('it is ready', async () => (await wake.ensure('engineer')).answer === 'ready');
  assert.deepEqual(updates('repaired'), [[1, 'engineer']]);
});

test('an answer that cannot be read is a failure with a reason', async () => {
  edge.aws.faults.set({ answers: { ListTasks: ['{"taskArns":', 1] } });
  const { answer, reason } = await edge.wake('garbled').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'aws_response_invalid']);
  await until('the next start works', async () => (await edge.wake('garbled').ensure('bob')).answer === 'ready');
});

test('an AWS that cannot be reached for a while delays a start', async () => {
  edge.aws.faults.set({ cut: { DescribeServices: 2, UpdateService: 1 } });
  assert.equal((await edge.wake('unreached').ensure('alice')).answer, 'ready');
});

test('a task that dies is never given out again, and its successor is', async () => {
  const wake = edge.wake('dying');
  await until('both tasks are known', async () => (await wake.ensure('alice')).endpoints.length === 2);
  const {
    endpoints: [dead, other],
  } = await wake.ensure('alice');
  await edge.aws.scheduler.tasks.get(dead.task_arn)?.stop('UserInitiated', 'stopped by the test');
  await wake.lost(dead.task_arn);
  const left = await wake.ensure('bob');
  assert.equal(left.answer, 'ready');
  assert.deepEqual(
    left.endpoints.filter((/** @type {{task_arn: string}} */ { task_arn }) => task_arn === dead.task_arn),
    [],
  );
  await until('its successor is known', async () => {
    const { endpoints } = await wake.ensure('bob');
    return endpoints.length === 2 && endpoints.some((/** @type {any} */ each) => ![dead.task_arn, other.task_arn].includes(each.task_arn));
  });
  assert.deepEqual(updates('dying'), [[2, 'alice']]);
});

test('tasks are found page by page', async () => {
  edge.aws.faults.set({ page_size: 1 });
  await until('all three are known', async () => (await edge.wake('paged').ensure('alice')).endpoints?.length === 3);
  assert.deepEqual(updates('paged'), [[3, 'alice']]);
});

test('a service that someone else keeps running is found, and never changed', async () => {
  await until('its task is healthy', () =>
    edge.aws.scheduler.describe().tasks.some(({ group, healthStatus }) => group === 'service:up' && healthStatus === 'HEALTHY'),
  );
  assert.equal((await edge.wake('up').ensure('alice')).answer, 'ready');
  assert.deepEqual(updates('up'), []);
});

test('a request that was answered elsewhere keeps a service awake, and wakes none', async () => {
  const wake = edge.wake('busy');
  assert.equal(await wake.touch('alice'), false);
  assert.deepEqual(updates('busy'), []);
  await wake.ensure('alice');
  const { last_request: first } = await state_of(wake);
  await until('a later request is noted', async () => (await wake.touch('bob')) && (await state_of(wake)).last_request > first);
  assert.deepEqual(updates('busy'), [[1, 'alice']]);
});

test('a service that the policy does not have is refused', async () => {
  await assert.rejects(edge.wake('stranger').ensure('alice'), /stranger is not one of this policy/);
});

test('no credential and no token is in a log or in what the objects store', () => {
  const issued = edge.aws.sessions.issued();
  assert.ok(issued.length > 10);
  const files = readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .map((name) => join(storage, name))
    .filter((path) => statSync(path).isFile());
  const stored = files.map((path) => readFileSync(path, 'latin1')).join('');
  assert.ok(stored.includes('renata'), 'the stored state is what is searched');
  for (const text of [edge.worker.output(), edge.issuer_worker.output(), stored]) {
    for (const { secretAccessKey, sessionToken, accessKeyId } of issued)
      for (const each of [secretAccessKey, sessionToken, accessKeyId]) assert.ok(!text.includes(each));
    assert.doesNotMatch(text, /eyJ[\w-]+\.eyJ/);
  }
});

test('a service that nobody asks for goes back to zero, and comes up again for the next one', async () => {
  const idle = await start_aws_edge({ services: { nap: quick_task, kept: { ...quick_task, desired: 1 } }, tuning: { idle_stop: 300 } });
  try {
    assert.equal((await idle.wake('nap').ensure('alice')).answer, 'ready');
    assert.equal((await idle.wake('kept').ensure('alice')).answer, 'ready');
    const states = async () => Promise.all(['nap', 'kept'].map(async (name) => (await idle.wake(name).status()).view.phase));
    await until('both are asleep', async () => (await states()).join() === 'asleep,asleep');
    assert.deepEqual(updates('nap', idle), [
      [1, 'alice'],
      [0, 'alice'],
    ]);
    assert.deepEqual(updates('kept', idle), [], 'what we did not start we do not stop');
    assert.equal((await idle.wake('nap').ensure('bob')).answer, 'ready');
    assert.deepEqual(updates('nap', idle).slice(0, 3), [
      [1, 'alice'],
      [0, 'alice'],
      [1, 'bob'],
    ]);
  } finally {
    await idle.stop();
  }
});

test('a deployment that cannot start loses nothing: the next one that can stops what is idle', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-wake-'));
  const edge_of_two = await start_aws_edge({
    services: { nap: quick_task },
    tuning: { idle_stop: 5_000 },
    worker: { miniflare: { durableObjectsPersist: folder } },
  });
  try {
    assert.equal((await edge_of_two.wake('nap').ensure('alice')).answer, 'ready');
    await edge_of_two.restart({ signing_keys: '' });
    await until('its alarm has found that out', () =>
      told_in(edge_of_two.worker.output()).includes('object not started: signing_key_missing'),
    );
    await assert.rejects(edge_of_two.wake('nap').ensure('bob'), /not started/);
    assert.deepEqual(updates('nap', edge_of_two), [[1, 'alice']]);
    await edge_of_two.restart();
    await edge_of_two.wake('nap').status();
    await until('it is back at zero', () => desired('nap', edge_of_two) === 0);
    assert.deepEqual(updates('nap', edge_of_two), [
      [1, 'alice'],
      [0, 'alice'],
    ]);
  } finally {
    await edge_of_two.stop();
    rmSync(folder, { recursive: true });
  }
});

test('a core that stops in the middle of a call is replaced, and the start goes on', async () => {
  const path = 'worker-shim/host/crypto.js';
  const source = readFileSync(root + path, 'utf8');
  // The digest of one request to AWS fails, once, which stops the core: a digest is what it cannot do without.
  const fails =
    'hash(hash, data, out) {\n    if (!globalThis.failed && String(Buffer.from(data)).includes("desiredCount")) { globalThis.failed = true; return FAILED; }';
  const replaced = source.replace('hash(hash, data, out) {', fails);
  assert.notEqual(replaced, source);
  const halting = await start_aws_edge({ services: { any: quick_task }, worker: { replaced: { [path]: replaced } } });
  try {
    await assert.rejects(halting.wake('any').ensure('alice'), /the core failed/);
    assert.equal((await halting.wake('any').ensure('bob')).answer, 'ready');
    assert.deepEqual(updates('any', halting), [[1, 'alice']], 'what alice began is what goes on');
    assert.match(told_in(halting.worker.output()), /the core failed and is replaced: RuntimeError/);
  } finally {
    await halting.stop();
  }
});

test('a tuning that is not JSON is named', async () => {
  const broken = await start_aws_edge({ services: { any: quick_task }, worker: { variables: { SALLYPORT_WAKE_TUNING: 'fast' } } });
  try {
    await assert.rejects(broken.wake('any').ensure('alice'), /SALLYPORT_WAKE_TUNING/);
  } finally {
    await broken.stop();
  }
});
