// The runs of one job in the SQLite of its object. A run is stored whole, as JSON, beside the columns by which it is found.
// What is over is kept for a while, so that it can be looked at and so that idempotency keys hold; then it goes.

/** @typedef {import('./run.js').Run} Run */

/** How long a run can be looked at after its end. */
export const KEPT_MS = 7 * 86_400_000;
/**
 * How long an idempotency key stands for its run. Callers are promised 24 h; ECS remembers a client token for as long from
 * the start of the task, which is a little after the run was accepted, so that ours must outlast it.
 */
export const KEY_KEPT_MS = 25 * 3_600_000;

export class RunStore {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, client_token TEXT NOT NULL, caller_key TEXT NOT NULL,
      created INTEGER NOT NULL, ended INTEGER NOT NULL, run TEXT NOT NULL) WITHOUT ROWID`);
    sql.exec('CREATE INDEX IF NOT EXISTS runs_by_token ON runs (client_token, created)');
    sql.exec('CREATE INDEX IF NOT EXISTS runs_by_caller ON runs (caller_key, created)');
    sql.exec('CREATE INDEX IF NOT EXISTS runs_by_end ON runs (ended, created)');
  }

  /** @param {Run} run new or changed */
  save(run) {
    this.#sql.exec(
      'INSERT OR REPLACE INTO runs (id, client_token, caller_key, created, ended, run) VALUES (?, ?, ?, ?, ?, ?)',
      run.id,
      run.client_token,
      run.caller.key,
      run.created,
      run.ended,
      JSON.stringify(run),
    );
  }

  /** @param {string} id */
  remove(id) {
    this.#sql.exec('DELETE FROM runs WHERE id = ?', id);
  }

  /** @param {string} id @returns {Run | undefined} */
  find(id) {
    return this.#all('SELECT run FROM runs WHERE id = ?', id)[0];
  }

  /** The run that an idempotency key stands for. @param {string} client_token @param {number} now @returns {Run | undefined} */
  find_by_token(client_token, now) {
    return this.#all(
      'SELECT run FROM runs WHERE client_token = ? AND created > ? ORDER BY created DESC LIMIT 1',
      client_token,
      now - KEY_KEPT_MS,
    )[0];
  }

  /** Newest first. @param {string} caller_key @param {number} most */
  of_caller(caller_key, most) {
    return this.#all('SELECT run FROM runs WHERE caller_key = ? ORDER BY created DESC, id LIMIT ?', caller_key, most);
  }

  /** Those that are not over, oldest first. */
  live() {
    return this.#all('SELECT run FROM runs WHERE ended = 0 ORDER BY created');
  }

  /** Forgets what was over long ago. @param {number} now */
  expire(now) {
    this.#sql.exec('DELETE FROM runs WHERE ended > 0 AND ended <= ?', now - KEPT_MS);
  }

  /** When there will be something to forget; 0: nothing is over. */
  next_expiry() {
    const [row] = this.#sql.exec('SELECT MIN(ended) AS first FROM runs WHERE ended > 0').toArray();
    return typeof row?.first === 'number' ? row.first + KEPT_MS : 0;
  }

  /**
   * @param {string} query
   * @param {(string | number)[]} values
   * @returns {Run[]}
   */
  #all(query, ...values) {
    return this.#sql
      .exec(query, ...values)
      .toArray()
      .map(({ run }) => JSON.parse(/** @type {string} */ (run)));
  }
}
