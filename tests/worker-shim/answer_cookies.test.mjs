// A service that no agent stands before cannot set the cookies of the gate either.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { policy_for, start_edge } from '../support/edge.mjs';
import { records_of } from '../support/records.mjs';

/** @type {string[]} */
let cookies = [];
/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
before(async () => {
  edge = await start_edge({
    policy: (issuer, origin) =>
      policy_for(issuer, origin, {
        issuers: {
          okta: { issuer, audiences: ['api://acme'], kind: 'user', from: ['authorization', 'cookie:sid'] },
          access: { preset: 'cloudflare-access', team: 'acme', audiences: ['a'] },
        },
      }),
    answer: (_, response) => {
      response.writeHead(200, { 'Set-Cookie': cookies, 'Content-Type': 'text/plain' }).end('ok');
      return true;
    },
  });
});
after(() => edge.stop());

for (const planted of [
  'sid=evil; Domain=acme.example; Path=/',
  '__Host-sid=evil; Secure; Path=/',
  '__secure-sid=evil; Secure',
  '=sid=evil',
  'a=1, sid=evil',
  'CF_Authorization=; Max-Age=0',
]) {
  test(`${planted} is dropped, its neighbours stay`, async () => {
    cookies = ['first=1; Path=/', planted, 'SID=its-own', 'last=3'];
    const received = await edge.send_as_alice('/x');
    assert.equal(received.status, 200);
    assert.equal(received.body.toString(), 'ok');
    assert.equal(received.headers['set-cookie']?.length, 3, String(received.headers['set-cookie']));
    assert.deepEqual(received.headers['set-cookie']?.slice(0, 2), ['first=1; Path=/', 'SID=its-own']);
    assert.equal(records_of(edge.worker.output(), 'log', { event: "Set-Cookie of a credential's cookie was dropped" })[0]?.service, 'app');
  });
}

test('others pass, in their order', async () => {
  cookies = ['a=1', 'b=sid=2', 'a=3'];
  assert.deepEqual((await edge.send_as_alice('/x')).headers['set-cookie'], cookies);
});
