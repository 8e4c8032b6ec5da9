// Browsers ask before a page of another origin may call, and have no credential then: the route that docs/reference/policy.md shows lets
// that through, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edge_issuer, start_edge } from '../support/edge.mjs';
import { fences_of, parse_jsonc } from '../support/fences.mjs';

const shown =
  fences_of('docs/reference/policy.md')
    .map(({ text }) => text)
    .find((text) => text.includes('"api-preflight"')) ?? '';

/** @param {string} issuer @param {string} origin */
const policy = (issuer, origin) =>
  JSON.stringify({
    name: 'test',
    edge: { issuer: edge_issuer },
    issuers: { okta: { issuer, audiences: ['api://acme'] } },
    services: { reports: { origin } },
    routes: [
      parse_jsonc(shown),
      {
        id: 'api',
        host: 'reports.acme.example',
        path: '/api/**',
        methods: ['GET'],
        service: 'reports',
        allow: "'finance' in identity.groups",
      },
    ],
  });

test('a preflight reaches the app without a credential, with what it asks for; the request that it is about does not', async () => {
  const edge = await start_edge({ policy });
  try {
    const headers = { host: 'reports.acme.example', origin: 'https://app.example', 'access-control-request-method': 'GET' };
    assert.equal((await edge.send('/api/2026', { method: 'OPTIONS', headers })).status, 200);
    const { method, fields } = edge.origin.last();
    assert.equal(method, 'OPTIONS');
    for (const name of ['origin', 'access-control-request-method'])
      assert.ok(
        fields.some(([each]) => each === name),
        name,
      );
    assert.equal((await edge.send('/api/2026', { headers })).status, 401);
    assert.equal((await edge.send('/other', { method: 'OPTIONS', headers })).status, 401);
    assert.equal(edge.origin.seen.length, 1);
  } finally {
    await edge.stop();
  }
});
