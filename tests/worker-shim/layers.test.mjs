// What scripts/check_layers.mjs holds the Worker's own files to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { import_cycles } from '../../scripts/import_cycles.mjs';
import { log_writers } from '../../scripts/log_writers.mjs';

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
