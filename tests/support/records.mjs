// What an end wrote to its log, read as records: one JSON object a line.
import assert from 'node:assert/strict';

/** Lines that are written to their end. @param {string} output @returns {any[]} */
export const records_in = (output) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });

/** The records of one type that hold these members. @param {string} output @param {string} type @param {Record<string, unknown>} [members] */
export const records_of = (output, type, members = {}) =>
  records_in(output).filter((record) => record.type === type && Object.entries(members).every(([name, value]) => record[name] === value));

/** However requests ended: no id has two decisions or two outcomes, and an outcome stands behind an allowed decision. A client that
 * leaves takes its outcome with it. @param {string} output of one end */
export function check_told_once(output) {
  const decisions = records_of(output, 'decision');
  const outcomes = records_of(output, 'outcome');
  for (const records of [decisions, outcomes])
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length, 'one of each for a request');
  const allowed = new Set(decisions.filter(({ decision }) => decision === 'allow').map(({ id }) => id));
  for (const { id } of outcomes) assert.ok(allowed.has(id), `the outcome of ${id} has an allowed decision`);
}

/** What else a Worker told its operators, as `event: detail`. @param {string} output */
export const told_in = (output) =>
  records_of(output, 'log')
    .map(({ event, detail }) => `${event}: ${detail}\n`)
    .join('');
