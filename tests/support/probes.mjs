// Asks the probe through both its doors, native and Wasm, and demands the same bytes from both.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Presets whose probe will do, the everyday one first. SALLYPORT_PROBE names another. */
const candidates = ['dev', 'release', 'asan'].map((preset) => `${root}build/${preset}/tests/probe`);
const nativeProbe = process.env.SALLYPORT_PROBE ?? candidates.find(existsSync) ?? candidates[0];

/** The two doors: a name and a command that reads JSON lines and answers them. */
export const doors = {
  native: [nativeProbe],
  wasm: [process.execPath, `${root}tests/probe.mjs`],
};

/**
 * One answer a request, agreed on by both doors.
 * @param {{op: string, in: object}[]} requests
 * @returns {Promise<{reason?: string, out?: any, error?: string}[]>}
 */
export async function ask(requests) {
  const lines = requests.map((request, id) => JSON.stringify({ id, ...request }));
  const [native, wasm] = await Promise.all([answerLines(doors.native, lines), answerLines(doors.wasm, lines)]);
  assertSame(lines, native, wasm);
  return native.map((line) => JSON.parse(line));
}

/**
 * The raw answer lines of one door.
 * @param {string[]} command
 * @param {string[]} lines
 * @returns {Promise<string[]>}
 */
export function answerLines([program, ...args], lines) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', () => {}); // the exit code tells
    child.on('close', (code, signal) => {
      const answers = Buffer.concat(output).toString('latin1').split('\n').slice(0, -1);
      if (code === 0 && answers.length === lines.length) return resolve(answers.map((line) => Buffer.from(line, 'latin1').toString()));
      const last = lines[answers.length];
      reject(new Error(`${program} ended with ${signal ?? code} after ${answers.length} of ${lines.length} answers; next was ${last?.slice(0, 2000)}`));
    });
    child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  });
}

/** The same number of answers, byte for byte the same. */
export function assertSame(lines, one, other) {
  for (let i = 0; i < lines.length; i += 1) {
    if (one[i] !== other[i]) assert.fail(`the doors disagree on\n  ${lines[i].slice(0, 4000)}\n  ${one[i]}\n  ${other[i]}`);
  }
}

/** Collects what went wrong case by case, so that one run shows every failure. */
export class Failures {
  #list = [];

  /** Notes a failure when `holds` is false. */
  expect(holds, describe) {
    if (!holds) this.#list.push(describe());
  }

  assertNone() {
    const shown = this.#list.slice(0, 40).join('\n');
    assert.equal(this.#list.length, 0, `${this.#list.length} failures:\n${shown}`);
  }
}
