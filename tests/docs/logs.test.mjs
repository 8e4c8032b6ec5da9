// docs/guide/logs.md lists the members of the record that both ends write, and no other.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fences_of } from '../support/fences.mjs';
import { root } from '../support/worker.mjs';

/** The first cells of the rows under a heading. @param {string} heading */
function members_under(heading) {
  const [, section = ''] = readFileSync(`${root}docs/guide/logs.md`, 'utf8').split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]?.match(/^\| `.*$/gm) ?? [];
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)).sort();
}

test('the decision record has exactly the members that the guide lists', () => {
  const shown = fences_of('docs/reference/probe.md').map(({ text }) => text).find((text) => text.includes('exchange.json')) ?? '';
  const [, exchange = ''] = /<<'JSON'\n([\s\S]*?)\nJSON\n/.exec(shown) ?? [];
  const answer = JSON.parse(execFileSync(`${root}build/dev/tests/probe`, { input: `${JSON.stringify(JSON.parse(exchange))}\n`, encoding: 'utf8' }));
  assert.deepEqual(Object.keys(answer.out.audit).sort(), members_under('The decision record'));
});
