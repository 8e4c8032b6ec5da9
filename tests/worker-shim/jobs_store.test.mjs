// What the object of a job remembers, and for how long: worker-shim/jobs/store.js over a real SQLite.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { batched } from '../../worker-shim/jobs/calls.js';
import { begin, end } from '../../worker-shim/jobs/run.js';
import { KEPT_MS, KEY_KEPT_MS, RunStore } from '../../worker-shim/jobs/store.js';

const place = /** @type {any} */ ({ region: 'r', cluster: 'c', role: 'role', container: 'export', timeout_ms: 60_000 });

function open_store() {
  const database = new DatabaseSync(':memory:');
  // The little of a Durable Object's SQL that the store uses.
  const sql = {
    exec: (/** @type {string} */ query, /** @type {any[]} */ ...values) => {
      const rows = database.prepare(query).all(...values);
      return { toArray: () => rows };
    },
  };
  return new RunStore(/** @type {any} */ (sql));
}

/** @param {string} key of the caller @param {string} client_token @param {number} now */
function new_run(key, client_token, now) {
  return begin(
    /** @type {any} */ ({
      job: 'export',
      caller: { key, issuer: 'i', subject: key, kind: 'user' },
      request_id: 'r',
      client_token,
      input_digest: 'd',
      environment: [],
    }),
    place,
    now,
  );
}
const succeeded = /** @type {const} */ ({ state: 'succeeded', reason: '', exit_code: 0 });

test('a run is found by its id and its token, as it was saved last', () => {
  const store = open_store();
  const run = new_run('alice', 'token', 1_000);
  store.save(run);
  run.task_arn = 'arn:task';
  store.save(run);
  assert.deepEqual(store.find(run.id), run);
  assert.deepEqual(store.find_by_token('token', 2_000), run);
  assert.equal(store.find('other'), undefined);
  assert.equal(store.find_by_token('other', 2_000), undefined);
  store.remove(run.id);
  assert.equal(store.find(run.id), undefined);
});

test('a key stands for its run for more than 24 hours, and then for the next one', () => {
  const store = open_store();
  const old = new_run('alice', 'token', 1_000);
  store.save(old);
  assert.ok(KEY_KEPT_MS > 86_400_000);
  assert.equal(store.find_by_token('token', 1_000 + KEY_KEPT_MS - 1)?.id, old.id);
  assert.equal(store.find_by_token('token', 1_000 + KEY_KEPT_MS), undefined);
  const next = new_run('alice', 'token', 1_000 + KEY_KEPT_MS);
  store.save(next);
  assert.equal(store.find_by_token('token', 2_000 + KEY_KEPT_MS)?.id, next.id);
});

test('what is over goes after a week, what is not over stays', () => {
  const store = open_store();
  const [live, over] = [new_run('alice', 'a', 1_000), new_run('alice', 'b', 1_000)];
  store.save(live);
  assert.equal(store.next_expiry(), 0);
  end(over, succeeded, 5_000);
  store.save(over);
  assert.equal(store.next_expiry(), 5_000 + KEPT_MS);
  store.expire(5_000 + KEPT_MS - 1);
  assert.ok(store.find(over.id));
  store.expire(5_000 + KEPT_MS);
  assert.equal(store.find(over.id), undefined);
  assert.deepEqual(
    store.live().map(({ id }) => id),
    [live.id],
  );
});

test('a list is of one caller, newest first, and no longer than asked for', () => {
  const store = open_store();
  const runs = [1, 2, 3, 4].map((now) => new_run('alice', `t${now}`, now * 1_000));
  for (const run of [...runs, new_run('bob', 'tb', 9_000)]) store.save(run);
  assert.deepEqual(
    store.of_caller('alice', 3).map(({ created }) => created),
    [4_000, 3_000, 2_000],
  );
  assert.deepEqual(store.of_caller('carol', 3), []);
});

test('runs are looked at in calls of one cluster and one role, 100 tasks at most', () => {
  const runs = Array.from({ length: 250 }, (_, i) => new_run('alice', `t${i}`, i));
  const elsewhere = { ...new_run('alice', 'x', 1), place: { ...place, cluster: 'other' } };
  const otherwise = { ...new_run('alice', 'y', 1), place: { ...place, role: 'other' } };
  const batches = batched([elsewhere, ...runs, otherwise]);
  assert.deepEqual(batches.map((batch) => batch.length).sort(), [1, 1, 100, 100, 50]);
  for (const batch of batches) assert.equal(new Set(batch.map((run) => run.place.cluster + run.place.role)).size, 1);
  assert.equal(new Set(batches.flat()).size, 252);
  assert.deepEqual(batched([]), []);
});
