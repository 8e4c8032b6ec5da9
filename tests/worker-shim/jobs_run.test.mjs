// What a task that ECS describes makes of a run: the rules of shared/jobs/run.hpp, case by case, through the operations of the core.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look, operate, step } from '../support/job_core.mjs';
import { random_name } from '../../worker-shim/host/random.js';

const PENDING = 1,
  RUNNING = 3,
  STOPPING = 5,
  STOPPED = 6;
const place = /** @type {any} */ ({ region: 'r', cluster: 'c', container: 'export', timeout_ms: 60_000 });
const caller = { key: 'k', issuer: 'okta', subject: 'alice', kind: 'user', email: 'alice@acme.example' };
const order = /** @type {any} */ ({
  do: 'run',
  job: 'export',
  caller,
  request_id: 'r-1',
  client_token: 't',
  input_digest: 'd',
  environment: [['MONTH', '2026-01']],
});

/** @param {Record<string, unknown>} [more] @returns {any} */
const task = (more = {}) => ({
  arn: 'arn:task',
  status: PENDING,
  started_at: 0,
  stopped_at: 0,
  stop_code: '',
  stopped_why: '',
  containers: [],
  ...more,
});

// Runs here are what the core stores, as values that change.

/** @param {any} run @param {string} state */
const becomes = (run, state) => Object.assign(run, JSON.parse(state));
/** @param {any} run @param {object} given @param {number} now */
const observe = (run, given, now) => becomes(run, look(JSON.stringify(run), { tasks: [given] }, now));
/** @param {any} run @param {number} now */
const observe_missing = (run, now) => becomes(run, look(JSON.stringify(run), { missing: [run.task_arn] }, now));
/** @param {any} run */
const shown = (run) => step(JSON.stringify(run), { kind: 'get', order }, 1_000).shown;
/** @param {any} run */
const view = (run) => shown(run).run;
/** @param {any} run @returns {boolean} */
const is_final = (run) => shown(run).over;

/** @param {any} run @param {object} given @param {number} now */
function task_started(run, given, now) {
  const answer = { tasks: [given], failures: [] };
  becomes(run, step(JSON.stringify(run), { kind: 'answered', action: 'RunTask', sent: true, answer }, now).state);
}

/** ECS has stopped it. @param {any} run @param {object} ending @param {number} at */
function end(run, ending, at) {
  observe(run, task({ status: STOPPED, stopped_at: at, stop_code: 'UserInitiated' }), at);
  const { state, reason, exit_code } = run;
  assert.deepEqual({ state, reason, exit_code }, ending);
}

/** @param {any[]} runs @param {number} calls @param {number} now */
function until_next_look(runs, calls, now) {
  const newest = Math.max(...runs.map(({ created, started }) => Math.max(created, started)));
  const summary = { groups: [[calls * 100, newest]], first_due: 0, due: 0, first_ended: 0 };
  return operate('job_plan', { pace: '', event: 'looked', runs: summary, now, jitter: 500 }).alarm - now;
}

/** @returns {any} */
function started_run() {
  const run = JSON.parse(step('', { kind: 'run', order, place, id: random_name() }, 1_000).state);
  task_started(run, task(), 2_000);
  return run;
}

/** @param {string} stop_code @param {Record<string, unknown>} container */
function ended(stop_code, container, stop = /** @type {any} */ (null)) {
  const run = started_run();
  run.stop = stop;
  observe(
    run,
    task({
      status: STOPPED,
      started_at: 3_000,
      stopped_at: 9_000,
      stop_code,
      containers: [
        { name: 'sidecar', exit_code: 0, why: '' },
        { name: 'export', why: '', ...container },
      ],
    }),
    9_500,
  );
  const { state, reason, exit_code } = run;
  assert.equal(run.ended, 9_000);
  return [state, reason, exit_code];
}

test('a run goes from pending to running to its end, with its times', () => {
  const run = started_run();
  assert.deepEqual([run.state, run.deadline, run.task_arn], ['pending', 62_000, 'arn:task']);
  observe(run, task({ status: RUNNING, started_at: 3_000 }), 4_000);
  assert.deepEqual([run.state, run.started], ['running', 3_000]);
  observe(
    run,
    task({
      status: STOPPED,
      started_at: 3_000,
      stopped_at: 5_000,
      stop_code: 'EssentialContainerExited',
      containers: [{ name: 'export', exit_code: 0, why: '' }],
    }),
    6_000,
  );
  assert.deepEqual(view(run), {
    id: `export~${run.id}`,
    job: 'export',
    state: 'succeeded',
    exit_code: 0,
    created: '1970-01-01T00:00:01.000Z',
    started: '1970-01-01T00:00:03.000Z',
    ended: '1970-01-01T00:00:05.000Z',
    caller: { issuer: 'okta', subject: 'alice' },
    request_id: 'r-1',
  });
  assert.match(run.id, /^[\w-]{22}$/);
});

