// One resource, one route, in every build: of generated targets, those that a server maps to one resource take the same route
// or are refused; natively and in Wasm alike. The models of the servers are those of tests/shared/policy/reading_models_test.cpp,
// written a second time, so that a mistake of one is not a mistake of both.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask } from '../support/probes.mjs';
import { Random } from './random.mjs';

const SEED = 20260802;
const COUNT = 4_000;

const POLICY = {
  name: 'paths',
  edge: { issuer: 'https://edge.example' },
  issuers: { idp: { issuer: 'https://idp.example', audiences: ['a'] } },
  services: { app: { origin: 'https://origin.example', signature: 'ed25519' } },
  routes: /** @type {[string, string, {allow: string[]}?][]} */ ([
    ['site', '/site/**'],
    ['admin', '/site/admin/**'],
    ['report', '/site/:year/report'],
    ['loose', '/loose/**', { allow: ['%2F', '//', ';'] }],
    ['loose-admin', '/loose/admin/**', { allow: ['%2F', '//', ';'] }],
  ]).map(([id, pattern, more]) => ({
    id,
    host: 'app.example',
    path: more ? { pattern, ...more } : pattern,
    service: 'app',
    allow: "'staff' in identity.groups",
  })),
};

const SEGMENTS = [
  'admin',
  'report',
  '2026',
  'x',
  'Admin',
  'ADMIN',
  '%61dmin',
  'admi%6E',
  'admin.',
  'admin%20',
  'admin.json',
  'admin;v=1',
  'admin%3Bv',
];
const ODD = [
  '',
  '.',
  '..',
  '%2E',
  '%2e%2e',
  ';',
  ';x',
  '.;x',
  '..;',
  '%2F',
  'a%2Fadmin',
  '%2Fadmin',
  'a\\admin',
  '%5Cadmin',
  'admin%00',
  '%C0%AEadmin',
  'x%252Fy',
];

/** @param {Random} random */
function target(random) {
  const segments = Array.from({ length: 1 + random.below(3) }, () => random.one_of(random.once_in(3) ? ODD : SEGMENTS));
  return `/${random.one_of(['site', 'site', 'loose', 'Site', 'sit%65'])}/${segments.join('/')}${random.once_in(8) ? '/' : ''}`;
}

/** Bytes as characters, as servers that decode once see them; undefined: no server takes it. @param {string} path */
const decoded = (path) => path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
/** @param {string} path */
const merged = (path) => path.replace(/\/+/g, '/');
/** @param {string} path */
const without_parameters = (path) => path.replace(/;[^/]*/g, '');
/** @param {string} path */
const without_last_slash = (path) => path.replace(/(?<=.)\/+$/, '');
/** Dot segments resolved. @param {string} path */
function resolved(path) {
  const out = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}`;
}

/** What each server takes a target for. @type {Record<string, (path: string) => string>} */
const servers = {
  tomcat: (path) => resolved(merged(decoded(without_parameters(path)).replaceAll('\\', '/'))),
  jetty: (path) => resolved(decoded(without_parameters(path))),
  spring: (path) => without_last_slash(resolved(merged(decoded(without_parameters(path))))).replace(/\.[^./]*$/, ''),
  iis: (path) =>
    without_last_slash(
      resolved(decoded(path.replace(/%2f/gi, '%252F')).replaceAll('\\', '/'))
        .toLowerCase()
        .replace(/[. ]+(?=\/|$)/g, ''),
    ),
  express: (path) => without_last_slash(path).toLowerCase(),
  go: (path) => without_last_slash(resolved(merged(decoded(path)))),
  rails: (path) =>
    without_last_slash(merged(path))
      .replace(/%[0-9a-f]{2}/gi, (hex) => hex.toUpperCase())
      .replace(/\.[^./]*$/, ''),
  django: (path) => without_last_slash(decoded(path)),
  nginx: (path) => resolved(merged(decoded(path))),
};

test(`${COUNT} targets of seed ${SEED}: what a server takes for one resource takes one route, or is refused`, async (context) => {
  const random = new Random(SEED);
  const targets = [...new Set(Array.from({ length: COUNT }, () => target(random)))];
  const answers = await ask(
    targets.map((each) => ({
      op: 'route',
      in: { policy: POLICY, method: 'GET', host: 'app.example', target_b64: Buffer.from(each, 'latin1').toString('base64') },
    })),
  );
  const routed = targets.flatMap((each, i) => (answers[i].reason === 'ok' ? [{ target: each, route: answers[i].out.route }] : []));
  const reasons = new Set(answers.map(({ reason, error }) => reason ?? error));
  context.diagnostic(`${routed.length} of ${targets.length} take a route; ${[...reasons].join(', ')}`);
  assert.ok(routed.length > targets.length / 10 && new Set(routed.map(({ route }) => route)).size === POLICY.routes.length);
  for (const [server, resource_of] of Object.entries(servers)) {
    /** @type {Map<string, {target: string, route: string}>} */
    const seen = new Map();
    for (const one of routed) {
      const resource = resource_of(one.target);
      const other = seen.get(resource) ?? one;
      assert.equal(one.route, other.route, `${server} takes ${one.target} and ${other.target} for ${resource}`);
      seen.set(resource, other);
    }
  }
});
