// RFC 9530's own examples: digests of the algorithms that we know match their bodies, and those of the others are refused.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask } from '../support/probes.mjs';
import { base64, read_vectors, vectors_absent } from '../support/vectors.mjs';

/** @typedef {{content: string, samples: Digest[], messages: (Digest & {body_b64: string})[]}} Digests */
/** @typedef {{alg: string, value: string}} Digest */

const KNOWN = new Set(['sha-256', 'sha-512']);

test('RFC 9530: the digests of 13 messages and 8 samples', { skip: vectors_absent }, async () => {
  const { content, samples, messages } = /** @type {Digests} */ (read_vectors('rfc9530/digest.json'));
  assert.deepEqual([messages.length, samples.length], [13, 8]);
  // The samples of the RFC are over the content without its last line feed.
  const sampled = base64(content.trimEnd());
  const cases = [
    ...messages.map(({ alg, value, body_b64: body }) => ({ alg, field: value, body_b64: body })),
    ...samples.map(({ alg, value }) => ({ alg, field: `${alg}=${value}`, body_b64: sampled })),
  ];
  const right = await ask(cases.map(({ field, body_b64 }) => ({ op: 'digest', in: { field, body_b64 } })));
  const changed = await ask(
    cases.map(({ field, body_b64 }) => ({ op: 'digest', in: { field, body_b64: base64(`${Buffer.from(body_b64, 'base64')}x`) } })),
  );
  cases.forEach(({ alg, field }, i) => {
    assert.equal(right[i].reason, KNOWN.has(alg) ? 'ok' : 'digest_unsupported', field);
    assert.equal(changed[i].reason, KNOWN.has(alg) ? 'digest_mismatch' : 'digest_unsupported', field);
  });
});