test('what the task was given, and the address of its caller, are forgotten once it is there', () => {
  const run = started_run();
  assert.equal(run.environment, null);
  assert.ok(!JSON.stringify(run).includes('alice@acme.example'));
});

test("the exit code that counts is that of the job's container", () => {
  assert.deepEqual(ended('EssentialContainerExited', { exit_code: 0 }), ['succeeded', '', 0]);
  assert.deepEqual(ended('EssentialContainerExited', { exit_code: 3 }), ['failed', 'exit_code', 3]);
  assert.deepEqual(ended('EssentialContainerExited', {}), ['failed', 'no_exit_code', null]);
  assert.deepEqual(ended('EssentialContainerExited', { name: 'renamed', exit_code: 0 }), ['failed', 'no_exit_code', null]);
  assert.deepEqual(ended('', { exit_code: 0 }), ['succeeded', '', 0]);
});

test('a task that did not end by itself says why', () => {
  assert.deepEqual(ended('TaskFailedToStart', {}), ['failed', 'start_failed', null]);
  assert.deepEqual(ended('SpotInterruption', { exit_code: 143 }), ['failed', 'interrupted', 143]);
  assert.deepEqual(ended('TerminationNotice', { exit_code: 143 }), ['failed', 'interrupted', 143]);
  assert.deepEqual(ended('EssentialContainerExited', { exit_code: 137, why: 'OutOfMemoryError: killed' }), [
    'failed',
    'out_of_memory',
    137,
  ]);
});

test('who stopped it is told apart: its caller, the timeout, or an operator in AWS', () => {
  const stop = (/** @type {string} */ why) => ({ why, caller, at: 0, tries: 1, sent: true });
  assert.deepEqual(ended('UserInitiated', { exit_code: 143 }, stop('caller')), ['stopped', 'stopped_by_caller', 143]);
  assert.deepEqual(ended('UserInitiated', { exit_code: 143 }, stop('timeout')), ['timed_out', 'timeout', 143]);
  assert.deepEqual(ended('UserInitiated', { exit_code: 143 }), ['stopped', 'stopped_by_operator', 143]);
  assert.deepEqual(
    ended('EssentialContainerExited', { exit_code: 0 }, stop('timeout')),
    ['succeeded', '', 0],
    'it was done before the stop came',
  );
});

test('a task on its way down that was never up is not called running', () => {
  const run = started_run();
  observe(run, task({ status: STOPPING }), 3_000);
  assert.deepEqual([run.state, run.started], ['pending', 0]);
});

test('a task that ECS does not know is lost only after several looks, and a new one only after a minute', () => {
  const fresh = started_run();
  for (let look = 0; look < 10; look += 1) observe_missing(fresh, 30_000);
  assert.equal(fresh.state, 'pending');
  observe_missing(fresh, 62_000);
  assert.deepEqual([fresh.state, fresh.reason], ['failed', 'lost']);

  const seen = started_run();
  observe(seen, task({ status: RUNNING, started_at: 3_000 }), 3_000);
  observe_missing(seen, 4_000);
  observe(seen, task({ status: RUNNING, started_at: 3_000 }), 5_000);
  observe_missing(seen, 6_000);
  observe_missing(seen, 7_000);
  assert.equal(seen.state, 'running');
  observe_missing(seen, 8_000);
  assert.deepEqual([seen.state, seen.reason], ['failed', 'lost']);
});

test('a run that was to be stopped and is gone was stopped', () => {
  const run = started_run();
  observe(run, task({ status: RUNNING, started_at: 3_000 }), 3_000);
  run.stop = { why: 'caller', caller, at: 0, tries: 1, sent: true };
  for (let look = 0; look < 3; look += 1) observe_missing(run, 4_000);
  assert.deepEqual([run.state, run.reason, run.exit_code], ['stopped', 'stopped_by_caller', null]);
});

test('what is over has an end that is not before its beginning, and says nothing of stopping', () => {
  const run = started_run();
  run.stop = { why: 'caller', caller, at: 0, tries: 0, sent: false };
  assert.equal(/** @type {any} */ (view(run)).stopping, true);
  end(run, { state: 'stopped', reason: 'stopped_by_caller', exit_code: null }, 10);
  assert.ok(is_final(run));
  assert.equal(run.ended, run.created);
  assert.ok(!('stopping' in view(run)));
});

test('looks come soon after a change, then ever less often, and never more than one call a second', () => {
  const run = started_run();
  const within = (/** @type {number} */ milliseconds, /** @type {number} */ expected) =>
    assert.ok(milliseconds >= expected * 0.75 && milliseconds <= expected * 1.25, `${milliseconds} is not about ${expected}`);
  within(until_next_look([run], 1, run.created), 1_000);
  within(until_next_look([run], 1, run.created + 40_000), 10_000);
  within(until_next_look([run], 1, run.created + 4_000_000), 15_000);
  within(until_next_look([run], 12, run.created), 12_000);
  const younger = { ...run, created: run.created + 3_990_000 };
  within(until_next_look([run, younger], 1, run.created + 4_000_000), 2_500);
});
