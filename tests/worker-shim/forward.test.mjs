// What goes over the wire to the origin, and what comes back: every request that arrives there is verified by other
// people's code.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as http_request } from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { edge_issuer, start_edge } from '../support/edge.mjs';
import { verify_request } from '../support/independent.mjs';
import { values } from '../support/origin.mjs';
import { FAILURES_TO_OPEN } from '../../worker-shim/reach/breaker.js';

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
/** @type {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean | void} */
let answer = () => false;

before(async () => {
  edge = await start_edge({ answer: (request, response) => answer(request, response) });
});
after(() => edge.stop());

/** The last request at the origin, verified. */
async function verified() {
  const seen = edge.origin.last();
  const open = edge.signing_keys.map((/** @type {import('jose').JWK} */ { d, ...key }) => key);
  const { payload } = await verify_request(seen, { keys: open }, { issuer: edge_issuer, audience: 'sallyport:service:app' });
  return { seen, payload };
}

/** @param {Buffer} whole @param {number} size */
async function* pieces(whole, size) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

test('a GET arrives without a body, verified, with the identity that the route uses', async () => {
  const { status, headers } = await edge.send_as_alice('/reports?year=2026&x=%20');
  assert.equal(status, 200);
  const { seen, payload } = await verified();
  assert.deepEqual([seen.method, seen.target, seen.body.length], ['GET', '/reports?year=2026&x=%20', 0]);
  assert.deepEqual([payload.sub, payload.idp, payload.route, payload.groups], ['alice', 'okta', 'all', ['finance']]);
  assert.equal(payload.claims, undefined);
  assert.match(values(seen, 'sallyport-context')[0], new RegExp(`id="${headers['sallyport-request-id']}"`));
});

test('a request without a query is signed with the empty query', async () => {
  assert.equal((await edge.send_as_alice('/reports')).status, 200);
  assert.equal((await verified()).seen.target, '/reports');
});

