// RFC 9421's own examples: the signature base of each message, whether its signature verifies, and the value of each
// component.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Failures, ask } from '../support/probes.mjs';
import { base64, readVectors, vectorsAbsent, withCrlf } from '../support/vectors.mjs';

test('RFC 9421: 20 signatures have the base of the RFC and verify as the RFC says', { skip: vectorsAbsent }, async () => {
  const cases = readVectors('rfc9421/signatures.json');
  const keys = readVectors('rfc9421/keys.json');
  assert.equal(cases.length, 20);
  const bases = await ask(cases.map((each) => ({ op: 'httpsig_base', in: signedMessage(each) })));
  const verdicts = await ask(
    cases.map((each) => ({ op: 'httpsig_verify', in: { ...signedMessage(each), key: keys[each.key].jwk, alg: each.alg } })),
  );
  const failures = new Failures();
  cases.forEach(({ id, signature_base: base, expect_valid: valid }, i) => {
    const seen = bases[i].out?.base_b64;
    failures.expect(
      base === null || seen === base64(base),
      () => `${id}: base is ${bases[i].error ?? bases[i].reason}: ${seen && Buffer.from(seen, 'base64')}`,
    );
    failures.expect(
      (verdicts[i].reason === 'ok') === valid && verdicts[i].error === undefined,
      () => `${id}: ${verdicts[i].error ?? verdicts[i].reason}`,
    );
  });
  failures.assertNone();
});

test('RFC 9421: a changed base, another key and another algorithm never verify', { skip: vectorsAbsent }, async () => {
  const keys = readVectors('rfc9421/keys.json');
  const cases = readVectors('rfc9421/signatures.json').filter((each) => each.expect_valid);
  const wrong = cases.flatMap((each) => [
    { ...signedMessage(each), key: keys[each.key].jwk, alg: each.alg === 'ed25519' ? 'hmac-sha256' : 'ed25519' },
    { ...signedMessage(each), key: keys[each.key === 'test-key-ed25519' ? 'test-key-ecc-p256' : 'test-key-ed25519'].jwk, alg: each.alg },
    { ...signedMessage({ ...each, message: each.message.replaceAll('created=1', 'created=2') }), key: keys[each.key].jwk, alg: each.alg },
  ]);
  const answers = await ask(wrong.map((each) => ({ op: 'httpsig_verify', in: each })));
  answers.forEach((answer, i) => assert.notEqual(answer.reason, 'ok', JSON.stringify(wrong[i])));
});

test('RFC 9421: 56 components have the value of the RFC', { skip: vectorsAbsent }, async () => {
  const cases = readVectors('rfc9421/components.json').map(withoutQuery);
  assert.equal(cases.length, 56);
  const answers = await ask(cases.map((each) => ({ op: 'httpsig_base', in: messageWithComponent(each) })));
  const failures = new Failures();
  cases.forEach(({ section, component, value }, i) => {
    const line = firstLine(answers[i].out?.base_b64);
    failures.expect(line === `${component}: ${value}`, () => `${section} ${component}: ${line ?? answers[i].error ?? answers[i].reason}`);
  });
  failures.assertNone();
});

function signedMessage({ message, request, scheme, label }) {
  return { message_b64: base64(message), ...(request && { request_b64: base64(request) }), scheme, label };
}

/**
 * RFC 9421 section 2.2.7 gives the value "?" for a request without a query; the vector pairs it with the section's message,
 * which has one.
 */
function withoutQuery(each) {
  if (each.component !== '"@query"' || each.value !== '?') return each;
  return { ...each, message: each.message.replace(/\?\S*/, '') };
}

/** The example as a whole message whose one signature covers the one component. */
function messageWithComponent({ component, message, request, scheme, fields_only: fieldsOnly }) {
  const whole = fieldsOnly ? `GET / HTTP/1.1\n${message}` : message;
  const end = whole.indexOf('\n\n');
  const [head, body] = end < 0 ? [whole, ''] : [whole.slice(0, end), whole.slice(end + 2)];
  const trailers = /\nTransfer-Encoding: chunked/.test(head) ? '\n\n' : '';
  const signed = `${head}\nSignature-Input: sig=(${component});created=1618884473\nSignature: sig=:AAAA:\n\n${body}${trailers}`;
  return {
    message_b64: base64(withCrlf(signed)),
    ...(request && { request_b64: base64(withCrlf(request.includes('\n\n') ? request : `${request}\n\n`)) }),
    scheme,
    label: 'sig',
  };
}

function firstLine(baseBase64) {
  return baseBase64 && Buffer.from(baseBase64, 'base64').toString().split('\n')[0];
}
