// What a coordinator keeps between its lives: one row. The state is the core's own text; the caller is who woke the
// service last, because every call of AWS is made in somebody's name.

/**
 * @typedef {{name: string, place: string, state: string,
 *   caller: import('../core/wire.js').Caller | null}} Remembered `place`: where the service ran when this was written
 */

export class WakeMemory {
  #sql;

  /** @param {DurableObjectStorage} storage */
  constructor(storage) {
    this.#sql = storage.sql;
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS wake (id INTEGER PRIMARY KEY CHECK (id = 0), name TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL, caller TEXT NOT NULL)',
    );
  }

  /** @returns {Remembered | undefined} nothing: this is its first life */
  load() {
    const [row] = this.#sql.exec('SELECT name, place, state, caller FROM wake').toArray();
    if (row === undefined) return undefined;
    return {
      name: String(row['name']),
      place: String(row['place']),
      state: String(row['state']),
      caller: JSON.parse(String(row['caller'])),
    };
  }

  /** @param {Remembered} what */
  save({ name, place, state, caller }) {
    this.#sql.exec(
      'INSERT OR REPLACE INTO wake (id, name, place, state, caller) VALUES (0, ?, ?, ?, ?)',
      name,
      place,
      state,
      JSON.stringify(caller),
    );
  }

  forget() {
    this.#sql.exec('DELETE FROM wake');
  }
}

/** @param {import('../core/operations.d.ts').EcsService} ecs */
export function place_of({ region, cluster, service }) {
  return JSON.stringify([region, cluster, service]);
}
