// What an end wrote to its log, read as records: one JSON object a line.

/** Lines that are written to their end. @param {string} output @returns {any[]} */
export const records_in = (output) => output.split('\n').filter((line) => line.startsWith('{')).flatMap((line) => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
});

/** The records of one type that hold these members. @param {string} output @param {string} type @param {Record<string, unknown>} [members] */
export const records_of = (output, type, members = {}) =>
  records_in(output).filter((record) => record.type === type && Object.entries(members).every(([name, value]) => record[name] === value));

/** What else a Worker told its operators, as `event: detail`. @param {string} output */
export const told_in = (output) => records_of(output, 'log').map(({ event, detail }) => `${event}: ${detail}\n`).join('');
