// The target that the edge signs is the one that fetch() sends, whatever characters it holds: in workerd alone, because
// miniflare's own Worker before it would spell targets anew.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start_plain_workerd } from '../../demo/parts/workerd.mjs';
import { start_agent } from '../../demo/parts/agent.mjs';
import { policy_for, signing_key } from '../support/edge.mjs';
import { start_origin } from '../support/origin.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { send_raw } from '../../demo/parts/raw_http.mjs';
import { deployed_options, edge_entry, edge_modules, root } from '../../demo/parts/worker.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-targets-'));
/** @type {{stop: () => Promise<void>}[]} */
const started = [];
/** @type {import('../support/origin.mjs').RunningOrigin} */
let app;
let edge_port = 0;

before(async () => {
  app = await start_origin();
  started.push(app);
  const port = await free_port();
  const policy = with_forms(policy_for('https://idp.acme.example', `http://127.0.0.1:${port}`));
  const { d, ...public_key } = await signing_key();
  const [policy_file, jwks_file] = [join(folder, 'policy.jsonc'), join(folder, 'jwks.json')];
  writeFileSync(policy_file, policy);
  writeFileSync(jwks_file, JSON.stringify({ keys: [public_key] }));
  started.push(
    await start_agent({ program: `${root}build/dev/sallyport`, service: 'app', upstream_port: app.port, policy_file, jwks_file, port }),
  );
  const { compatibilityDate, compatibilityFlags } = deployed_options('wrangler.toml');
  const bindings = {
    SALLYPORT_SIGNING_KEYS: JSON.stringify({ keys: [{ ...public_key, d }] }),
    SALLYPORT_SERVICE_SECRETS: '',
    SALLYPORT_BUILD: 'test',
  };
  const worker = await start_plain_workerd({ modules: edge_modules(edge_entry, policy), bindings, compatibilityDate, compatibilityFlags });
  started.push(worker);
  edge_port = worker.port;
});
after(async () => {
  await Promise.all(started.map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** The policy with a route that takes every form of a path. @param {string} text */
function with_forms(text) {
  const policy = JSON.parse(text);
  policy.routes.push({
    id: 'forms-guard',
    host: 'app.acme.example',
    path: '/forms/stream',
    service: 'app',
    allow: "'finance' in identity.groups",
  });
  policy.routes.push({
    id: 'forms',
    host: 'app.acme.example',
    path: { pattern: '/forms/**', allow: ['%2F', '//', ';'] },
    service: 'app',
    anonymous: true,
    allow: 'true',
  });
  return JSON.stringify(policy);
}

/** @param {string} target */
const get = (target) => send_raw(edge_port, `GET ${target} HTTP/1.1\r\nHost: app.acme.example\r\nConnection: close\r\n\r\n`);
/** @param {string} character */
const encoded = (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Every character that a path or a query may hold as it is (RFC 3986) but the semicolon, and what browsers may leave as it is in a path and in a query. */
const characters = [...`-._~!$&'()*+,=:@`];
const encoded_in_paths = [...'[]|^{}"`'];
const targets = [
  ...characters.map((character) => `/open/a${character}b`),
  ...[...characters, ...';/?[]{}|^`\\'].map((character) => `/open/?a=${character}b`),
  '/open',
  '/open/',
  '/open?',
  '/open/?',
  '/open/%25%2D%7e%c3%a9',
  '/open/?%25%2D%7e%c3%a9%00%2f%27',
  "/open/odata?$filter=name%20eq%20'x'",
  '/forms/a%2Fb',
  '/forms/a%2fb/%2F',
  '/forms/a//b',
  '/forms//',
  '/forms/a;b=c/d',
  '/forms/a%3Bb',
  '/forms/;//%2F;?a;b//c',
];

for (const target of targets) {
  test(`${target} passes the agent`, async () => {
    const before_it = app.seen.length;
    const answer = await get(target);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(app.seen.length, before_it + 1);
  });
}

test('every spelling of a character arrives at the app as the same one', async () => {
  for (const [spellings, arrives] of /** @type {[string[], string][]} */ ([
    ...characters.map((character) => [
      [`/open/a${character}b`, `/open/a${encoded(character)}b`, `/open/a${encoded(character).toLowerCase()}b`],
      `/open/a${character}b`,
    ]),
    ...encoded_in_paths.map((character) => [
      [`/open/a${character}b`, `/open/a${encoded(character)}b`, `/open/a${encoded(character).toLowerCase()}b`],
      `/open/a${encoded(character)}b`,
    ]),
    [['/open/chunks/[slug]/page.js'], '/open/chunks/%5Bslug%5D/page.js'],
    [['/forms/a%2fb', '/forms/a%2Fb'], '/forms/a%2Fb'],
    [['/forms/a;b//c%3bd'], '/forms/a;b//c%3Bd'],
  ])) {
    for (const spelling of spellings) {
      const answer = await get(spelling);
      assert.equal(answer.status, 200, `${spelling}: ${answer.body}`);
      assert.equal(app.last().target, arrives, spelling);
    }
  }
});

test('what servers could read differently is refused before the app', async () => {
  const before_it = app.seen.length;
  for (const target of [
    '/open/a%2Fb',
    '/open/a;b',
    '/open/a%3Bb',
    '/open//a',
    '/open/%0a',
    '/open/%7F',
    '/open/%C0%AF',
    '/forms%2Fa',
    '/forms/a%5Cb',
    '/forms/a%2F..%2Fb',
    '/Stream/a',
    '/forms//stream',
  ]) {
    assert.equal((await get(target)).status, 400, target);
  }
  assert.equal(app.seen.length, before_it);
});
