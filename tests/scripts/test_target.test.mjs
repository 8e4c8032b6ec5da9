// `scripts/test TARGET [CASE]`: whatever is not tested is not passed. The build and the programs are stand-ins.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../../demo/parts/worker.mjs';

const tree = mkdtempSync(join(tmpdir(), 'sallyport-target-'));
after(() => rmSync(tree, { recursive: true, force: true }));

/** @param {string} path @param {string} text */
function write(path, text) {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
}

for (const path of ['scripts/test_target', 'scripts/stages/common.sh']) cpSync(root + path, join(tree, path), { preserveTimestamps: true });
write('bin/cmake', '#!/bin/sh\n[ -z "$BROKEN" ] || { echo "[1/2] Building CXX object"; echo "x.cpp:1:1: error: no"; exit 1; }\n');
write('build/dev/build.ninja', '');
write(
  'build/dev/test_gate',
  '#!/bin/sh\necho "ran $*"\necho "[doctest] test cases: ${CASES:- 2} | 0 passed | 0 failed | 9 skipped"\nexit ${STATUS:-0}\n',
);
write('tests/shared/gate/paths_test.cpp', '');
write('tests/worker-shim/keys.test.mjs', "import { test } from 'node:test';\ntest('keys (are) fetched', () => {});\n");
mkdirSync(join(tree, 'tests/support'));

/** @param {string[]} words @param {Record<string, string>} [env] */
function run(words, env = {}) {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const PATH = `${join(tree, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(join(tree, 'scripts/test_target'), words, {
    cwd: tree,
    env: { ...inherited, PATH, ...env },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

test('a target is found as a layer, a folder, a source or a test, however its path is written', () => {
  for (const target of ['gate', 'shared/gate', './shared/gate/edge/', 'shared/gate/edge/edge.cpp', join(tree, 'tests/shared/gate')]) {
    const { status, said } = run([target]);
    assert.deepEqual([status, /^ran $/m.test(said)], [0, true], `${target}: ${said}`);
  }
  assert.match(run(['tests/shared/gate/paths_test.cpp', 'one']).said, /^ran --source-file=\*\/paths_test\.cpp --test-case=\*one\*$/m);
  for (const target of ['worker-shim/keys.js', 'worker-shim/keys', 'worker-shim', 'tests/worker-shim/keys.test.mjs']) {
    const { status, said } = run([target]);
    assert.deepEqual([status, /✔ keys \(are\) fetched/.test(said)], [0, true], `${target}: ${said}`);
  }
});

test('what does not build is shown, and nothing is run', () => {
  const { status, said } = run(['gate'], { BROKEN: '1' });
  assert.notEqual(status, 0);
  assert.match(said, /^x\.cpp:1:1: error: no$/m);
  assert.doesNotMatch(said, /^ran/m);
});

test('tests that fail fail it', () => {
  assert.equal(run(['gate'], { STATUS: '1' }).status, 1);
});

test('a case that there is not, and a target without tests, are errors', () => {
  assert.equal(run(['worker-shim/keys', 'keys (are)']).status, 0);
  /** @type {[string[], RegExp, Record<string, string>?][]} */
  const mistakes = [
    [['worker-shim/keys', 'no such (case'], /no test of worker-shim\/keys has "no such \(case" in its name/],
    [['gate', 'no such case'], /no case of gate has "no such case" in its name/, { CASES: ' 0' }],
    [['tests/support'], /no tests in tests\/support/],
    [['tests/worker-shim/absent.test.mjs'], /no tests in/],
    [['worker-shim/pages/page.js'], /no test in tests\/worker-shim names pages/],
    [['nothing'], /nothing is called nothing/],
    [[''], /nothing is called/],
    [['gate', 'one', 'two'], /one target and one case/],
  ];
  for (const [words, says, env] of mistakes) {
    const { status, said } = run(words, env);
    assert.equal(status, 2, `${words}: ${said}`);
    assert.match(said, says);
  }
});
