// The Wasm door of the probe: JSON lines on standard input, one answer a line on standard output.
// Usage: node tests/probe.mjs < requests.jsonl (after: cmake --preset wasm && cmake --build --preset wasm)
import { writeSync } from 'node:fs';
import { load_probe } from './support/wasm_probe.mjs';

const LINE_FEED = 10;
const respond = await load_probe();

// The chunks of a line that has not ended yet.
/** @type {Buffer[]} */
let pending = [];
for await (const chunk of process.stdin) {
  const answers = [];
  let start = 0;
  for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
    answers.push(answer_line(take_line(chunk.subarray(start, end))));
    start = end + 1;
  }
  if (start < chunk.length) pending.push(chunk.subarray(start));
  write_all(Buffer.concat(answers));
}
if (pending.length > 0) write_all(answer_line(take_line(Buffer.alloc(0))));

/** @param {Buffer} last */
function take_line(last) {
  const line = pending.length === 0 ? last : Buffer.concat([...pending, last]);
  pending = [];
  return line;
}

/** @param {Buffer} line */
function answer_line(line) {
  return Buffer.concat([respond(line), Buffer.from('\n')]);
}

/** Synchronously, so that one question and its answer can take turns through a pipe. @param {Buffer} data */
function write_all(data) {
  for (let written = 0; written < data.length; ) {
    try {
      written += writeSync(1, data, written);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error;
    }
  }
}
