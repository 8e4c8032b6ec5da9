// AWS's own SDK in front of local-aws: an issuer whose tokens it takes, and clients with the credentials that they buy.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { ECSClient } from '@aws-sdk/client-ecs';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

import { check_config } from '../../demo/local_aws/config.mjs';
import { start_local_aws } from '../../demo/local_aws/main.mjs';
import { account, region } from './account.mjs';

/** @typedef {import('jose').JWTPayload & Record<string, unknown>} Claims */
/** @typedef {import('@aws-sdk/client-ecs').ECSClientConfig['credentials']} Credentials */
/** @typedef {import('../../demo/local_aws/types.d.ts').Config} Config */
/** @typedef {import('../../demo/local_aws/types.d.ts').Statement} Statement */
/** @typedef {Awaited<ReturnType<typeof start_sdk_caller>>} SdkCaller */

export const role_arn = `arn:aws:iam::${account}:role/gate`;

/** What must be there. @template T @param {T | undefined} value @returns {T} */
export function there(value) {
  if (value === undefined) throw new Error('it is not there');
  return value;
}

/** Starts both. @param {(issuer: string) => Partial<Config>} configure by the issuer of the tokens */
export async function start_sdk_caller(configure) {
  const keys = await generateKeyPair('ES256');
  const issuer_server = await start_issuer({ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' });
  const { issuer } = issuer_server;
  const providers = [{ issuer, client_ids: ['sts.amazonaws.com'] }];
  const config = { account, region, oidc_providers: providers, ...configure(issuer) };
  const aws = await start_local_aws({ config: check_config(config) }).catch((problem) => {
    issuer_server.stop();
    throw problem;
  });

  const token = (/** @type {Claims} */ claims = {}, { alg = 'ES256', key = keys.privateKey, expires = '5m' } = {}) =>
    new SignJWT({
      'https://aws.amazon.com/source_identity': 'alice',
      'https://aws.amazon.com/tags': { principal_tags: { subject: ['alice'] } },
      ...claims,
    })
      .setProtectedHeader({ alg, kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(claims.aud ?? 'sts.amazonaws.com')
      .setSubject(claims.sub ?? 'sallyport:billing')
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);

  /** @param {{role?: string, token?: string, policy?: Statement[]}} [options] */
  async function assume(options = {}) {
    const client = new STSClient({
      region,
      endpoint: aws.url,
      maxAttempts: 1,
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    });
    const answer = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: options.role ?? role_arn,
        RoleSessionName: 'alice',
        WebIdentityToken: options.token ?? (await token()),
        Policy: options.policy && JSON.stringify({ Version: '2012-10-17', Statement: options.policy }),
        DurationSeconds: 900,
      }),
    );
    return {
      accessKeyId: there(answer.Credentials?.AccessKeyId),
      secretAccessKey: there(answer.Credentials?.SecretAccessKey),
      sessionToken: there(answer.Credentials?.SessionToken),
      expiration: there(answer.Credentials?.Expiration),
    };
  }

  return {
    aws,
    issuer,
    token,
    assume,
    ecs: (/** @type {Credentials} */ credentials) => new ECSClient({ region, endpoint: aws.url, maxAttempts: 1, credentials }),
    async stop() {
      await aws.stop();
      issuer_server.stop();
    },
  };
}

/** @param {object} jwk */
async function start_issuer(jwk) {
  const server = createServer((request, response) => {
    /** @type {Record<string, unknown>} */
    const documents = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` },
      '/.well-known/jwks.json': { keys: [jwk] },
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(documents[request.url ?? ''] ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  return { issuer, stop: () => void server.close() };
}
