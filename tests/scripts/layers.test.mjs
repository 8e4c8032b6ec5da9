// What scripts/check_layers.mjs holds the Worker's own files to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { import_cycles } from '../../scripts/import_cycles.mjs';
import { allowed_layers } from '../../scripts/layers.mjs';
import { log_writers } from '../../scripts/log_writers.mjs';
import { forbidden_arrows } from '../../scripts/rooms.mjs';

/** @param {Record<string, string>} files */
const cycles_of = (files) => import_cycles(new Map(Object.entries(files)));

test('modules that need each other are a cycle, across folders and by type alone', () => {
  assert.deepEqual(cycles_of({ 'w/a.js': "import { b } from './b/b.js';", 'w/b/b.js': "/** @typedef {import('../a.js').A} A */" }), [
    'w/a.js > w/b/b.js > w/a.js',
  ]);
  assert.deepEqual(cycles_of({ 'w/a.js': "import './a.js';" }), ['w/a.js > w/a.js']);
});

test('modules that need a third are none', () => {
  assert.deepEqual(
    cycles_of({
      'w/a.js': "import { b } from './b.js';\nimport { c } from './c.js';",
      'w/b.js': "export { c } from './c.js';",
      'w/c.js': "import x from '../x.js';",
    }),
    [],
  );
});

test('a console outside of observe.js is refused, however it is spelled', () => {
  const planted = [
    "console.log('x');",
    'const { log } = console;',
    "globalThis['console'].warn(1);",
    'x(`https://a.example/${console.error(1)}`);',
  ];
  for (const text of planted) {
    assert.deepEqual(
      log_writers(new Map([['worker-shim/reach/reach.js', `// console\n${text}\n`]])),
      ['worker-shim/reach/reach.js:2'],
      text,
    );
  }
  assert.deepEqual(
    log_writers(
      new Map([
        ['worker-shim/observe.js', planted.join('\n')],
        ['worker-shim/a.js', '/* console.log\n */ let consoles; // console.log'],
      ]),
    ),
    [],
  );
});

test('what decides does not include what reads the policy', () => {
  for (const decides of ['policy', 'gate', 'operations']) assert.ok(!allowed_layers[decides].includes('policy/load'), decides);
  assert.ok(allowed_layers['policy/load'].includes('policy'));
});

test('the demo needs no test and no bench, a script no test, a bench no test, however it names it', () => {
  const arrows_of = (/** @type {string} */ path, /** @type {string} */ text) => forbidden_arrows(new Map([[path, text]]));
  const planted = {
    "import { a } from '../tests/support/a.mjs';": 'tests/support/a.mjs',
    "/** @typedef {import('../bench/lib/a.mjs').A} A */": 'bench/lib/a.mjs',
    'start(`${root}tests/support/a.mjs`);': 'tests/support/a.mjs',
    "new URL('../scripts/local-aws', import.meta.url)": 'scripts/local-aws',
  };
  for (const [text, other] of Object.entries(planted)) assert.deepEqual(arrows_of('demo/b.mjs', text), [`demo/b.mjs needs ${other}`]);
  for (const path of ['scripts/b.mjs', 'bench/b.mjs', 'worker-shim/b.js']) {
    assert.deepEqual(arrows_of(path, "import '../tests/a.mjs';"), [`${path} needs tests/a.mjs`]);
  }
  assert.deepEqual(arrows_of('tests/docs/b.mjs', "import '../../demo/a.mjs'; import '../../worker-shim/a.js'; import '../c.mjs';"), []);
  assert.deepEqual(arrows_of('bench/b.mjs', "// as '../tests/a.mjs' does\nimport '../demo/a.mjs';"), []);
});
