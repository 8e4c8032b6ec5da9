// docs/reference/policy_test.md, followed: its policy and its cases, saved as it names them, print what it shows.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';

const program = `${root}build/dev/sallyport`;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-cases-'));
const page = readFileSync(`${root}docs/reference/policy_test.md`, 'utf8');
after(() => rmSync(folder, { recursive: true, force: true }));

const [policy = '', cases = ''] = [...page.matchAll(/^```jsonc\n(.*?)^```/gms)].map(([, text = '']) => text);
const shown = /^```\n(ok .*?)^```/ms.exec(page)?.[1] ?? '';

before(() => {
  writeFileSync(join(folder, 'policy.jsonc'), policy);
  writeFileSync(join(folder, 'policy.test.jsonc'), cases);
});

/** @param {string[]} args */
const run_cases = (...args) => spawnSync(program, ['policy', 'test', ...args], { cwd: folder, encoding: 'utf8' });

test('the cases of the page print what the page shows', () => {
  const ended = run_cases();
  assert.equal(ended.stdout, shown);
  assert.deepEqual([ended.status, ended.stderr], [1, '']);
});

test('the report for CI systems counts and names what failed', () => {
  assert.equal(run_cases('--junit', 'report.xml', '--min-coverage', '100').status, 1);
  const report = readFileSync(join(folder, 'report.xml'), 'utf8');
  assert.match(report, /<testsuite name="policy.test.jsonc" tests="6" failures="1" /);
  assert.match(
    report,
    /<testcase classname="policy.test.jsonc" name="reading: from afar \(alice\)"><failure message="expected allow; got deny, policy_denied, route read">/,
  );
  assert.equal(report.match(/<testcase /g)?.length, 6);
});

test('with --json there is nothing but JSON, also when a document cannot be used', () => {
  const all = JSON.parse(run_cases('--json').stdout);
  assert.deepEqual([all.ok, all.passed, all.failed, all.coverage.percent], [false, 5, 1, 62]);
  writeFileSync(join(folder, 'wrong.test.jsonc'), '{"policy": "policy.jsonc", "cases": [{"as": "alice"}]}');
  const wrong = run_cases('--json', 'wrong.test.jsonc');
  assert.equal(wrong.status, 3);
  assert.equal(JSON.parse(wrong.stdout).ok, false);
  assert.match(wrong.stderr, /^wrong\.test\.jsonc:1:\d+: /);
  assert.equal(run_cases('none.test.jsonc').status, 4);
});

test('it runs again when the policy changes', async () => {
  const child = spawn(program, ['policy', 'test', '--watch'], { cwd: folder });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  try {
    await until('the first run', () => /1 failed/.test(said));
    writeFileSync(join(folder, 'policy.jsonc'), policy.replace("'KP'", "'ZZ'"));
    await until('the second run', () => /0 failed/.test(said));
  } finally {
    child.kill();
    writeFileSync(join(folder, 'policy.jsonc'), policy);
  }
});
