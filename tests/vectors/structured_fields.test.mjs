// The HTTP working group's structured field tests: parsed as they say, and serialized again to the canonical form.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Failures, ask } from '../support/probes.mjs';
import { listVectors, readVectors, vectorsAbsent } from '../support/vectors.mjs';

const COUNT = 2135;
let seen = 0;

for (const path of vectorsAbsent ? [] : [...listVectors('structured-fields'), ...listVectors('structured-fields/serialisation-tests')]) {
  test(`${path}: parsed and serialized as specified`, async () => {
    const cases = readVectors(path, { exactNumbers: true });
    seen += cases.length;
    const parsing = cases.filter((each) => each.raw !== undefined);
    const serializing = cases.filter((each) => each.expected !== undefined && each.must_fail !== (each.raw !== undefined));
    const failures = new Failures();
    await expectParsed(parsing, failures);
    await expectSerialized(serializing, failures);
    failures.assertNone();
  });
}

test(`all ${COUNT} structured field cases were there`, { skip: vectorsAbsent }, () => assert.equal(seen, COUNT));

async function expectParsed(cases, failures) {
  const answers = await ask(cases.map(({ header_type: type, raw }) => ({ op: 'sf_parse', in: { type, raw } })));
  cases.forEach(({ name, expected, must_fail: mustFail, can_fail: canFail }, i) => {
    const { reason, out, error } = answers[i];
    if (canFail && reason !== 'ok') return;
    failures.expect(error === undefined && (reason === 'ok') === !mustFail, () => `${name}: ${error ?? reason}`);
    if (reason !== 'ok' || mustFail) return;
    failures.expect(isDeepStrictEqual(plain(out.value), plain(expected)), () => `${name}: ${JSON.stringify(out.value)}`);
  });
}

async function expectSerialized(cases, failures) {
  const answers = await ask(cases.map(({ header_type: type, expected: value }) => ({ op: 'sf_serialize', in: { type, value } })));
  cases.forEach(({ name, raw, canonical, must_fail: mustFail }, i) => {
    const { reason, out, error } = answers[i];
    failures.expect(error === undefined && (reason === 'ok') === !mustFail, () => `serialize ${name}: ${error ?? reason}`);
    if (reason !== 'ok' || mustFail) return;
    failures.expect(isDeepStrictEqual(out.raw, canonical ?? raw), () => `serialize ${name}: ${JSON.stringify(out.raw)}`);
  });
}

/** Numbers as numbers: the spelling matters for what goes in, not for what is compared. */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
