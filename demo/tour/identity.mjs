// First chapter: who gets in at the edge, and who does not.
import { log_in, machine_token, other_audience, start_provider } from '../provider.mjs';
import { send_raw } from '../parts/raw_http.mjs';
import { app_saw, call, refusal, without_app } from './look.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */

/** @param {import('./play.mjs').Player} tour @param {Stack} stack */
export async function play_identity(tour, stack) {
  tour.chapter('At the edge: real tokens of a real OIDC provider');
  const alice = await log_in(stack.provider, 'alice');
  const bob = await log_in(stack.provider, 'bob');
  await tour.step('alice (finance) reads a report', '200, app sees alice <alice@acme.example> in finance,staff', async () => {
    const seen = await call(stack, '/reports/april', { token: alice });
    const { headers } = app_saw(seen);
    return `${seen.status}, app sees ${headers['sallyport-subject']} <${headers['sallyport-email']}> in ${headers['sallyport-groups']}`;
  });
  await tour.step('bob (sales) reads it', '403 policy_not_allowed', () => refused(stack, bob));
  await tour.step('the machine client reads what is for machines', '200, app sees nightly-report', async () => {
    const seen = await call(stack, '/nightly/run', { token: await machine_token(stack.provider) });
    return `${seen.status}, app sees ${app_saw(seen).headers['sallyport-client']}`;
  });
  await tour.step('nobody: no token', '401 credential_missing', () => refused(stack, undefined));
  await play_bad_tokens(tour, stack, alice);
  await play_forged_fields(tour, stack, alice);
}

/** What comes back for a token, given that nothing reaches the app. @param {Stack} stack @param {string | undefined} token */
const refused = (stack, token) => without_app(stack, async () => refusal(stack, await call(stack, '/reports/april', { token }), 'edge'));

/** @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} alice */
async function play_bad_tokens(tour, stack, alice) {
  const claims = JSON.parse(Buffer.from(alice.split('.')[1], 'base64url').toString());
  const an_hour_ago = Math.floor(Date.now() / 1000) - 3600;
  const expired = await stack.provider.sign({ ...claims, iat: an_hour_ago - 60, exp: an_hour_ago });
  const for_payroll = await log_in(stack.provider, 'alice', { resource: other_audience });
  await tour.step('an expired token (signed by the provider)', '401 jwt_expired', () => refused(stack, expired));
  await tour.step('a real token for another audience', '401 jwt_audience_mismatch', () => refused(stack, for_payroll));
  await tour.step('a real token of another provider', '401 issuer_unknown', async () => {
    const stranger = await start_provider();
    const token = await log_in(stranger, 'alice').finally(stranger.stop);
    return refused(stack, token);
  });
  const [header, payload, signature] = alice.split('.');
  const none = `${encode({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg: 'none' })}.${payload}.`;
  await tour.step('a token with alg none', '401 jws_alg_none', () => refused(stack, none));
  const promoted = `${header}.${encode({ ...claims, sub: 'root' })}.${signature}`;
  await tour.step('a token with another subject put in', '401 jws_signature_invalid', () => refused(stack, promoted));
}

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Fields that mean trust, as a client might send them to be taken for somebody else. */
const forged = {
  'Sallyport-Subject': 'root',
  'Sallyport-Groups': 'admins',
  sallyport_subject: 'root',
  SALLYPORT_EMAIL: 'root@acme.example',
  'Sallyport-Assertion': 'forged',
  'Sallyport-Context': 'forged',
  'X-Forwarded-For': '203.0.113.66',
  'X-Forwarded-Host': 'evil.example',
  Forwarded: 'for=203.0.113.66',
  Signature: 'sallyport=:AAAA:',
  'Signature-Input': 'sallyport=()',
};

/** @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} alice */
async function play_forged_fields(tour, stack, alice) {
  for (const [name, value] of Object.entries(forged)) {
    await tour.step(`alice sends ${name}: ${value}`, '200, app sees alice and nothing of it', async () => {
      const port = Number(new URL(stack.edge).port);
      const answer = await send_raw(
        port,
        `GET /reports/april HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${alice}\r\n${name}: ${value}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n`,
      );
      const { headers } = app_saw({ status: answer.status, id: '', text: answer.body });
      const passed = JSON.stringify(headers).includes(value);
      return `${answer.status}, app sees ${headers['sallyport-subject']} and ${passed ? 'the forged value' : 'nothing of it'}`;
    });
  }
}
