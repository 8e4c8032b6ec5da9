// What a refused caller sees: RFC 9457 problems, pages, challenges, and one audit line for each decision.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignJWT, generateSecret } from 'jose';
import { start_edge } from '../support/edge.mjs';
import { send_raw } from '../../demo/parts/raw_http.mjs';
import { prefers_html } from '../../worker-shim/pages/respond.js';

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
before(async () => {
  edge = await start_edge();
});
after(() => edge.stop());

test('a refusal is a problem document under the id of its audit line', async () => {
  const received = await edge.send('/x');
  assert.equal(received.status, 401);
  assert.equal(received.headers['content-type'], 'application/problem+json');
  assert.equal(received.headers['cache-control'], 'no-store');
  const id = received.headers['sallyport-request-id'];
  assert.deepEqual(JSON.parse(received.body.toString()), {
    code: 'credential_required',
    request_id: id,
    status: 401,
    title: 'Unauthorized',
  });
  const { decision, reason } = await edge.audited(received);
  assert.deepEqual([decision, reason], ['deny', 'credential_missing']);
});

test('a 401 carries a challenge; a bad token is told apart from none', async () => {
  assert.match(String((await edge.send('/x')).headers['www-authenticate']), /^Bearer/);
  const received = await edge.send('/x', { headers: { authorization: 'Bearer not-a-token' } });
  assert.equal(received.status, 401);
  assert.match(String(received.headers['www-authenticate']), /^Bearer.*error="invalid_token"/);
});

test('a 403 has no challenge and does not say why', async () => {
  const token = await edge.issuer.token({ groups: ['sales'] });
  const received = await edge.send('/x', { headers: { authorization: `Bearer ${token}` } });
  assert.equal(received.status, 403);
  assert.equal(received.headers['www-authenticate'], undefined);
  assert.equal(JSON.parse(received.body.toString()).code, 'denied');
  assert.equal((await edge.audited(received)).reason, 'policy_not_allowed');
});

test('a browser gets a page: whole, without script, with the request id', async () => {
  const received = await edge.send('/x', { headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } });
  assert.equal(received.status, 401);
  assert.equal(received.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(received.headers['www-authenticate']), /^Bearer/);
  const page = received.body.toString();
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.ok(page.includes(String(received.headers['sallyport-request-id'])));
  assert.doesNotMatch(page, /<script|https?:\/\//);
  assert.match(String(received.headers['content-security-policy']), /default-src 'none'/);
});

test('HEAD is refused without a body', async () => {
  const received = await edge.send('/x', { method: 'HEAD' });
  assert.deepEqual([received.status, received.body.length], [401, 0]);
});

