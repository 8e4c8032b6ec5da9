// What the probe cannot take is an error that names the argument: never a crash, and never an answer to another question.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, ask_lines } from '../support/probes.mjs';
import { base64 } from '../support/vectors.mjs';
import { POLICY } from './samples.mjs';

const MIB = 1 << 20;
const ROUTE = { policy: POLICY, method: 'GET', host: 'app.example.com', target: '/' };
const MESSAGE = { message_b64: base64('GET / HTTP/1.1\r\n\r\n'), label: 's' };
const VERIFY = { ...MESSAGE, key: { kty: 'oct', k: 'x' }, alg: 'hmac-sha256' };

/** @type {[op: string, arguments: object, error: string][]} */
const MISTAKES = [
  ['route', { ...ROUTE, policy: undefined }, 'policy is missing'],
  ['route', { ...ROUTE, policy: null }, 'policy is missing'],
  ['route', { ...ROUTE, target_b64: '%%' }, 'target_b64 is not base64'],
  ['route', { ...ROUTE, target: 7 }, 'target is not text'],
  ['route', { ...ROUTE, method: 7 }, 'method is not text'],
  ['route', { ...ROUTE, host: ['app.example.com'] }, 'host is not text'],
  ['decide', { policy: POLICY }, 'request is missing or not an object'],
  ['decide', { request: {} }, 'policy is missing'],
  ['decide', { policy: POLICY, request: {}, identity: 'alice' }, 'identity is not an object'],
  ['decide', { policy: POLICY, request: {}, identity: { kind: 'robot' } }, 'kind is not a kind of identity'],
  ['decide', { policy: POLICY, request: {}, identity: { groups: [7] } }, 'groups is not text or a list of texts'],
  ['decide', { policy: POLICY, request: {}, identity: { claims: [] } }, 'claims is not an object'],
  ['decide', { policy: POLICY, request: {}, identity: { email_verified: 'yes' } }, 'email_verified is not true or false'],
  ['decide', { policy: POLICY, request: { time: 'today' } }, 'time is not RFC 3339 text or a number'],
  ['decide', { policy: POLICY, request: { target_b64: '!' } }, 'target_b64 is not base64'],
  ['decide', { policy: POLICY, request: { headers: 'a: b' } }, 'headers is not an object or a list'],
  ['httpsig_base', { ...MESSAGE, message_b64: undefined }, 'message_b64 is missing'],
  ['httpsig_base', { ...MESSAGE, request_b64: '!' }, 'request_b64 is not base64'],
  ['httpsig_base', { ...MESSAGE, scheme: 443 }, 'scheme is not text'],
  ['httpsig_verify', { ...VERIFY, key: 'secret' }, 'key is not an object'],
  ['httpsig_verify', { ...VERIFY, alg: 7 }, 'alg is not text'],
  ['httpsig_verify', { ...VERIFY, now: 'today' }, 'now is not a number'],
  ['httpsig_verify', { ...VERIFY, skew: '5' }, 'skew is not a number'],
  ['edge', { request: { host: 'app.example.com' } }, 'policy is missing'],
  ['edge', { policy: POLICY, request: { target_b64: '!' } }, 'target_b64 is not base64'],
  ['edge', { policy: POLICY, request: { host: 7 } }, 'host is not text'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com' }, now: 'today' }, 'now is not a number'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com', country: 5 } }, 'country is not text'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com' }, context: ['KP'] }, 'context is not an object'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com' }, context: { asn: 'x' } }, 'asn is not a number'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com', fields: 5 } }, 'fields is not an object or a list'],
  ['edge', { policy: POLICY, request: { host: 'app.example.com', body_state: 5 } }, 'body_state is not text'],
  ['jwt', { token: 'a.b.c', jwks: { keys: [] } }, 'now is missing'],
  ...Object.entries({
    issuer: ['text', 5],
    typ: ['text', 5],
    audience: ['text or a list of texts', 5],
    skew: ['a number', '5'],
    max_lifetime: ['a number', '1'],
    require_exp: ['true or false', 'no'],
  }).map(
    ([name, [shape, given]]) =>
      /** @type {[string, object, string]} */ ([
        'jwt',
        { token: 'a.b.c', jwks: { keys: [] }, now: 0, [name]: given },
        `${name} is not ${shape}`,
      ]),
  ),
  ['origin', {}, 'policy is missing'],
  ['origin', { policy: POLICY, message_b64: '!' }, 'message_b64 is not base64'],
  ['origin', { policy: POLICY, skew: '5' }, 'skew is not a number'],
  ['origin', { policy: POLICY, channel_secret_b64: '!' }, 'channel_secret_b64 is not base64'],
  ['origin', { policy: POLICY, earlier: {} }, 'earlier is not a list of objects'],
  ['origin', { policy: POLICY, earlier: [7] }, 'earlier is not a list of objects'],
  ['origin', { policy: POLICY, earlier: [{ skew: '5' }] }, 'skew is not a number'],
  ['aws', {}, 'op is missing'],
  ['aws', { op: 'wake', in: [] }, 'in is not an object'],
];

test('an argument of the wrong shape is named, not taken for absent', async () => {
  const answers = await ask(MISTAKES.map(([op, given]) => ({ op, in: given })));
  answers.forEach(({ error }, i) => assert.equal(error, MISTAKES[i][2], JSON.stringify(MISTAKES[i])));
});

test('a line that is no request is an error, and the next one is answered', async () => {
  const lines = [
    '',
    ' ',
    '{',
    'null',
    '[]',
    '{}',
    '{"op":"path"}',
    '{"op":"nope","in":{}}',
    '{"op":7,"in":{}}',
    '\u0000',
    '['.repeat(MIB),
    `{"op":"${'x'.repeat(33 * MIB)}"}`,
  ];
  const answers = await ask_lines([...lines, JSON.stringify({ id: 1, op: 'path', in: { target: '/', target_b64: base64('/') } })]);
  answers.slice(0, -1).forEach((answer, i) => assert.match(JSON.parse(answer).error, /./, lines[i].slice(0, 40)));
  assert.equal(JSON.parse(answers[answers.length - 1]).reason, 'ok');
  assert.equal(JSON.parse(answers[answers.length - 2]).error, 'not JSON: json_too_large');
});

test('the largest line fits into the memory of a Wasm module, however many values it holds', { timeout: 120_000 }, async () => {
  const [answer] = await ask_lines([`{"op":"path","in":{"a":[${'0,'.repeat(15 * MIB)}0]}}`]);
  assert.equal(JSON.parse(answer).error, 'target_b64 is missing or not base64');
});
