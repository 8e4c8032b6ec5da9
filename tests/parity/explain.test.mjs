// `sallyport policy explain` says the same of a decision in every build: routes, conditions, and the value of each part.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask_lines } from '../support/probes.mjs';

const CONDITIONS = [
  'true',
  "'sre' in identity.groups && request.country != 'KP'",
  "identity.groups.exists(g, g.startsWith('x')) || identity.email.endsWith('@acme.example')",
  'identity.claims.level > 2.5',
  "identity.claims.absent == 'x'",
  "has(identity.email) ? request.time > timestamp('2026-01-01T00:00:00Z') : false",
  "request.headers.size() == 1 && request.params.id == 'q1'",
  "cidr('10.0.0.0/8').containsIP(ip(request.ip)) || !(request.asn in [64496, 64497])",
  'cel.bind(all, identity.claims, all.roles.map(r, r.size() > 1, r) == [])',
  "identity.groups.all(g, g == 'sre') && request.query['a'].size() == 2",
];
const CALLERS = [
  'anonymous',
  { issuer: 'idp', subject: 'alice', email: 'alice@acme.example', email_verified: true, groups: ['sre', 'staff'] },
  { token: { iss: 'https://id.example', sub: 'bob', level: 3, roles: ['admin', 'x'], nested: { a: [1, 2.5, null] } } },
  { issuer: 'nobody', subject: 'x' },
];
const REQUESTS = [
  'https://a.example/u/q1?a=1&a=2',
  { url: 'https://a.example/u/q1', ip: '10.1.2.3', country: 'KP', asn: 64496, headers: { 'x-team': 'é'.repeat(100) } },
  'POST https://a.example/U/q1',
  'https://b.example/',
  'https://a.example/u/../x',
];

function* questions() {
  for (const [at, allow] of CONDITIONS.entries()) {
    const deny = at % 2 === 0 ? {} : { deny: "request.country == 'KP'" };
    const shadow = at % 3 === 0 ? { shadow: { allow: 'false' } } : {};
    const policy = {
      edge: { issuer: 'https://e.example' },
      issuers: { idp: { issuer: 'https://id.example', audiences: ['a'], kind: 'user' } },
      services: { app: { origin: 'https://o.example', signed_headers: ['x-team'] } },
      routes: [
        { id: 'user', host: 'a.example', path: '/u/:id', service: 'app', anonymous: true, allow, ...deny, ...shadow },
        { id: 'rest', host: '*.example', path: '/**', methods: ['GET'], service: 'app', allow: 'true' },
      ],
    };
    for (const as of CALLERS) for (const request of REQUESTS) yield { policy, question: { as, request } };
  }
}

test('a decision is explained in the same words everywhere', { timeout: 300_000 }, async () => {
  const all = [...questions()];
  const answers = await ask_lines(all.map((input, id) => JSON.stringify({ id, op: 'explain', in: input })));
  const explained = answers.map((line) => JSON.parse(line)).filter((answer) => answer.reason === 'ok');
  assert.equal(explained.length, (all.length * 3) / 4, 'every question but those as a caller of no issuer');
  const results = new Set(explained.flatMap(({ out }) => out.conditions.map((/** @type {any} */ one) => one.result)));
  assert.deepEqual([...results].sort(), ['error', 'false', 'true']);
});
