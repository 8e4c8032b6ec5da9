// The Wasm door of the probe: JSON lines on standard input, one answer a line on standard output.
// Usage: node tests/probe.mjs < requests.jsonl (after: cmake --preset wasm && cmake --build --preset wasm)
import { writeSync } from 'node:fs';
import { loadProbe } from './support/wasm_probe.mjs';

const LINE_FEED = 10;
const respond = await loadProbe();

// The chunks of a line that has not ended yet.
let pending = [];
for await (const chunk of process.stdin) {
  const answers = [];
  let start = 0;
  for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
    answers.push(answerLine(takeLine(chunk.subarray(start, end))));
    start = end + 1;
  }
  if (start < chunk.length) pending.push(chunk.subarray(start));
  writeAll(Buffer.concat(answers));
}
if (pending.length > 0) writeAll(answerLine(takeLine(Buffer.alloc(0))));

function takeLine(last) {
  const line = pending.length === 0 ? last : Buffer.concat([...pending, last]);
  pending = [];
  return line;
}

function answerLine(line) {
  return Buffer.concat([respond(line), Buffer.from('\n')]);
}

// Synchronously, so that one question and its answer can take turns through a pipe.
function writeAll(data) {
  for (let written = 0; written < data.length; ) {
    try {
      written += writeSync(1, data, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
