// `sallyport logs` as a process: what it reads of inputs that do not end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-logs-'));
/** @type {import('node:child_process').ChildProcess[]} */
const started = [];
after(() => {
  started.forEach((child) => child.kill());
  rmSync(folder, { recursive: true, force: true });
});

/** A request that the edge refused. @param {number} number */
const denied = (number) =>
  `${JSON.stringify({ type: 'decision', end: 'edge', id: `request ${number}.`, decision: 'deny', reason: 'route_not_found', time: number, v: 1 })}\n`;
/** Far more than is read at once. */
const many = 3_000;
const file = join(folder, 'edge.log');

/** @param {string[]} args */
function reading(args) {
  const child = spawn(`${root}build/dev/sallyport`, ['logs', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    printed += piece;
  });
  return { child, ended: once(child, 'close'), printed: () => printed };
}

test('a file beside a pipe that says nothing is read to its end', async () => {
  writeFileSync(file, Array.from({ length: many }, (_, i) => denied(i)).join(''));
  const { child, ended, printed } = reading(['-', file]);
  await until('the last of the file is printed', () => printed().includes(`request ${many - 1}.`));
  child.stdin.end(denied(many));
  assert.deepEqual(await ended, [0, null]);
  assert.equal(printed().match(/deny/g)?.length, many + 1);
});

test('what is added to a file that is followed is printed, too', async () => {
  writeFileSync(file, Array.from({ length: many }, (_, i) => denied(i)).join(''));
  const { child, ended, printed } = reading(['--follow', file]);
  await until('the file is printed', () => printed().includes(`request ${many - 1}.`));
  appendFileSync(file, denied(many));
  await until('what was added is printed', () => printed().includes(`request ${many}.`));
  child.kill('SIGTERM');
  await ended;
  assert.equal(printed().match(/deny/g)?.length, many + 1);
});

test('it ends when nobody reads what it prints', async () => {
  const { child, ended } = reading([]);
  child.stdout.destroy();
  child.stdin.on('error', () => {});
  const feeding = setInterval(() => child.stdin.write(denied(1)), 5);
  assert.deepEqual(await ended, [null, 'SIGPIPE']);
  clearInterval(feeding);
});
