// What authors of a policy are told is the same in every build: documents with a mistake each, asked of the native core, of
// the Wasm core in Node and in workerd.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask_lines } from '../support/probes.mjs';
import { POLICY } from './samples.mjs';

const CONDITIONS = [
  "identity.groups == 'sre'",
  "identity.groups in ['sre']",
  "has(identity.claims['https://acme.example/tier'])",
  "identity.claims.org-id == 'x'",
  "startsWith(identity.subject, 'x')",
  "identity.groups.exists('sre')",
  'true and false',
  "request.method = 'GET'",
  'not(true)',
  "identity.repository == 'x'",
  "user.email == 'x'",
  "request.headers['X-Team'] == 'a'",
  "request.headers.authorization == 'a'",
  "request.asn == '5'",
  "request.time > '2030-01-31T00:00:00Z'",
  "request.ip in cidr('10.0.0.0/8')",
  '\u2018sre\u2019 in identity.groups',
  'identity\u200b.subject == 1',
  'request.asn \u2265 5',
  '',
  "'open",
  "identity.email =~ '^a'",
  'if true',
  "regex.match('^x', identity.subject)",
  'identity.expires > 1790000000',
];

const TEXTS = [
  '',
  '{',
  '{}',
  '{}}',
  '{"routes":[],}',
  "{'routes':[]}",
  '{"name":"x" "routes":[]}',
  '{"name":x}',
  '# x',
  '{"allow":""sre" in x"}',
  '{"name":\u201cx\u201d}',
  '\ufeff{}',
  '{"name":"\\d"}',
  '{"name":"x\ny"}',
  '{"name":01}',
  '{"name":True}',
];

const ISSUERS = [
  { preset: 'auth0', audiences: ['a'] },
  { preset: 'okta', domain: 'https://acme.okta.com', audiences: ['a'] },
  { issuer: 'id.acme.example', audiences: 'a' },
  { issuer: 'https://id.example', audiences: ['a'], from: 'header:X-Goog-IAP-JWT-Assertion' },
  { issuer: 'https://id.example', aud: 'a' },
];

function documents() {
  const edge = { issuer: 'https://e.example' };
  const services = { app: { origin: 'https://a.example', signed_headers: ['X-Team'] } };
  const route = { id: 'r', host: 'a.example', path: '/u/:id', service: 'app' };
  return [
    ...CONDITIONS.map((allow) => ({ edge, services, routes: [{ ...route, allow }] })),
    ...ISSUERS.map((idp) => ({ edge, issuers: { idp }, routes: [] })),
    ...TEXTS,
    { edge, services, routes: [{ ...route, host: 'https://a.example', methods: 'GET', policy: 'true', allow: true }] },
  ];
}

test('every mistake in a policy gets the same words and an advice everywhere', { timeout: 300_000 }, async () => {
  const answers = await ask_lines(documents().map((policy, id) => JSON.stringify({ id, op: 'policy', in: { policy } })));
  for (const answer of answers.map((line) => JSON.parse(line))) {
    assert.notEqual(answer.reason, 'ok');
    for (const problem of answer.out.problems) assert.match(problem, /^\d+:\d+: .+ \(\$.*\); ./u);
  }
});

test('a policy that loads gives its digest', { timeout: 300_000 }, async () => {
  const [answer] = await ask_lines([JSON.stringify({ id: 1, op: 'policy', in: { policy: POLICY } })]);
  assert.match(JSON.parse(answer).out.digest, /^[\w-]{43}$/u);
});
