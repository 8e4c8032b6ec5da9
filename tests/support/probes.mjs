// Asks the probe through all its doors (native, Wasm in Node, Wasm in workerd) and demands the same bytes from each: the
// core is the same, but OpenSSL, Node's OpenSSL and workerd's BoringSSL stand behind it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { start_workerd_probe } from './workerd_probe.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Presets whose probe will do, the everyday one first. SALLYPORT_PROBE names another. */
const candidates = ['dev', 'release', 'asan'].map((preset) => `${root}build/${preset}/tests/probe`);
const native_probe = process.env.SALLYPORT_PROBE ?? candidates.find(existsSync) ?? candidates[0];

/** @type {ReturnType<typeof start_workerd_probe> | undefined} */
let workerd;
after(async () => (await workerd)?.stop());

/** Each door: JSON lines in, as many answer lines out. @type {Record<string, (lines: string[]) => Promise<string[]>>} */
const every_door = {
  native: (/** @type {string[]} */ lines) => answer_lines([native_probe], lines),
  wasm: (/** @type {string[]} */ lines) => answer_lines([process.execPath, `${root}tests/probe.mjs`], lines),
  workerd: async (/** @type {string[]} */ lines) => (await (workerd ??= start_workerd_probe())).answer(lines),
};

/** Those that SALLYPORT_DOORS names, with commas; without it every one. */
const doors = process.env.SALLYPORT_DOORS?.split(',').map(door_of) ?? Object.entries(every_door);

/** @param {string} name @returns {[string, (lines: string[]) => Promise<string[]>]} */
function door_of(name) {
  const door = every_door[name];
  assert.ok(door, `SALLYPORT_DOORS: no door is called ${name}`);
  return [name, door];
}

/** @typedef {{reason?: string, out?: any, error?: string}} Answer what is `out` depends on the operation */

/**
 * One answer a request, agreed on by all doors.
 * @param {{op: string, in: object}[]} requests
 * @returns {Promise<Answer[]>}
 */
export async function ask(requests) {
  const answers = await ask_lines(requests.map((request, id) => JSON.stringify({ id, ...request })));
  return answers.map((line) => JSON.parse(line));
}

/**
 * The same with raw lines.
 * @param {string[]} lines
 */
export async function ask_lines(lines) {
  const [first = [], ...others] = await Promise.all(doors.map(([, door]) => door(lines)));
  const [name, ...names] = doors.map(([each]) => each);
  others.forEach((answers, i) => assert_same(lines, first, answers, `${name} and ${names[i]}`));
  return first;
}

/**
 * The answers of a program that reads lines and writes lines.
 * @param {string[]} command
 * @param {string[]} lines
 * @returns {Promise<string[]>}
 */
function answer_lines([program, ...args], lines) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', () => {}); // the exit code tells
    child.on('close', (code, signal) => {
      const answers = Buffer.concat(output).toString('latin1').split('\n').slice(0, -1);
      if (code === 0 && answers.length === lines.length) return resolve(answers.map((line) => Buffer.from(line, 'latin1').toString()));
      const last = lines[answers.length];
      reject(
        new Error(
          `${program} ended with ${signal ?? code} after ${answers.length} of ${lines.length} answers; next was ${last?.slice(0, 2000)}`,
        ),
      );
    });
    child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  });
}

/**
 * @param {string[]} lines
 * @param {string[]} one
 * @param {string[]} other
 * @param {string} between
 */
function assert_same(lines, one, other, between) {
  const at = lines.findIndex((_, i) => one[i] !== other[i]);
  if (at < 0) return;
  mkdirSync(`${root}build/test`, { recursive: true });
  writeFileSync(`${root}build/test/disagreement.jsonl`, `${lines[at]}\n`);
  assert.fail(`${between} disagree on build/test/disagreement.jsonl\n  ${lines[at].slice(0, 4000)}\n  ${one[at]}\n  ${other[at]}`);
}

/** Collects what went wrong case by case, so that one run shows every failure. */
export class Failures {
  /** @type {string[]} */
  #list = [];

  /** Notes a failure when `holds` is false. @param {boolean} holds @param {() => string} describe */
  expect(holds, describe) {
    if (!holds) this.#list.push(describe());
  }

  assert_none() {
    const shown = this.#list.slice(0, 40).join('\n');
    assert.equal(this.#list.length, 0, `${this.#list.length} failures:\n${shown}`);
  }
}
