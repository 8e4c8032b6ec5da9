// The published Signature Version 4 cases (awslabs/aws-c-auth), header and query mode, at all four stages: canonical
// request, string to sign, signature, and the request that goes out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Failures, ask } from '../support/probes.mjs';
import { base64, read_vectors, vectors_absent } from '../support/vectors.mjs';

/**
 * A published case; what is expected at each stage stands under the mode and the stage, such as `header_signature`.
 * @typedef {Record<string, string> & {name: string, request: string, context: Context}} Vector
 * @typedef {{credentials: Record<string, string>, region: string, service: string, timestamp: string, normalize: boolean, sign_body: boolean,
 *   omit_session_token?: boolean, expiration_in_seconds: number}} Context
 */

const MODES = ['header', 'query'];
const STAGES = ['canonical_request', 'string_to_sign', 'signature'];

test('SigV4: 38 requests in both modes at every stage', { skip: vectors_absent }, async () => {
  const cases = published().flatMap((vector) => MODES.map((mode) => ({ vector, mode })));
  assert.equal(cases.length, 76);
  const answers = await ask(cases.map(({ vector, mode }) => ({ op: 'sigv4', in: signing(vector, mode) })));
  const failures = new Failures();
  cases.forEach(({ vector, mode }, i) => {
    const { reason, error, out = {} } = answers[i];
    const label = `${vector.name} (${mode})`;
    failures.expect(reason === 'ok', () => `${label}: ${reason ?? error}`);
    for (const stage of STAGES) {
      const expected = vector[`${mode}_${stage}`];
      failures.expect(out[stage] === expected, () => `${label}: ${stage}\n  is ${out[stage]}\n  not ${expected}`);
    }
    const sent = proof(vector[`${mode}_signed_request`], mode);
    failures.expect(out.signature === sent.signature, () => `${label}: signature of the request that is sent`);
    failures.expect(
      out.signed_headers === sent.signed_headers,
      () => `${label}: signed headers ${out.signed_headers}, not ${sent.signed_headers}`,
    );
  });
  failures.assert_none();
});

test('SigV4: another secret, time, region, service or body is another signature', { skip: vectors_absent }, async () => {
  const vector = published().find(({ name }) => name === 'post-x-www-form-urlencoded');
  assert.ok(vector);
  const base = signing(vector, 'header');
  const changed = [
    { ...base, credentials: { ...base.credentials, secret_access_key: 'other' } },
    { ...base, time: '2015-08-31T12:36:00Z' },
    { ...base, region: 'eu-west-1' },
    { ...base, service: 'ecs' },
    { ...base, request: { ...base.request, body_b64: base64('other') } },
  ];
  const [original, ...others] = await ask([base, ...changed].map((each) => ({ op: 'sigv4', in: each })));
  assert.equal(original.out.signature, vector.header_signature);
  const signatures = [original, ...others].map(({ out }) => out.signature);
  assert.equal(new Set(signatures).size, signatures.length);
});

const published = () => /** @type {Vector[]} */ (read_vectors('sigv4/sigv4.json'));

/** The probe's arguments for a vector. @param {Vector} vector @param {string} mode */
function signing({ request, context }, mode) {
  return {
    request: parsed(request),
    credentials: context.credentials,
    region: context.region,
    service: context.service,
    time: context.timestamp,
    options: {
      mode,
      normalize: context.normalize,
      sign_body: context.sign_body,
      omit_session_token: context.omit_session_token ?? false,
      expires: context.expiration_in_seconds,
    },
  };
}

/** The raw request of a vector: its target holds raw spaces and UTF-8, and field lines may be folded. @param {string} text */
function parsed(text) {
  const [head, ...body] = text.split('\n\n');
  const [line, ...lines] = head.split('\n').filter((each, i) => i === 0 || each !== '');
  const method = line.slice(0, line.indexOf(' '));
  const target = line.slice(line.indexOf(' ') + 1, line.lastIndexOf(' '));
  const [path, query = ''] = split(target, '?');
  /** @type {string[][]} */
  const headers = [];
  for (const each of lines) {
    const last = headers.at(-1);
    if (last && each.startsWith(' ')) last[1] += each;
    else headers.push(split(each, ':'));
  }
  return { method, path, query, headers, body_b64: base64(body.join('\n\n')) };
}

/** In two at the first `mark`. @param {string} text @param {string} mark */
function split(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What the published request carries to the service. @param {string} text @param {string} mode */
function proof(text, mode) {
  if (mode === 'query') {
    const query = new URLSearchParams(/\?(.*) HTTP\/1\.1/.exec(text)?.[1]);
    return { signature: query.get('X-Amz-Signature'), signed_headers: query.get('X-Amz-SignedHeaders') };
  }
  const [, signed_headers, signature] = /SignedHeaders=([^,]+), Signature=([0-9a-f]{64})/.exec(text) ?? [];
  return { signature, signed_headers };
}
