// docs/guide/logs.md lists the members of the records that the core writes, and no other.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fences_of } from '../support/fences.mjs';
import { root } from '../../demo/parts/worker.mjs';

/** The first cells of the rows under a heading. @param {string} heading */
function members_under(heading) {
  const [, section = ''] = readFileSync(`${root}docs/guide/logs.md`, 'utf8').split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]?.match(/^\| `.*$/gm) ?? [];
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)).sort();
}

/** @param {object} question @returns {any} */
const probed = (question) =>
  JSON.parse(execFileSync(`${root}build/dev/tests/probe`, { input: `${JSON.stringify(question)}\n`, encoding: 'utf8' }));

test('the decision record has exactly the members that the guide lists', () => {
  const shown =
    fences_of('docs/reference/probe.md')
      .map(({ text }) => text)
      .find((text) => text.includes('exchange.json')) ?? '';
  const [, exchange = ''] = /<<'JSON'\n([\s\S]*?)\nJSON\n/.exec(shown) ?? [];
  assert.deepEqual(Object.keys(probed(JSON.parse(exchange)).out.audit).sort(), members_under('The decision record'));
});

test('the outcome record has exactly the members that the guide lists', () => {
  const whole = {
    attempts: 1,
    cache: 'miss',
    detail: 'd',
    first_ms: 1,
    how: 'handed_on',
    id: 'i',
    in: 0,
    keyid: 'k',
    ms: 1,
    out: 1,
    reused: true,
    service: 's',
    sig: 'channel',
    status: 200,
    upstream: 'u',
    time: 1,
  };
  assert.deepEqual(
    Object.keys(JSON.parse(probed({ id: 1, op: 'outcome', in: whole }).out.audit)).sort(),
    members_under('The outcome record'),
  );
});

test('sallyport logs prints the lines that the guide shows', () => {
  const time = Date.UTC(2026, 10, 30, 2, 51, 7);
  const who = { subject: 'alice', method: 'GET', path: '/reports/april', route: 'reports-read', v: 1 };
  const records = ['edge', 'origin'].flatMap((end) => [
    { ...who, type: 'decision', end, time, id: 'M8b6JQ0aT3mXh1o2cVQyFg', decision: 'allow', reason: 'ok' },
    {
      type: 'outcome',
      end,
      time,
      id: 'M8b6JQ0aT3mXh1o2cVQyFg',
      reason: 'ok',
      status: 200,
      ms: 12,
      how: end === 'edge' ? 'handed_on' : 'complete',
      v: 1,
    },
  ]);
  const denied = { decision: 'deny', reason: 'policy_not_allowed', subject: 'bob', id: 'Q2cV0aT3mXh1o2cVQyFgM8', time: time + 1_000 };
  records.push({ ...who, type: 'decision', end: 'edge', ...denied });
  const input = records.map((record) => JSON.stringify(record)).join('\n');
  const printed = execFileSync(`${root}build/dev/sallyport`, ['logs'], { input, encoding: 'utf8' });
  const shown = fences_of('docs/guide/logs.md').find(({ text }) => text.startsWith('11-30')) ?? { text: '' };
  assert.equal(printed, `${shown.text.split('\n').slice(0, 2).join('\n')}\n`);
});