test('a small body is covered by digest, type and length', async () => {
  const { status } = await edge.send_as_alice('/things', {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(status, 200);
  const { seen } = await verified();
  assert.equal(seen.body.toString(), '{"a":1}');
  assert.deepEqual(values(seen, 'content-length'), ['7']);
  assert.match(values(seen, 'signature-input')[0], /"content-digest" "content-type" "content-length"/);
});

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
  for (const [what, options] of /** @type {[string, object][]} */ ([
    ['no body', {}],
    ['an empty body', { body: '' }],
    ['an empty chunked body', { body: pieces(Buffer.alloc(0), 1) }],
  ])) {
    test(`${method} with ${what} arrives, verified, as a request without body`, async () => {
      const { status } = await edge.send_as_alice('/things', { method, ...options });
      assert.equal(status, 200);
      const { seen, payload } = await verified();
      assert.deepEqual([seen.method, seen.body.length, payload.body], [method, 0, undefined]);
    });
  }
}

for (const method of ['GET', 'HEAD']) {
  test(`${method} with a body is refused: the platform cannot send one on`, async () => {
    const before = edge.origin.seen.length;
    const received = await edge.send_as_alice('/things', { method, body: 'x' });
    assert.equal(received.status, 400);
    assert.equal(edge.origin.seen.length, before);
    assert.equal((await edge.told(received)).outcome.reason, 'framing_body_unexpected');
  });
}

test('a chunked body that is small enough is read and covered', async () => {
  const body = randomBytes(100_000);
  assert.equal((await edge.send_as_alice('/things', { method: 'PUT', body: pieces(body, 7_001) })).status, 200);
  const { seen } = await verified();
  assert.ok(seen.body.equals(body));
  assert.match(values(seen, 'signature-input')[0], /"content-digest"/);
});

test('a body above the limit streams, and the assertion says so', async () => {
  const body = randomBytes(3 << 20);
  assert.equal((await edge.send_as_alice('/things', { method: 'PUT', body })).status, 200);
  const { seen, payload } = await verified();
  assert.ok(seen.body.equals(body));
  assert.equal(payload.body, 'stream');
  assert.deepEqual(values(seen, 'content-length'), [String(body.length)]);
});

test('a chunked body above the limit streams from its first byte on', async () => {
  const body = randomBytes(3 << 20);
  assert.equal((await edge.send_as_alice('/things', { method: 'PUT', body: pieces(body, 60_000) })).status, 200);
  const { seen, payload } = await verified();
  assert.ok(seen.body.equals(body));
  assert.equal(payload.body, 'stream');
  assert.deepEqual(values(seen, 'transfer-encoding'), ['chunked']);
});

test('a body of a stream route is not read ahead: the origin has its first part before the last is sent', async () => {
  const arrived = Promise.withResolvers();
  answer = (request) => {
    request.once('data', () => arrived.resolve(undefined));
    return false;
  };
  async function* slowly() {
    yield Buffer.from('first');
    await arrived.promise;
    yield Buffer.from('last');
  }
  assert.equal((await edge.send_as_alice('/stream/x', { method: 'POST', body: slowly() })).status, 200);
  answer = () => false;
  const { seen, payload } = await verified();
  assert.deepEqual([seen.body.toString(), payload.body], ['firstlast', 'stream']);
});

test('an answer streams: the client has its first part before the origin sends the last', async () => {
  const received = Promise.withResolvers();
  answer = (_, response) => {
    response.write('first');
    received.promise.then(() => response.end('last'));
    return true;
  };
  const token = await edge.issuer.token();
  const sending = http_request({
    host: '127.0.0.1',
    port: edge.worker.port,
    path: '/events',
    headers: { host: 'app.acme.example', authorization: `Bearer ${token}` },
    agent: false,
  });
  sending.end();
  const [response] = await once(sending, 'response');
  const [first] = await once(response, 'data');
  assert.equal(String(first), 'first');
  received.resolve(undefined);
  const [last] = await once(response, 'data');
  assert.equal(String(last), 'last');
  answer = () => false;
  response.destroy();
});

test('what a client sends under our names never arrives, whatever its spelling', async () => {
  const forged = {
    'Sallyport-Subject': 'root',
    sallyport_subject: 'root',
    'SALLYPORT-ASSERTION': 'x',
    'Sallyport-Context': 'x',
    'X-Forwarded-For': '1.2.3.4',
    Forwarded: 'for=1.2.3.4',
    Signature: 'sallyport=:AAAA:',
    'Signature-Input': 'sallyport=()',
    'Content-Digest': 'sha-256=:AAAA:',
  };
  const { status } = await edge.send_as_alice('/x', { headers: forged });
  assert.equal(status, 200);
  const { seen } = await verified();
  for (const name of ['sallyport-subject', 'sallyport_subject', 'x-forwarded-for', 'forwarded', 'content-digest'])
    assert.deepEqual(values(seen, name), [], name);
  for (const name of ['sallyport-assertion', 'sallyport-context', 'signature', 'signature-input'])
    assert.equal(values(seen, name).length, 1, name);
});

test("the platform's own cache, which knows no identities, is kept out of the way to the origin", async () => {
  await edge.send_as_alice('/style.css');
  assert.deepEqual(values((await verified()).seen, 'cache-control'), ['no-cache']);
  await edge.send_as_alice('/style.css', { headers: { 'cache-control': 'max-age=5' } });
  assert.deepEqual(values((await verified()).seen, 'cache-control'), ['max-age=5']);
});

test('hop-by-hop fields and those that Connection names do not pass', async () => {
  const { status } = await edge.send_as_alice('/x', {
    headers: { connection: 'x-mine, sallyport-assertion', 'x-mine': '1', te: 'trailers', 'x-kept': '2' },
  });
  assert.equal(status, 200);
  const { seen } = await verified();
  assert.deepEqual([values(seen, 'x-mine'), values(seen, 'te'), values(seen, 'x-kept')], [[], [], ['2']]);
});

test('the credential that the edge checked does not go to the origin', async () => {
  await edge.send_as_alice('/x');
  assert.deepEqual(values((await verified()).seen, 'authorization'), []);
});

test('a field value beyond ASCII arrives as the bytes that were sent', async () => {
  const { status } = await edge.send_as_alice('/x', { headers: { 'x-name': Buffer.from('Zoë', 'utf8').toString('latin1') } });
  assert.equal(status, 200);
  const [value] = values((await verified()).seen, 'x-name');
  assert.equal(Buffer.from(value, 'latin1').toString('utf8'), 'Zoë');
});

test('status, cookies, redirects and unknown fields of the app come back as they are', async () => {
  answer = (_, response) => {
    response.writeHead(
      302,
      [
        ['Location', 'https://elsewhere.example/'],
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2; Path=/'],
        ['X-App', 'yes'],
        ['Sallyport-Request-Id', 'forged'],
      ].flat(),
    );
    response.end();
    return true;
  };
  const { status, headers } = await edge.send_as_alice('/x');
  answer = () => false;
  assert.equal(status, 302);
  assert.deepEqual(
    [headers.location, headers['set-cookie'], headers['x-app']],
    ['https://elsewhere.example/', ['a=1; Path=/', 'b=2; Path=/'], 'yes'],
  );
  assert.notEqual(headers['sallyport-request-id'], 'forged');
});

test('a compressed answer comes back compressed, byte for byte', async () => {
  const packed = gzipSync(Buffer.from('packed by the app'.repeat(100)));
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' });
    response.end(packed);
    return true;
  };
  const { headers, body } = await edge.send_as_alice('/x', { headers: { 'accept-encoding': 'gzip' } });
  answer = () => false;
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(body).toString(), 'packed by the app'.repeat(100));
});

