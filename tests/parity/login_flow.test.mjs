// A login from end to end, but for the network: what goes to a provider, what comes back, and the session that is made of it, alike
// at every door.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { ask } from '../support/probes.mjs';
import { NOW, TRANSACTION, counted, key_set, sealed, words } from './login_samples.mjs';
import { mutated } from './mutate.mjs';
import { Random } from './random.mjs';

const provider = { name: 'okta', issuer: 'https://acme.okta.example', client_id: '0oa1' };
const seed = counted(8);
const said = words(seed);
const master = counted(0);
const cookie = `__Host-Http-sallyport-t-${said.state.slice(0, 8)}`;
const transaction = sealed({
  master,
  purpose: 'transaction',
  scope: 'app.example',
  name: cookie,
  plain: TRANSACTION,
  now: NOW,
  entropy: counted(9),
});
const callback = {
  provider,
  keys: key_set([master]),
  scope: 'app.example',
  now: NOW + 60,
  fields: { Cookie: `a=1; ${cookie}=${transaction}` },
  query: `code=c1&state=${said.state}&iss=https%3A%2F%2Facme.okta.example`,
};

/** @param {object} seed_of @param {string} op @param {number} count @returns {Promise<Map<string, number>>} how often each reason */
async function damaged(seed_of, op, count) {
  const random = new Random(20260902);
  const answers = await ask(Array.from({ length: count }, () => ({ op, in: /** @type {object} */ (mutated(random, seed_of)) })));
  const tally = new Map();
  for (const { reason } of answers) tally.set(reason, (tally.get(reason) ?? 0) + 1);
  return tally;
}

test('the authorization request says what the seed derives, and never the verifier', async () => {
  const endpoints = Object.fromEntries(
    ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].map((name) => [name, `${provider.issuer}/${name}`]),
  );
  const document = { issuer: provider.issuer, ...endpoints, authorization_response_iss_parameter_supported: true };
  const question = { provider, document, seed_b64: seed.toString('base64') };
  const [{ reason, out }] = await ask([{ op: 'login_metadata', in: question }]);
  assert.equal(reason, 'ok');
  const { searchParams } = new URL(out.authorize);
  assert.deepEqual(
    ['state', 'nonce', 'code_challenge', 'code_challenge_method', 'response_type'].map((name) => searchParams.get(name)),
    [said.state, said.nonce, said.challenge, 'S256', 'code'],
  );
  assert.ok(!out.authorize.includes(said.verifier) && out.names_itself);
  assert.ok((await damaged(question, 'login_metadata', 500)).size > 1);
});

test('a callback goes on with the code that came with its cookie, once', async () => {
  const [{ reason, out }] = await ask([{ op: 'login_callback', in: callback }]);
  assert.equal(reason, 'ok');
  assert.deepEqual(out, { code: 'c1', return: '/reports?year=2026', spent: cookie });
  const tally = await damaged(callback, 'login_callback', 2000);
  for (const each of ['ok', 'login_parameters', 'login_transaction_missing']) assert.ok(tally.has(each), each);
});

test('an id_token is checked alike, whatever is done to it', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const token = await new SignJWT({ nonce: said.nonce })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
    .setIssuer(provider.issuer)
    .setAudience(provider.client_id)
    .setSubject('00u1')
    .setIssuedAt(NOW)
    .setExpirationTime(NOW + 300)
    .sign(privateKey);
  const question = {
    provider,
    token,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] },
    nonce: said.nonce,
    access_token: 'at',
    now: NOW + 5,
  };
  const answers = await ask([
    { op: 'login_id_token', in: question },
    { op: 'login_id_token', in: { ...question, nonce: 'other' } },
    { op: 'login_id_token', in: { ...question, now: NOW + 306 } },
    { op: 'login_id_token', in: { ...question, provider: { ...provider, client_id: 'other' } } },
  ]);
  assert.deepEqual(
    answers.map(({ reason }) => reason),
    ['ok', 'login_nonce_differs', 'jwt_expired', 'jwt_audience_mismatch'],
  );
  assert.ok((await damaged(question, 'login_id_token', 1000)).size > 3);
});

test('a response of the token endpoint is read alike', async () => {
  const question = { status: 200, body: JSON.stringify({ token_type: 'Bearer', id_token: 'i', access_token: 'a' }) };
  const tally = await damaged(question, 'login_tokens', 1000);
  assert.ok(tally.has('ok') && tally.has('provider_unavailable'));
  const [refused] = await ask([{ op: 'login_tokens', in: { status: 400, body: '{"error":"invalid_grant"}' } }]);
  assert.equal(refused?.reason, 'login_code_refused');
});

test('sessions go through the same states at every door', async () => {
  const random = new Random(20260903);
  const event = () => {
    const apart = random.below(4) === 0 ? random.below(3000) : random.below(60);
    const grant = `g${random.below(4)}`;
    switch (random.below(12)) {
      case 0:
        return [apart, 'open', grant, `h${random.below(3)}`, { n: random.below(2) }];
      case 1:
        return [apart, 'rang'];
      case 2:
        return [apart, 'restored'];
      case 3:
        return random.below(6) === 0 ? [apart, 'end'] : [apart, 'renew', grant, false];
      default:
        return [apart, 'renew', grant, true];
    }
  };
  const settings = { idle: 900, absolute: 20_000, identity_age: 6000, renew: 60 };
  const walks = Array.from({ length: 300 }, () => ({
    op: 'login_session',
    in: { now: NOW, settings, events: [[0, 'open', 'g0', 'h0', { n: 0 }], ...Array.from({ length: 60 }, event)] },
  }));
  const answers = await ask(walks);
  const told = new Set(answers.flatMap(({ out }) => out.steps.map((/** @type {{ended: string}} */ each) => each.ended)));
  for (const each of ['none', 'idle', 'logged_out', 'no_grant', 'unknown']) assert.ok(told.has(each), each);
});