test('every bad token has its own reason in the audit, and the caller sees 401', async () => {
  const now = Math.floor(Date.now() / 1000);
  const none = (/** @type {string} */ token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
  const token = await edge.issuer.token();
  const symmetric = await new SignJWT({ iss: edge.issuer.issuer, aud: 'api://acme', exp: now + 60 })
    .setProtectedHeader({ alg: 'HS256', kid: 'first' })
    .sign(await generateSecret('HS256'));
  const cases = /** @type {[string, string][]} */ ([
    [await edge.issuer.token({ exp: now - 600, iat: now - 1200 }), 'jwt_expired'],
    [await edge.issuer.token({ aud: 'api://other' }), 'jwt_audience_mismatch'],
    [await edge.issuer.token({ iss: 'https://evil.example' }), 'issuer_unknown'],
    [await edge.issuer.token({ nbf: now + 600 }), 'jwt_not_yet_valid'],
    [none(token), 'jws_alg_none'],
    [`${token.slice(0, -4)}AAAA`, 'jws_signature_invalid'],
    [symmetric, 'jws_alg_not_allowed'],
  ]);
  for (const [bad, reason] of cases) {
    const received = await edge.send('/x', { headers: { authorization: `Bearer ${bad}` } });
    assert.deepEqual([received.status, (await edge.audited(received)).reason], [401, reason]);
  }
  assert.equal(edge.origin.seen.length, 0);
});

test('audit lines hold no token, no query and no cookie', async () => {
  const token = await edge.issuer.token();
  const [, , signature] = token.split('.');
  const received = await edge.send('/x?secret=1', { headers: { authorization: `Bearer ${token}`, cookie: 'session=abcdef' } });
  await edge.audited(received);
  assert.ok(!edge.worker.output().includes(signature));
  assert.ok(!edge.worker.output().includes('secret=1'));
  assert.ok(!edge.worker.output().includes('abcdef'));
});

test('no route and an unknown host are denied, to callers who are known', async () => {
  const authorization = `Bearer ${await edge.issuer.token()}`;
  const received = await edge.send('/x', { headers: { host: 'elsewhere.acme.example', authorization } });
  assert.deepEqual([received.status, (await edge.audited(received)).reason], [403, 'route_not_found']);
  assert.equal((await edge.send('/x', { headers: { host: 'elsewhere.acme.example' } })).status, 401);
});

test('a route for anonymous callers takes one without a credential, and still refuses a bad one', async () => {
  assert.equal((await edge.send('/open/x')).status, 200);
  assert.equal((await edge.send('/open/x', { headers: { authorization: 'Bearer a.b.c' } })).status, 401);
});

test('ambiguous paths are refused before anything else', async () => {
  for (const path of ['/a%2fb', '/a%5cb', '/a//b', '/a%00b', '/a%zz']) {
    const received = await edge.send(path);
    assert.equal(received.status, 400, path);
  }
});

test('a WebSocket upgrade is refused by name', async () => {
  const authorization = `Bearer ${await edge.issuer.token()}`;
  const received = await send_raw(
    edge.worker.port,
    [
      'GET /x HTTP/1.1',
      'Host: app.acme.example',
      `Authorization: ${authorization}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n'),
  );
  assert.equal(received.status, 501);
  assert.equal((await edge.audited({ headers: Object.fromEntries(received.fields) })).reason, 'framing_upgrade_unsupported');
});

test('an origin that does not answer is a 502 under the id of the decision', async () => {
  const lonely = await start_edge();
  try {
    await lonely.origin.stop();
    const received = await lonely.send_as_alice('/x');
    assert.equal(received.status, 502);
    assert.equal(JSON.parse(received.body.toString()).code, 'upstream_unavailable');
    assert.equal((await lonely.audited(received)).decision, 'allow');
  } finally {
    await lonely.stop();
  }
});

test('our own documents: keys without private parts, discovery, status', async () => {
  // With its port: the issuer is https, and the test comes by http.
  const issuer = { headers: { host: 'edge.acme.example:443' } };
  const keys = JSON.parse((await edge.send('/.well-known/jwks.json', issuer)).body.toString()).keys;
  assert.deepEqual(
    keys.map((/** @type {any} */ { kid, alg, d }) => [kid, alg, d]),
    [['edge-1', 'ES256', undefined]],
  );
  const discovery = JSON.parse((await edge.send('/.well-known/openid-configuration', issuer)).body.toString());
  assert.deepEqual(
    [discovery.issuer, discovery.jwks_uri],
    ['https://edge.acme.example', 'https://edge.acme.example/.well-known/jwks.json'],
  );
  const status = JSON.parse((await edge.send('/.sallyport/status')).body.toString());
  assert.deepEqual([status.policy.name, status.keys], ['test', ['edge-1']]);
  const head = await edge.send('/.sallyport/status', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
});

test('HTML is for those who prefer it', () => {
  assert.ok(prefers_html('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'));
  assert.ok(prefers_html('application/json;q=0.5, text/html;q=0.9'));
  assert.ok(prefers_html('text/*'));
  for (const accept of [
    '',
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0',
    'text/html;q=0.5, application/problem+json',
    'text/html;q=0.1, */*',
    'application/*, text/html;q=0.2',
  ]) {
    assert.ok(!prefers_html(accept), accept);
  }
});
