// Both halves of the product and what an app may say, on the whole path: workerd alone, the native agent, a raw app.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start_plain_path } from '../support/plain_path.mjs';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** By path, what the app says. @type {Record<string, string>} */
const said = {
  '/early-hints': `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${ok}`,
  '/many-interim': `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(30)}${ok}`,
  '/no-content-with-length': 'HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n',
  '/no-content-chunked': 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  '/chunked-in-capitals': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  '/reset-content': 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n',
  '/planted': 'HTTP/1.1 200 OK\r\nSet-Cookie: sid=evil; Domain=acme.example\r\nSet-Cookie: theme=dark\r\nContent-Length: 2\r\n\r\nok',
};

/** @type {Awaited<ReturnType<typeof start_plain_path>>} */
let path;
before(async () => {
  const issuers = { idp: { issuer: 'https://idp.acme.example', audiences: ['api'], from: ['authorization', 'cookie:sid'] } };
  path = await start_plain_path((head) => said[head.split(' ')[1] ?? ''] ?? ok, { issuers, service: { strip: ['X-Acme-*'] } });
});
after(() => path.stop());

/** The value of a field as the app saw it last, or undefined. @param {string} name */
const at_app = (name) => path.seen.at(-1)?.match(new RegExp(`^${name}: (.*?)\r?$`, 'im'))?.[1];

for (const [where, status] of Object.entries({
  '/early-hints': 200,
  '/many-interim': 200,
  '/no-content-with-length': 204,
  '/no-content-chunked': 204,
  '/chunked-in-capitals': 200,
  '/reset-content': 205,
})) {
  test(`${where.slice(1)} reaches the caller as ${status}`, async () => {
    const answer = await path.ask(where);
    assert.equal(answer.status, status, answer.body);
    assert.match(answer.body, status === 200 ? /ok/ : /^$/);
  });
}

test('an app cannot set the cookie in which the gate looks for tokens', async () => {
  const { fields } = await path.ask('/planted');
  assert.equal(fields.get('set-cookie'), 'theme=dark');
  assert.doesNotMatch(JSON.stringify([...fields]), /evil/);
  assert.match(path.agent.output(), /Set-Cookie of a credential's cookie was dropped/);
});

/** What the digest in the context covers, as clients send it. @type {[string, string, string][]} */
const authority = [
  ['Authorization', 'Basic YTpi', 'Basic YTpi'],
  ['Cookie', 'a=1; b="2"; c=ü', 'a=1; b="2"; c=ü'],
  ['Origin', 'https://app.acme.example', 'https://app.acme.example'],
  ['Origin', 'null', 'null'],
  ['Range', 'bytes=0-1, 4-', 'bytes=0-1, 4-'],
];
for (const [name, value, seen] of authority) {
  test(`${name}: ${value} passes workerd as it was signed`, async () => {
    const answer = await path.ask('/', `${name}: ${Buffer.from(value).toString('latin1')}\r\n`);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(Buffer.from(at_app(name) ?? '', 'latin1').toString(), seen);
  });
}

test('all of them at once, in several lines, on a request with a coded body', async () => {
  const lines =
    'Cookie: a=1\r\nCookie: b=2\r\nAuthorization: Basic YTpi\r\nOrigin: https://app.acme.example\r\nRange: bytes=0-1\r\n' +
    'Content-Encoding: gzip\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n';
  const answer = await path.ask('/', lines, 'POST', 'abcd');
  assert.equal(answer.status, 200, answer.body);
  assert.equal(at_app('content-encoding'), 'gzip');
});

test('an empty value passes as well', async () => {
  for (const name of ['Cookie', 'Authorization', 'Origin', 'Range']) assert.equal((await path.ask('/', `${name}:\r\n`)).status, 200, name);
});

test('what apps take for the word of a proxy does not arrive, nor what the service strips', async () => {
  const names = [
    'Proxy',
    'X-WebAuth-User',
    'X-ARR-ClientCert',
    'Front-End-Https',
    'X-Scheme',
    'X-Accel-Mapping',
    'X-Azure-ClientIP',
    'X-Forwarded-User',
    'Remote-User',
    'X-Original-URL',
    'X-Middleware-Subrequest',
    'X-Http-Verb',
    'X-Acme-Role',
    'x_acme_role',
    'X_WebAuth_User',
    'Tailscale-User-Login',
  ];
  const answer = await path.ask('/', names.map((name) => `${name}: evil\r\n`).join(''));
  assert.equal(answer.status, 200, answer.body);
  assert.doesNotMatch(path.seen.at(-1) ?? '', /evil/);
});
