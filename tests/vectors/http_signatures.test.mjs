// RFC 9421's own examples: the signature base of each message, whether its signature verifies, and the value of each
// component.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Failures, ask } from '../support/probes.mjs';
import { base64, read_vectors, vectors_absent, with_crlf } from '../support/vectors.mjs';

/** @typedef {import('../support/vectors.mjs').SignedExample} SignedExample */
/** @typedef {{section: string, component: string, value: string, message: string, request?: string, scheme: string, fields_only?: boolean}} ComponentExample */
/** @typedef {Record<string, {jwk: object}>} Keys */

const signatures = () => /** @type {SignedExample[]} */ (read_vectors('rfc9421/signatures.json'));
const known_keys = () => /** @type {Keys} */ (read_vectors('rfc9421/keys.json'));

test('RFC 9421: 20 signatures have the base of the RFC and verify as the RFC says', { skip: vectors_absent }, async () => {
  const cases = signatures();
  const keys = known_keys();
  assert.equal(cases.length, 20);
  const bases = await ask(cases.map((each) => ({ op: 'httpsig_base', in: signed_message(each) })));
  const verdicts = await ask(
    cases.map((each) => ({ op: 'httpsig_verify', in: { ...signed_message(each), key: keys[each.key].jwk, alg: each.alg } })),
  );
  const failures = new Failures();
  cases.forEach(({ id, signature_base: base, expect_valid: valid }, i) => {
    const seen = bases[i].out?.base_b64;
    failures.expect(
      base === null || seen === base64(base),
      () => `${id}: base is ${bases[i].error ?? bases[i].reason}: ${seen && Buffer.from(seen, 'base64')}`,
    );
    failures.expect(verdicts[i].reason === (valid ? 'ok' : 'httpsig_invalid'), () => `${id}: ${verdicts[i].error ?? verdicts[i].reason}`);
  });
  failures.assert_none();
});

test('RFC 9421: a changed base, another key and another algorithm never verify', { skip: vectors_absent }, async () => {
  const keys = known_keys();
  const cases = signatures().filter((each) => each.expect_valid);
  const wrong = cases.flatMap((each) => [
    { ...signed_message(each), key: keys[each.key].jwk, alg: each.alg === 'ed25519' ? 'hmac-sha256' : 'ed25519' },
    { ...signed_message(each), key: keys[each.key === 'test-key-ed25519' ? 'test-key-ecc-p256' : 'test-key-ed25519'].jwk, alg: each.alg },
    { ...signed_message({ ...each, message: each.message.replaceAll('created=1', 'created=2') }), key: keys[each.key].jwk, alg: each.alg },
  ]);
  const answers = await ask(wrong.map((each) => ({ op: 'httpsig_verify', in: each })));
  answers.forEach((answer, i) => assert.notEqual(answer.reason, 'ok', JSON.stringify(wrong[i])));
});

test('RFC 9421: 56 components have the value of the RFC', { skip: vectors_absent }, async () => {
  const cases = /** @type {ComponentExample[]} */ (read_vectors('rfc9421/components.json')).map(without_query);
  assert.equal(cases.length, 56);
  const answers = await ask(cases.map((each) => ({ op: 'httpsig_base', in: message_with_component(each) })));
  const failures = new Failures();
  cases.forEach(({ section, component, value }, i) => {
    const line = first_line(answers[i].out?.base_b64);
    failures.expect(line === `${component}: ${value}`, () => `${section} ${component}: ${line ?? answers[i].error ?? answers[i].reason}`);
  });
  failures.assert_none();
});

/** @param {SignedExample} example */
function signed_message({ message, request, scheme, label }) {
  return { message_b64: base64(message), ...(request && { request_b64: base64(request) }), scheme, label };
}

/**
 * RFC 9421 section 2.2.7 gives the value "?" for a request without a query; the vector pairs it with the section's message,
 * which has one.
 * @param {ComponentExample} each
 */
function without_query(each) {
  if (each.component !== '"@query"' || each.value !== '?') return each;
  return { ...each, message: each.message.replace(/\?\S*/, '') };
}

/** The example as a whole message whose one signature covers the one component. @param {ComponentExample} example */
function message_with_component({ component, message, request, scheme, fields_only }) {
  const whole = fields_only ? `GET / HTTP/1.1\n${message}` : message;
  const end = whole.indexOf('\n\n');
  const [head, body] = end < 0 ? [whole, ''] : [whole.slice(0, end), whole.slice(end + 2)];
  const trailers = /\nTransfer-Encoding: chunked/.test(head) ? '\n\n' : '';
  const signed = `${head}\nSignature-Input: sig=(${component});created=1618884473\nSignature: sig=:AAAA:\n\n${body}${trailers}`;
  return {
    message_b64: base64(with_crlf(signed)),
    ...(request && { request_b64: base64(with_crlf(request.includes('\n\n') ? request : `${request}\n\n`)) }),
    scheme,
    label: 'sig',
  };
}

/** @param {string | undefined} base_base64 */
function first_line(base_base64) {
  return base_base64 && Buffer.from(base_base64, 'base64').toString().split('\n')[0];
}
