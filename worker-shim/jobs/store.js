// The runs of one job in the SQLite of its object: each as the core's own text, beside the columns by which it is found
// (shared/operations/operation.def). Nothing here reads the text.

/**
 * @typedef {{id: string, state: string}} StoredRun
 * @typedef {import('../core/operations.d.ts').JobColumns} Columns
 */

/** One more than a list shows (shared/jobs/view.hpp), which says that there are more. */
const MOST_LISTED = 101;
const RUN = 'SELECT id, state FROM job_runs';

export class RunStore {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS job_runs (id TEXT PRIMARY KEY, client_token TEXT NOT NULL, caller_key TEXT NOT NULL,
      created INTEGER NOT NULL, ended INTEGER NOT NULL, due INTEGER NOT NULL, task_group TEXT NOT NULL, changed INTEGER NOT NULL,
      state TEXT NOT NULL) WITHOUT ROWID`);
    sql.exec('CREATE INDEX IF NOT EXISTS job_runs_by_token ON job_runs (client_token, created)');
    sql.exec('CREATE INDEX IF NOT EXISTS job_runs_by_caller ON job_runs (caller_key, created)');
    sql.exec('CREATE INDEX IF NOT EXISTS job_runs_by_end ON job_runs (ended, due)');
    this.#take_over();
  }

  /** Runs that an earlier Worker stored without the newer columns: they are due, and have them from then on. */
  #take_over() {
    if (this.#sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'runs'").toArray().length === 0) return;
    this.#sql.exec(`INSERT OR IGNORE INTO job_runs (id, client_token, caller_key, created, ended, due, task_group, changed, state)
      SELECT id, client_token, caller_key, created, ended, 1, '', created, run FROM runs`);
    this.#sql.exec('DROP TABLE runs');
  }

  /** @param {Columns} columns @param {string} state new or changed */
  save({ id, client_token, caller_key, created, ended, due, group, changed }, state) {
    this.#sql.exec(
      `INSERT OR REPLACE INTO job_runs (id, client_token, caller_key, created, ended, due, task_group, changed, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, client_token, caller_key, created, ended, due, group, changed, state],
    );
  }

  /** @param {string} id */
  remove(id) {
    this.#sql.exec('DELETE FROM job_runs WHERE id = ?', id);
  }

  /** @param {string} id @param {number} until when it is asked about again */
  put_off(id, until) {
    this.#sql.exec('UPDATE job_runs SET due = ? WHERE id = ?', until, id);
  }

  /** @param {number} ended_by those that ended then or before */
  forget(ended_by) {
    this.#sql.exec('DELETE FROM job_runs WHERE ended > 0 AND ended <= ?', ended_by);
  }

  /** @param {string} id */
  find(id) {
    return this.#runs(`${RUN} WHERE id = ?`, id)[0];
  }

  /** The newest of an idempotency key. @param {string} client_token */
  find_by_token(client_token) {
    return this.#runs(`${RUN} WHERE client_token = ? ORDER BY created DESC LIMIT 1`, client_token)[0];
  }

  /** @param {string[]} ids */
  states(ids) {
    return ids.flatMap((id) => this.find(id)?.state ?? []);
  }

  /** Newest first. @param {string} caller_key */
  of_caller(caller_key) {
    return this.#runs(`${RUN} WHERE caller_key = ? ORDER BY created DESC, id LIMIT ?`, caller_key, MOST_LISTED).map(({ state }) => state);
  }

  live() {
    return this.#runs(`${RUN} WHERE ended = 0 ORDER BY created`);
  }

  /** @param {number} now @param {number} most */
  due(now, most) {
    return this.#runs(`${RUN} WHERE ended = 0 AND due <= ? ORDER BY due LIMIT ?`, now, most);
  }

  /** Whose tasks are looked at. @returns {[id: string, group: string][]} */
  watched() {
    return this.#rows("SELECT id, task_group FROM job_runs WHERE ended = 0 AND task_group <> ''").map((row) => [
      row['id'],
      row['task_group'],
    ]);
  }

  /** What a plan is made of. @param {number} now */
  summary(now) {
    const [live] = this.#rows('SELECT MIN(due) AS first, COALESCE(SUM(due <= ?), 0) AS due FROM job_runs WHERE ended = 0', now);
    const [over] = this.#rows('SELECT MIN(ended) AS first FROM job_runs WHERE ended > 0');
    const groups = this.#rows(
      "SELECT COUNT(*) AS tasks, MAX(changed) AS newest FROM job_runs WHERE ended = 0 AND task_group <> '' GROUP BY task_group",
    );
    return {
      first_due: live?.['first'] ?? 0,
      due: live?.['due'] ?? 0,
      first_ended: over?.['first'] ?? 0,
      groups: groups.map(({ tasks, newest }) => [tasks, newest]),
    };
  }

  /**
   * @param {string} query
   * @param {(string | number)[]} values
   * @returns {StoredRun[]}
   */
  #runs(query, ...values) {
    return this.#rows(query, ...values).map(({ id, state }) => ({ id, state }));
  }

  /**
   * @param {string} query
   * @param {(string | number)[]} values
   * @returns {Record<string, any>[]}
   */
  #rows(query, ...values) {
    return this.#sql.exec(query, ...values).toArray();
  }
}
