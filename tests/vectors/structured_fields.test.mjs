// The HTTP working group's structured field tests: parsed as they say, and serialized again to the canonical form.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Failures, ask } from '../support/probes.mjs';
import { list_vectors, read_vectors, vectors_absent } from '../support/vectors.mjs';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} header_type
 * @property {string[]} [raw]
 * @property {unknown} [expected]
 * @property {string[]} [canonical]
 * @property {boolean} [must_fail]
 */

/**
 * Cases that RFC 9651 lets a parser refuse (`can_fail`), which we do: section 4.2.7 would have us accept base64 without its padding and
 * with spare bits set, so that one value would have several spellings.
 */
const REFUSED_BY_CHOICE = new Set(['bad padding', 'non-zero pad bits']);
const COUNT = 2135;
let seen = 0;

for (const path of vectors_absent ? [] : [...list_vectors('structured-fields'), ...list_vectors('structured-fields/serialisation-tests')]) {
  test(`${path}: parsed and serialized as specified`, async () => {
    const cases = /** @type {Case[]} */ (read_vectors(path, { exactNumbers: true }));
    seen += cases.length;
    const parsing = cases.filter((each) => each.raw !== undefined);
    const serializing = cases.filter((each) => each.expected !== undefined && each.must_fail !== (each.raw !== undefined));
    const failures = new Failures();
    await expect_parsed(parsing, failures);
    await expect_serialized(serializing, failures);
    failures.assert_none();
  });
}

test(`all ${COUNT} structured field cases were there`, { skip: vectors_absent }, () => assert.equal(seen, COUNT));

/** @param {Case[]} cases @param {Failures} failures */
async function expect_parsed(cases, failures) {
  const answers = await ask(cases.map(({ header_type: type, raw }) => ({ op: 'sf_parse', in: { type, raw } })));
  cases.forEach(({ name, expected, must_fail }, i) => {
    const { reason, out, error } = answers[i];
    const wanted = must_fail || REFUSED_BY_CHOICE.has(name) ? 'sf_syntax' : 'ok';
    failures.expect(reason === wanted, () => `${name}: ${error ?? reason}`);
    if (reason !== 'ok' || wanted !== 'ok') return;
    failures.expect(isDeepStrictEqual(plain(out.value), plain(expected)), () => `${name}: ${JSON.stringify(out.value)}`);
  });
}

/** @param {Case[]} cases @param {Failures} failures */
async function expect_serialized(cases, failures) {
  const answers = await ask(cases.map(({ header_type: type, expected: value }) => ({ op: 'sf_serialize', in: { type, value } })));
  cases.forEach(({ name, raw, canonical, must_fail }, i) => {
    const { reason, out, error } = answers[i];
    failures.expect(reason === (must_fail ? 'sf_unserializable' : 'ok'), () => `serialize ${name}: ${error ?? reason}`);
    if (reason !== 'ok' || must_fail) return;
    failures.expect(isDeepStrictEqual(out.raw, canonical ?? raw), () => `serialize ${name}: ${JSON.stringify(out.raw)}`);
  });
}

/** Numbers as numbers: the spelling matters for what goes in, not for what is compared. @param {unknown} value */
function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
