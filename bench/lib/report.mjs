// Numbers out of rounds, and how they are printed.

/** Of interleaved rounds on a noisy machine: what disturbs a round only ever adds to it. @param {number[]} values */
export function least(values) {
  return Math.min(...values);
}

/** Beside the least, to see how quiet the machine was. @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints rows under their headings; text to the left, numbers to the right. @param {string[]} headings @param {(string | number)[][]} rows */
export function print_table(headings, rows) {
  const cells = [headings, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  cells.forEach((row, index) => {
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('   '));
    if (index === 0) console.log(widths.map((width) => '-'.repeat(width)).join('   '));
  });
}

/** @param {string} what @param {boolean} met @param {string} numbers */
export function print_target(what, met, numbers) {
  console.log(`target: ${what}: ${met ? 'met' : 'NOT MET'} (${numbers})`);
  return met;
}
