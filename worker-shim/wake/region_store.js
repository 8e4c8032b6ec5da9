// What a Region keeps between its lives: rates in one row, as the core wrote them, and a row for each place that was raised. Who
// waits, what is watched and credentials never are.

export class RegionStore {
  #sql;

  /** @param {DurableObjectStorage} storage */
  constructor(storage) {
    this.#sql = storage.sql;
    this.#sql.exec('CREATE TABLE IF NOT EXISTS region (id INTEGER PRIMARY KEY CHECK (id = 0), rates TEXT NOT NULL)');
    this.#sql.exec('CREATE TABLE IF NOT EXISTS ours (place TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID');
  }

  /** @returns {{rates: string, ours: [string, number][]}} */
  load() {
    const [row] = this.#sql.exec('SELECT rates FROM region').toArray();
    const ours = this.#sql.exec('SELECT place, since FROM ours').toArray();
    return {
      rates: String(row?.['rates'] ?? ''),
      ours: ours.map(({ place, since }) => [String(place), Number(since)]),
    };
  }

  /** @param {string} rates */
  save(rates) {
    this.#sql.exec('INSERT OR REPLACE INTO region (id, rates) VALUES (0, ?)', rates);
  }

  /** @param {{place: string, since: number}} what 0: no more */
  index({ place, since }) {
    if (since === 0) this.#sql.exec('DELETE FROM ours WHERE place = ?', place);
    else this.#sql.exec('INSERT OR REPLACE INTO ours (place, since) VALUES (?, ?)', place, since);
  }
}