test('HEAD has the length of the answer and no body; 204 and 304 have none either', async () => {
  for (const [method, status] of /** @type {[string, number][]} */ ([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])) {
    answer = (_, response) => {
      response.writeHead(status, status === 200 ? { 'Content-Length': '1234' } : { ETag: '"1"' });
      response.end();
      return true;
    };
    const received = await edge.send_as_alice('/x', { method });
    answer = () => false;
    assert.deepEqual([received.status, received.body.length], [status, 0]);
    if (method === 'HEAD') assert.equal(received.headers['content-length'], '1234');
  }
});

/** A client that leaves when its request has come to the origin, so that the platform sees it (an end alone may be half of a connection);
 * over when the origin has lost it, too.
 * @param {(response: import('node:http').ServerResponse) => void} begin what the origin does until then */
async function leave(begin) {
  const started = Promise.withResolvers();
  const ended = Promise.withResolvers();
  answer = (_, response) => {
    begin(response);
    response.on('close', () => ended.resolve(undefined));
    started.resolve(undefined);
    return true;
  };
  const token = await edge.issuer.token();
  const sending = http_request({
    host: '127.0.0.1',
    port: edge.worker.port,
    path: '/x',
    headers: { host: 'app.acme.example', authorization: `Bearer ${token}` },
    agent: false,
  });
  sending.on('error', () => {});
  sending.end();
  await started.promise;
  sending.socket?.resetAndDestroy();
  await ended.promise;
  answer = () => false;
}

test('a client that leaves ends the request to the origin', () => leave((response) => response.write('first')));

test('clients that leave before the answer, however many, end their requests and say nothing about the service', async () => {
  for (let i = 0; i < 2 * FAILURES_TO_OPEN; i += 1) await leave(() => {});
  assert.equal((await edge.send_as_alice('/x')).status, 200);
});

test('20 MiB go up and come down unchanged', async () => {
  const body = randomBytes(20 << 20);
  answer = (request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    request.pipe(response);
    return true;
  };
  const received = await edge.send_as_alice('/stream/echo', { method: 'POST', body: pieces(body, 1 << 16) });
  answer = () => false;
  const digest = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(digest(received.body), digest(body));
});

test('a field may have any name, also one that means something to JavaScript', async () => {
  const names = ['__proto__', 'constructor', 'hasownproperty', '7'];
  // Computed, because a literal __proto__ is none of these.
  const headers = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
  await edge.send_as_alice('/x', { headers });
  const seen = edge.origin.last();
  for (const name of names) assert.deepEqual(values(seen, name), [`value of ${name}`]);
});

test('each request has its own id, nonce and signature', async () => {
  await edge.send_as_alice('/x');
  await edge.send_as_alice('/x');
  const [one, other] = edge.origin.seen.slice(-2);
  for (const name of ['sallyport-context', 'signature-input', 'signature']) assert.notEqual(values(one, name)[0], values(other, name)[0]);
});
