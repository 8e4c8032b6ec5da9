// What the object of a job remembers, and for how long: worker-shim/jobs/store.js over a real SQLite, and what the core says of it.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { random_name } from '../../worker-shim/host/random.js';
import { RunStore } from '../../worker-shim/jobs/store.js';
import { look, operate, step } from '../support/job_core.mjs';

const KEPT_MS = 7 * 86_400_000;
const KEY_KEPT_MS = 25 * 3_600_000;
const place = { region: 'r', cluster: 'c', role: 'role', container: 'export', timeout_ms: 60_000 };

function open_store(database = new DatabaseSync(':memory:')) {
  // The little of a Durable Object's SQL that the store uses.
  const sql = {
    exec: (/** @type {string} */ query, /** @type {any[]} */ ...values) => {
      const rows = database.prepare(query).all(...values);
      return { toArray: () => rows };
    },
  };
  return new RunStore(/** @type {any} */ (sql));
}

/** @param {string} key of the caller @param {string} client_token */
const order_of = (key, client_token) => ({
  do: 'run',
  job: 'export',
  caller: { key, issuer: 'i', subject: key, kind: 'user' },
  request_id: 'r',
  client_token,
  input_digest: 'd',
  environment: [],
});

/** @param {string} key of the caller @param {string} client_token @param {number} now @param {object} [where] */
function new_run(key, client_token, now, where = place) {
  const { columns, state } = step('', { kind: 'run', order: order_of(key, client_token), place: where, id: random_name() }, now);
  return { columns, state, id: columns.id };
}

/** Its task is there. @param {{state: string}} run @param {number} now @param {string} [arn] */
function with_task(run, now, arn = 'arn:task') {
  const answer = { tasks: [{ arn, status: 1 }], failures: [] };
  const { columns, state } = step(run.state, { kind: 'answered', action: 'RunTask', sent: true, answer }, now);
  return { columns, state, id: columns.id };
}

/** It has succeeded. @param {{state: string}} run @param {number} at */
function ended(run, at) {
  const task = { arn: 'arn:task', status: 6, stopped_at: at, containers: [{ name: 'export', exit_code: 0, why: '' }] };
  const state = look(with_task(run, at).state, { tasks: [task] }, at);
  const { columns } = step(state, { kind: 'alarm' }, at);
  return { columns, state, id: columns.id };
}

/** @param {RunStore} store @param {{columns: any, state: string}} run */
const save = (store, { columns, state }) => store.save(columns, state);
/** @param {RunStore} store @param {number} now */
const plan = (store, now) => operate('job_plan', { pace: '', event: 'changed', runs: store.summary(now), now, jitter: 500 });

test('a run is found by its id and its token, as it was saved last', () => {
  const store = open_store();
  const run = new_run('alice', 'token', 1_000);
  save(store, run);
  const later = with_task(run, 2_000);
  save(store, later);
  assert.deepEqual(store.find(run.id), { id: run.id, state: later.state });
  assert.deepEqual(store.find_by_token('token'), { id: run.id, state: later.state });
  assert.deepEqual(store.states([run.id, 'other']), [later.state]);
  assert.equal(store.find('other'), undefined);
  assert.equal(store.find_by_token('other'), undefined);
  store.remove(run.id);
  assert.equal(store.find(run.id), undefined);
});

test('a key stands for its run for more than 24 hours, and then for the next one', () => {
  const store = open_store();
  const old = new_run('alice', 'token', 1_000);
  save(store, old);
  assert.ok(KEY_KEPT_MS > 86_400_000);
  const run_at = (/** @type {number} */ now) =>
    step(store.find_by_token('token')?.state ?? '', { kind: 'run', order: order_of('alice', 'token'), place, id: random_name() }, now);
  assert.equal(run_at(1_000 + KEY_KEPT_MS - 1).columns.id, old.id);
  const next = run_at(1_000 + KEY_KEPT_MS);
  assert.notEqual(next.columns.id, old.id);
  save(store, next);
  assert.equal(store.find_by_token('token')?.id, next.columns.id);
  assert.equal(run_at(2_000 + KEY_KEPT_MS).columns.id, next.columns.id);
});

