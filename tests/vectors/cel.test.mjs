// The conformance tests of the CEL project through both probes. cel_unsupported.json lists, with a reason each, the cases
// that we do not aim at yet or refuse by design: an unlisted failure fails, and so does a listed case that passes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { conformance_cases, declared_types, is_expected, question } from '../support/cel_conformance.mjs';
import { Failures, ask } from '../support/probes.mjs';

/** By reason the cases of each section, or all of it. @type {Record<string, Record<string, '*' | string[]>>} */
const unsupported = JSON.parse(readFileSync(new URL('cel_unsupported.json', import.meta.url), 'utf8'));

/** Why a case is not supported, or nothing. @param {string} id */
function why_unsupported(id) {
  const [file, section, ...name] = id.split('/');
  const listed = (/** @type {Record<string, '*' | string[]>} */ sections) =>
    sections[`${file}/${section}`] === '*' || sections[`${file}/${section}`]?.includes(name.join('/'));
  return Object.keys(unsupported).find((reason) => listed(unsupported[reason] ?? {}));
}

test('CEL conformance: every case has the value or the error of the specification', async (t) => {
  const cases = conformance_cases().filter((each) => each.test.checkOnly !== true);
  assert.ok(cases.length > 2300, `${cases.length} cases`);
  const answers = await ask(cases.map(question));
  const failures = new Failures();
  /** @type {Record<string, {passed: number, unsupported: number}>} */
  const counts = {};
  cases.forEach((each, i) => {
    const passes = is_expected(each, answers[i]);
    const reason = why_unsupported(each.id);
    const count = (counts[each.file] ??= { passed: 0, unsupported: 0 });
    count[passes ? 'passed' : 'unsupported'] += 1;
    failures.expect(passes || reason !== undefined, () => `${each.id}: ${each.test.expr} gave ${JSON.stringify(answers[i])}`);
    failures.expect(!passes || !reason, () => `${each.id} passes: take it off the list of the unsupported`);
  });
  for (const [file, { passed, unsupported: others }] of Object.entries(counts))
    t.diagnostic(`${file}: ${passed} passed, ${others} unsupported`);
  failures.assert_none();
});

test('CEL conformance: the checker deduces the type that the reference implementation does', async () => {
  const cases = conformance_cases().filter(
    (each) => each.type !== undefined && !why_unsupported(each.id) && declared_types(each) !== undefined,
  );
  assert.ok(cases.length > 1400, `${cases.length} cases`);
  const answers = await ask(
    cases.map((each) => ({
      op: 'cel_check',
      in: { expr: each.test.expr, container: each.test.container ?? '', variables: declared_types(each) },
    })),
  );
  const failures = new Failures();
  cases.forEach((each, i) => {
    const type = answers[i].out?.type;
    failures.expect(type === each.type, () => `${each.id}: ${each.test.expr} is ${type ?? JSON.stringify(answers[i])}, not ${each.type}`);
  });
  failures.assert_none();
});
