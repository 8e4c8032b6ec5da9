// The door to the core is typed: what it does not have, does not take or does not say is an error of tsc.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../../demo/parts/worker.mjs';

mkdirSync(join(root, 'build/test'), { recursive: true });
const folder = mkdtempSync(join(root, 'build/test/door-'));
after(() => rmSync(folder, { recursive: true }));

/** What tsc says of a file over a core. @param {string} lines @returns {string[]} number of the line and of the error */
function complaints(lines) {
  const up = relative(folder, root);
  const options = { extends: `${up}/tsconfig.json`, include: ['planted.js', `${up}/worker-shim/*.d.ts`] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(
    join(folder, 'planted.js'),
    `/** @param {import('${up}/worker-shim/core/core.js').Core} core */ export function use(core) {\n${lines}\n}\n`,
  );
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--project', folder], { encoding: 'utf8' });
  return [...stdout.matchAll(/^(.*)\((\d+),\d+\): error (TS\d+)/gm)].map(
    ([, file, line, error]) => `${file.endsWith('planted.js') ? Number(line) - 1 : file} ${error}`,
  );
}

test('the map of types has the operations of the table, and no others', () => {
  const map = readFileSync(join(root, 'worker-shim/core/operations.d.ts'), 'utf8').split('export interface Operations {')[1] ?? '';
  const named = [...map.matchAll(/^ {2}(\w+): \{/gm)].map(([, name]) => name);
  const table = readFileSync(join(root, 'shared/operations/operation.def'), 'utf8');
  const operations = [...table.matchAll(/^SALLYPORT_OPERATION\((\w+)\)$/gm)].map(([, name]) => name);
  assert.ok(operations.length > 0);
  assert.deepEqual(named.toSorted(), operations.toSorted());
});

test('what the door has passes', () => {
  const right = `
    const told = core.operate('wake_told', { state: '', settings: {}, now: 0, jitter: 0 });
    if (told.answer === 'failed') core.refusal(told.reason, '', told.detail);
    core.refusal('upstream_timeout', '', core.operate('catalog', {}).services[0]?.name ?? '');`;
  assert.deepEqual(complaints(right), []);
});

test('an operation, an input, a result or a reason that is not there is an error', () => {
  const wrong = `core.operate('wake_tol', { state: '', settings: {}, now: 0, jitter: 0 });
    core.operate('wake_told', { stat: '', settings: {}, now: 0, jitter: 0 });
    core.operate('wake', { state: { phase: 1 }, event: { kind: 'alarm' }, settings: {}, now: 0, jitter: 0 });
    core.operate('wake', { state: '', event: { kind: 'alarmed' }, settings: {}, now: 0, jitter: 0 });
    core.operate('catalog', {}).servcies;
    core.operate('sign', /** @type {any} */ ({})).fields;
    core.refusal('upstream_timout', '', '');`;
  const seen = complaints(wrong).map((each) => Number(each.split(' ')[0]));
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
});
