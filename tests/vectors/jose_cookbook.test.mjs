// The JOSE cookbook (RFC 7520, RFC 7797, RFC 8037): compact signatures verify; detached content, unencoded payloads, JSON
// serializations and several signatures are refused by name.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask } from '../support/probes.mjs';
import { base64, list_vectors, read_vectors, vectors_absent } from '../support/vectors.mjs';

const COMPACT = ['4_1.rsa_v15_signature', '4_2.rsa-pss_signature', '4_3.ecdsa_signature', '4_4.hmac-sha2_integrity_protection']
  .map((name) => `jose-cookbook/jws/${name}.json`)
  .concat('jose-cookbook/curve25519/jws.json');

test('compact signatures of the cookbook verify, with their payload', { skip: vectors_absent }, async () => {
  const cases = COMPACT.map((path) => read_vectors(path));
  const answers = await ask(cases.map(({ input, output }) => ({ op: 'jws', in: { jws: output.compact, jwks: input.key } })));
  cases.forEach(({ title, input }, i) => {
    assert.equal(answers[i].reason, 'ok', title);
    assert.equal(answers[i].out.payload_b64, base64(input.payload), title);
  });
});

test('detached content is refused', { skip: vectors_absent }, async () => {
  const { input, output } = read_vectors('jose-cookbook/jws/4_5.signature_with_detached_content.json');
  const [answer] = await ask([{ op: 'jws', in: { jws: output.compact, jwks: input.key } }]);
  assert.equal(answer.reason, 'jws_serialization_unsupported');
});

test('JSON serializations and several signatures are refused', { skip: vectors_absent }, async () => {
  const paths = [...list_vectors('jose-cookbook/jws'), 'jose-cookbook/curve25519/jws.json', ...list_vectors('jose-cookbook/rfc7797')];
  const forms = paths.flatMap((path) => {
    const { input, output } = read_vectors(path);
    const jwks = [input.key].flat()[0];
    return [output.json, output.json_flat].filter(Boolean).map((form) => ({ op: 'jws', in: { jws: JSON.stringify(form), jwks } }));
  });
  assert.ok(forms.length >= 20, `${forms.length} forms`);
  for (const answer of await ask(forms)) assert.equal(answer.reason, 'jws_serialization_unsupported');
});

test('an unencoded payload (RFC 7797) is refused by name', { skip: vectors_absent }, async () => {
  const { input, output } = read_vectors('jose-cookbook/rfc7797/hmac-sha2_b64_false.json');
  const [answer] = await ask([{ op: 'jws', in: { jws: output.compact, jwks: input.key } }]);
  assert.equal(answer.reason, 'jws_b64_unsupported');
});

test('an unencoded payload (RFC 7797) is refused in every form', { skip: vectors_absent }, async () => {
  const compact = list_vectors('jose-cookbook/rfc7797').flatMap((path) => {
    const { input, signing, output } = read_vectors(path);
    const forms = [
      output.compact,
      `${signing.protected_b64u}..${signing.sig}`,
      `${signing.protected_b64u}.${base64(input.payload)}.${signing.sig}`,
    ];
    return forms.filter(Boolean).map((jws) => ({ op: 'jws', in: { jws, jwks: input.key } }));
  });
  assert.ok(compact.length >= 4);
  for (const answer of await ask(compact))
    assert.match(answer.reason ?? '', /^jws_(b64_unsupported|crit_unknown|malformed|header_invalid)$/);
});
