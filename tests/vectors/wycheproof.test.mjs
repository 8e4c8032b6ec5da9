// Wycheproof's JSON web signatures, keys and cryptography (the JWS part): what is labelled valid verifies with the right
// payload, and anything else is refused, but for the deviations below.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Failures, ask } from '../support/probes.mjs';
import { read_vectors, vectors_absent } from '../support/vectors.mjs';

/**
 * @typedef {{tcId: number, comment: string, result: string, jws?: string | {payload: string}}} Case
 * @typedef {{tests: Case[], public?: object, private?: object}} Group
 */

/** Where we and the labels differ on purpose: tcId -> what we answer, and why. @type {Record<string, Map<number, {accepted: boolean, why: string}>>} */
const DEVIATIONS = {
  json_web_signature_test: new Map([
    [346, { accepted: false, why: "the key's alg is not the header's" }],
    [347, { accepted: false, why: "the key's alg is not the header's" }],
    [350, { accepted: false, why: "the key's alg is not the header's" }],
    [351, { accepted: false, why: "the key's alg is not the header's" }],
    [367, { accepted: true, why: 'byte for byte the same token as a valid one' }],
    [370, { accepted: true, why: 'byte for byte the same token as a valid one' }],
    [372, { accepted: false, why: 'labelled valid, but not base64url' }],
    [373, { accepted: false, why: 'labelled valid, but not base64url' }],
  ]),
};

const FILES = [
  { name: 'json_web_signature_test', count: 401 },
  { name: 'json_web_key_test', count: 26 },
  { name: 'json_web_crypto_test', count: 49 },
];

for (const { name, count } of FILES) {
  test(`wycheproof ${name}: ${count} cases decided as labelled`, { skip: vectors_absent }, async () => {
    const cases = jws_cases(read_vectors(`wycheproof/${name}.json`));
    assert.equal(cases.length, count);
    const answers = await ask(cases.map(({ key, jws }) => ({ op: 'jws', in: { jws, jwks: key } })));
    const failures = new Failures();
    const unused = new Map(DEVIATIONS[name]);
    cases.forEach(({ tcId, comment, result, jws }, i) => {
      const deviation = unused.get(tcId);
      unused.delete(tcId);
      const expected = deviation?.accepted ?? result === 'valid';
      const answer = answers[i];
      failures.expect(answer.error === undefined, () => `${tcId} ${comment}: ${answer.error}`);
      failures.expect((answer.reason === 'ok') === expected, () => `${tcId} ${comment} (${result}): ${answer.reason}`);
      if (answer.reason === 'ok') failures.expect(same_payload(answer.out, jws), () => `${tcId} ${comment}: another payload`);
    });
    failures.assert_none();
    assert.equal(unused.size, 0, `deviations that are none: ${[...unused.keys()]}`);
  });
}

/** @param {{testGroups: Group[]}} suite */
function jws_cases({ testGroups }) {
  return testGroups.flatMap((group) =>
    group.tests.flatMap(({ jws, ...each }) => (jws === undefined ? [] : [{ ...each, jws, key: group.public ?? group.private }])),
  );
}

/** @param {{payload_b64: string}} out @param {string | {payload: string}} jws */
function same_payload(out, jws) {
  const compact = typeof jws === 'string' ? jws : jws.payload;
  return Buffer.from(out.payload_b64, 'base64').equals(Buffer.from(compact.split('.')[1], 'base64url'));
}
