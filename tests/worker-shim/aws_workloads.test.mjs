// Roles of an AWS account as callers: tokens of the shape that sts:GetWebIdentityToken makes (IAM User Guide, "Understanding token
// claims"), under the preset `aws`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { edge_issuer, start_edge } from '../support/edge.mjs';

const account = '123456789012';
const issuer = 'https://6b3c0a2e-5d0f-4c1b-9e57-1f2d3c4b5a69.tokens.sts.global.api.aws';
const audience = 'https://edge.acme.example';
const role = `arn:aws:iam::${account}:role/DataProcessingRole`;
const of_sts = 'https://sts.amazonaws.com/';

const keys = await Promise.all(
  ['ES384', 'RS256', 'ES256'].map(async (alg) => ({ alg, kid: alg.toLowerCase(), ...(await generateKeyPair(alg, { extractable: true })) })),
);
const published = await Promise.all(
  keys.map(async ({ alg, kid, publicKey }) => ({ ...(await exportJWK(publicKey)), alg, kid, use: 'sig' })),
);

/** @param {string} _issuer @param {string} origin */
const policy = (_issuer, origin) =>
  JSON.stringify({
    name: 'test',
    edge: { issuer: edge_issuer },
    issuers: { workloads: { preset: 'aws', issuer, account, audiences: [audience], jwks: { keys: published } } },
    services: { app: { origin } },
    routes: [
      {
        id: 'all',
        host: 'app.acme.example',
        path: '/**',
        service: 'app',
        allow: `identity.kind == 'workload' && identity.subject == '${role}' && identity.claims['${of_sts}'].principal_tags.team == 'data'`,
      },
    ],
  });

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
before(async () => {
  edge = await start_edge({ policy });
});
after(() => edge.stop());

/** What it is answered, and why. @param {object} [claims] @param {object} [said] by AWS of the caller @param {string} [alg] @param {number} [lives_s] */
async function ask(claims = {}, said = {}, alg = 'ES384', lives_s = 900) {
  const key = keys.find((each) => each.alg === alg) ?? keys[0];
  const now = Math.floor(Date.now() / 1000);
  const whole = {
    iss: issuer,
    aud: audience,
    sub: role,
    iat: now,
    exp: now + lives_s,
    jti: 'xyz123-def456',
    [of_sts]: {
      aws_account: account,
      source_region: 'us-east-1',
      org_id: 'o-abc1234567',
      principal_tags: { team: 'data' },
      request_tags: { 'job-id': 'job-2024-001' },
      ...said,
    },
    ...claims,
  };
  const token = await new SignJWT(whole).setProtectedHeader({ alg, kid: key.kid, typ: 'JWT' }).sign(key.privateKey);
  const answer = await edge.send('/', { headers: { authorization: `Bearer ${token}` } });
  return [answer.status, (await edge.audited(answer)).reason];
}

test('a role is a caller without a secret, by the algorithms of STS', async () => {
  assert.deepEqual(await ask(), [200, 'ok']);
  assert.deepEqual(await ask({}, {}, 'RS256'), [200, 'ok']);
  assert.deepEqual(await ask({}, {}, 'ES256'), [401, 'jws_alg_not_allowed']);
});

test('the tokens of another account are nobody’s', async () => {
  assert.deepEqual(await ask({ iss: issuer.replace('6b3c', '7c4d') }), [401, 'issuer_unknown']);
  assert.deepEqual(await ask({}, { aws_account: '210987654321' }), [401, 'jwt_required_claim']);
  assert.deepEqual(await ask({ [of_sts]: undefined }), [401, 'jwt_required_claim']);
});

test('a token for others, or for longer than STS makes them, is refused', async () => {
  assert.deepEqual(await ask({ aud: 'https://api.example.com' }), [401, 'jwt_audience_mismatch']);
  assert.deepEqual(await ask({}, {}, 'ES384', 7200), [401, 'jwt_lifetime_too_long']);
});

test('another role of the account, and what a caller says of itself, are no permission', async () => {
  assert.deepEqual(await ask({ sub: `arn:aws:iam::${account}:role/Other` }), [403, 'policy_not_allowed']);
  assert.deepEqual(await ask({}, { principal_tags: {}, request_tags: { team: 'data' } }), [403, 'policy_condition_error']);
});
