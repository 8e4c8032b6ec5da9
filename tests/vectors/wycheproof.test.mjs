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

/** Where we and the labels differ on purpose: tcId -> what we answer, and why. @type {Record<string, Map<number, {reason: string, why: string}>>} */
const DEVIATIONS = {
  json_web_signature_test: new Map([
    [346, { reason: 'jwk_algorithm_mismatch', why: 'labelled valid: the key is for PS256, the header says PS384' }],
    [347, { reason: 'jwk_unsupported', why: 'labelled valid: the key is for ES521, which does not exist; the header says ES512' }],
    [350, { reason: 'jwk_algorithm_mismatch', why: 'labelled valid: as 346, with key_ops' }],
    [351, { reason: 'jwk_unsupported', why: 'labelled valid: as 347, with key_ops' }],
    [367, { reason: 'ok', why: 'labelled invalid: byte for byte the same token as the valid 357' }],
    [370, { reason: 'ok', why: 'labelled invalid: byte for byte the same token as the valid 357' }],
    [372, { reason: 'jws_malformed', why: 'labelled valid: the header holds a character that is not base64url' }],
    [373, { reason: 'jws_malformed', why: 'labelled valid: the payload holds a character that is not base64url' }],
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
      const answer = answers[i];
      const decided = deviation === undefined ? (answer.reason === 'ok') === (result === 'valid') : answer.reason === deviation.reason;
      failures.expect(answer.error === undefined, () => `${tcId} ${comment}: ${answer.error}`);
      failures.expect(decided, () => `${tcId} ${comment} (${result}): ${answer.reason}`);
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