test('what is over goes after a week, what is not over stays', () => {
  const store = open_store();
  const live = with_task(new_run('alice', 'a', 1_000), 1_000);
  save(store, live);
  assert.equal(store.summary(1_000).first_ended, 0);
  const over = ended(new_run('alice', 'b', 1_000), 5_000);
  save(store, over);
  assert.equal(store.summary(1_000).first_ended, 5_000);
  store.forget(plan(store, 5_000 + KEPT_MS - 1).forget_ended_by);
  assert.ok(store.find(over.id));
  store.forget(plan(store, 5_000 + KEPT_MS).forget_ended_by);
  assert.equal(store.find(over.id), undefined);
  assert.deepEqual(
    store.live().map(({ id }) => id),
    [live.id],
  );
  const alone = open_store();
  save(alone, over);
  assert.equal(plan(alone, 6_000).alarm, 5_000 + KEPT_MS);
});

test('a list is of one caller, newest first, and no longer than asked for', () => {
  const store = open_store();
  const runs = Array.from({ length: 110 }, (_, i) => new_run('alice', `t${i}`, (i + 1) * 1_000));
  for (const run of [...runs, new_run('bob', 'tb', 9_000)]) save(store, run);
  const states = store.of_caller('alice');
  assert.deepEqual(
    states,
    runs
      .map(({ state }) => state)
      .reverse()
      .slice(0, 101),
  );
  assert.equal(operate('job_list', { states, caller_key: 'alice' }).runs.length, 101);
  assert.deepEqual(operate('job_list', { states, caller_key: 'bob' }).runs, [], 'and the core looks again whose they are');
  assert.deepEqual(store.of_caller('carol'), []);
});

test('runs are looked at in calls of one cluster and one role, 100 tasks at most', () => {
  const store = open_store();
  const runs = Array.from({ length: 250 }, (_, i) => new_run('alice', `t${i}`, i + 1));
  const elsewhere = new_run('alice', 'x', 1, { ...place, cluster: 'other' });
  const otherwise = new_run('alice', 'y', 1, { ...place, role: 'other' });
  const all = [elsewhere, ...runs, otherwise].map((run) => with_task(run, 1_000));
  for (const run of [...all, new_run('alice', 'z', 1), ended(new_run('alice', 'o', 1), 5)]) save(store, run);
  const { batches } = operate('job_batches', { watched: store.watched() });
  assert.deepEqual(batches.map((/** @type {string[]} */ batch) => batch.length).sort(), [1, 1, 100, 100, 50]);
  for (const batch of batches) {
    const { call } = operate('job_look', { states: store.states(batch) });
    assert.equal(call.parameters.tasks.length, batch.length);
    const groups = all.filter(({ id }) => batch.includes(id)).map(({ columns }) => columns.group);
    assert.equal(new Set(groups).size, 1);
  }
  assert.equal(new Set(batches.flat()).size, 252);
  assert.deepEqual(
    store
      .summary(1_000)
      .groups.map(([tasks]) => tasks)
      .sort(),
    [1, 1, 250],
  );
  assert.deepEqual(operate('job_batches', { watched: [] }).batches, []);
});

test('runs that an earlier Worker stored are taken over, once, and go on', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE runs (id TEXT PRIMARY KEY, client_token TEXT NOT NULL, caller_key TEXT NOT NULL,
    created INTEGER NOT NULL, ended INTEGER NOT NULL, run TEXT NOT NULL) WITHOUT ROWID`);
  const { version, changed, ...earlier } = JSON.parse(with_task(new_run('alice', 'token', 1_000), 2_000).state);
  assert.deepEqual([version, changed], [1, 2_000]);
  const insert = database.prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)');
  insert.run(earlier.id, 'token', 'alice', 1_000, 0, JSON.stringify(earlier));
  const store = open_store(database);
  const [due] = store.due(3_000, 10);
  assert.equal(due?.id, earlier.id);
  const { columns, state } = step(due?.state ?? '', { kind: 'alarm' }, 3_000);
  store.save(columns, state);
  assert.deepEqual(store.due(3_000, 10), []);
  assert.deepEqual(open_store(database).find_by_token('token'), { id: earlier.id, state });
});
