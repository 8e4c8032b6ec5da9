// What others say stays one line in the Worker's log, and obeys nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../worker-shim/host/describe.js';
import { visible } from '../../worker-shim/host/visible.js';
import { fail } from '../../worker-shim/observe.js';

const unseen = [
  '\u0000',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u00ad',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u2069',
  '\ufeff',
  '\u{e0041}',
];

for (const character of unseen) {
  const code = /** @type {number} */ (character.codePointAt(0));
  test(`U+${code.toString(16).padStart(4, '0')} is an escape, and in JSON the same text`, (context) => {
    assert.match(visible(`a${character}b`), /^a(\\u[0-9a-f]{4}){1,2}b$/);
    assert.equal(JSON.parse(`"${visible(character)}"`), character);
    assert.equal(JSON.parse(visible(JSON.stringify({ [character]: `"${character}\\` })))[character], `"${character}\\`);
    context.mock.method(console, 'error', (/** @type {string} */ line) => {
      assert.doesNotMatch(line, new RegExp(character, 'u'));
      assert.equal(JSON.parse(line).detail, `Error: no ${character} here`);
    });
    fail('test', { detail: describe(new Error(`no ${character} here`)) });
  });
}

test('all other text stays as it is', () => {
  for (const text of ['', 'plain "text" \\', 'é中😀\u00a0\u2027\u202f\u2070']) assert.equal(visible(text), text);
});

test('a line whose text is cut in the middle of a character is still read', (context) => {
  const log = context.mock.method(console, 'error', () => {});
  fail('test', { detail: `${'x'.repeat(2_047)}😀` });
  const [line] = log.mock.calls[0]?.arguments ?? [];
  assert.doesNotMatch(line, /\\ud83d/i);
  assert.equal(JSON.parse(line).detail, `${'x'.repeat(2_047)}\ufffd`);
});
