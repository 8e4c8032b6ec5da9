// AssumeRoleWithWebIdentity with the checks that AWS STS makes: the provider is registered, its keys are fetched from
// where it publishes them, signature, algorithm (RS* and ES* only), audience, times and the trust policy's `sub`.
import { randomBytes } from 'node:crypto';

import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';

import { keys_of_tags, trusts } from './authorization.mjs';
import { pattern_matches, unknown_key } from './condition.mjs';
import { statements_of } from './config.mjs';
import { AwsError, wants_json, xml_text } from './errors.mjs';
import { check_packed_size } from './packed.mjs';

/** @typedef {import('./types.d.ts').Keys} Keys */
/** @typedef {import('./types.d.ts').Principal} Principal */
/** @typedef {import('./types.d.ts').Request} Request */
/** @typedef {import('./types.d.ts').Role} Role */
/** @typedef {import('./types.d.ts').Session} Session */
/** @typedef {import('./types.d.ts').World} World */
/** @typedef {import('jose').JWTPayload & {iss: string, sub: string, aud: string | string[]}} Claims */

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];
const tags_claim = 'https://aws.amazon.com/tags';
const source_identity_claim = 'https://aws.amazon.com/source_identity';
const fetch_timeout_ms = 5000;

/** Temporary credentials by access key id. */
export class SessionStore {
  /** @type {Map<string, Session>} */
  #sessions = new Map();

  /** @param {Principal} session @param {number} seconds */
  issue(session, seconds) {
    const keys = {
      accessKeyId: `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      expires: Math.floor(Date.now() / 1000) + seconds,
    };
    this.#sessions.set(keys.accessKeyId, { ...session, keys });
    return keys;
  }

  expire_all() {
    for (const { keys } of this.#sessions.values()) keys.expires = 0;
  }

  /** All keys that were handed out, for tests that search logs and storage for them. */
  issued() {
    return [...this.#sessions.values()].map((session) => session.keys);
  }

  /** @param {string} key_id */
  find(key_id) {
    return this.#sessions.get(key_id);
  }
}

/** @param {World} world @param {Request} request @param {Buffer} body @param {string} request_id */
export async function assume_role_with_web_identity(world, request, body, request_id) {
  const form = new URLSearchParams(body.toString());
  const parameters = { RoleArn: form.get('RoleArn'), RoleSessionName: form.get('RoleSessionName') };
  let session;
  let packed;
  try {
    check_form(request, form);
    session = await open_session(world, form);
    packed = check_packed_size(world.faults.current.packed, form.get('Policy') ?? '', session.tags);
  } catch (problem) {
    world.trail.record({ request_id, action: 'sts:AssumeRoleWithWebIdentity', parameters, error: problem });
    throw problem;
  }
  const seconds = world.faults.current.session_seconds || Number(form.get('DurationSeconds') ?? 3600);
  const keys = world.sessions.issue(session, seconds);
  const answer = { subjectFromWebIdentityToken: session.subject };
  world.trail.record({ request_id, action: 'sts:AssumeRoleWithWebIdentity', session, parameters, answer });
  return success(request, { session, keys, packed, request_id });
}

/** @param {Request} request @param {URLSearchParams} form */
function check_form(request, form) {
  const invalid = (/** @type {string} */ message) => new AwsError(400, 'ValidationError', message);
  if (form.get('Action') !== 'AssumeRoleWithWebIdentity') {
    throw new AwsError(400, 'InvalidAction', 'Could not find operation');
  }
  if (form.get('Version') !== '2011-06-15') throw invalid('Version must be 2011-06-15');
  if (request.headers['x-amz-security-token'] !== undefined) throw invalid('a security token must not be sent');
  if (!/^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName') ?? '')) throw invalid('RoleSessionName is not valid');
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!(seconds >= 900 && seconds <= 43200)) throw invalid('DurationSeconds must be between 900 and 43200');
  const policy = form.get('Policy');
  if (policy !== null && policy.length > 2048) throw invalid('policy must have length less than or equal to 2048');
}

/** @param {World} world @param {URLSearchParams} form @returns {Promise<Principal>} */
async function open_session(world, form) {
  const { account, roles = {} } = world.config;
  const name = new RegExp(`^arn:aws:iam::${account}:role/(.+)$`).exec(form.get('RoleArn') ?? '')?.[1];
  const role = name === undefined ? undefined : roles[name];
  const claims = await verify_token(world, form.get('WebIdentityToken') ?? '');
  const refused = actions_of(claims).find((action) => role === undefined || !may_assume(role, action, claims, account));
  if (role === undefined || refused !== undefined) throw new AwsError(403, 'AccessDenied', `Not authorized to perform ${refused}`);
  return {
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${form.get('RoleSessionName')}`,
    rolePolicy: statements_of(role.policy),
    sessionPolicy: parse_policy(form.get('Policy')),
    subject: claims.sub,
    sourceIdentity: check_source_identity(claims[source_identity_claim]),
    tags: check_tags(claims[tags_claim]),
  };
}

/** What a trust policy must allow for a token: tags and a source identity are permissions of their own. @param {Claims} claims */
function actions_of(claims) {
  const actions = ['sts:AssumeRoleWithWebIdentity'];
  if (claims[tags_claim] !== undefined) actions.push('sts:TagSession');
  if (claims[source_identity_claim] !== undefined) actions.push('sts:SetSourceIdentity');
  return actions;
}

/** @param {Role} role @param {string} action @param {Claims} claims @param {string} account */
function may_assume(role, action, { iss, aud, sub, [tags_claim]: tags }, account) {
  const provider = iss.replace(/^https?:\/\//, '');
  if (role.trust_policy !== undefined) {
    const context = {
      [`${provider}:aud`]: [aud].flat()[0],
      [`${provider}:sub`]: sub,
      ...keys_of_tags('aws:RequestTag', check_tags(tags)),
    };
    return trusts(role.trust_policy, action, `arn:aws:iam::${account}:oidc-provider/${provider}`, context);
  }
  const { trust } = role;
  return (
    trust?.issuer === iss &&
    [aud].flat().includes(trust.aud ?? 'sts.amazonaws.com') &&
    trust.sub.some((pattern) => pattern_matches(pattern, sub))
  );
}

/** @param {World} world @param {string} token @returns {Promise<Claims>} */
async function verify_token(world, token) {
  const refused = (/** @type {string} */ code, /** @type {string} */ message) => new AwsError(400, code, message);
  let issuer;
  try {
    issuer = decodeJwt(token).iss;
  } catch {
    throw refused('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.');
  }
  const provider = (world.config.oidc_providers ?? []).find((each) => each.issuer === issuer);
  if (provider === undefined) throw refused('InvalidIdentityToken', 'No OpenIDConnect provider found in your account');
  const keys = await fetch_keys(provider.issuer);
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: provider.issuer,
      audience: provider.client_ids,
      algorithms,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    return /** @type {Claims} */ (payload);
  } catch (thrown) {
    const problem = /** @type {{code?: string, claim?: string}} */ (thrown);
    if (problem.code === 'ERR_JWT_EXPIRED') throw refused('ExpiredTokenException', 'Token expired');
    if (problem.claim === 'aud') throw refused('InvalidIdentityToken', 'Incorrect token audience');
    throw refused('InvalidIdentityToken', `Couldn't verify the token: ${problem.code ?? 'unknown'}`);
  }
}

/** @param {string} issuer */
async function fetch_keys(issuer) {
  const get = async (/** @type {string} */ url) => {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetch_timeout_ms) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  };
  try {
    const discovery = await get(`${issuer}/.well-known/openid-configuration`);
    if (discovery.issuer !== issuer) throw new Error('issuer differs');
    return createLocalJWKSet(await get(discovery.jwks_uri));
  } catch {
    throw new AwsError(400, 'IDPCommunicationError', "Couldn't retrieve verification key from your identity provider");
  }
}

/** @param {string | null} text @returns {import('./types.d.ts').Statement[] | undefined} */
function parse_policy(text) {
  if (text === null) return undefined;
  try {
    const { Version, Statement } = JSON.parse(text);
    if (Version === '2012-10-17' && Array.isArray(Statement) && unknown_key(Statement) === undefined) return Statement;
  } catch {
    // Answered below: a policy that is no JSON is a malformed one, as is one that leans on a key which no call has.
  }
  throw new AwsError(400, 'MalformedPolicyDocument', 'The policy is not in the valid JSON format.');
}

/** @param {unknown} value */
function check_source_identity(value) {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[\w+=,.@-]{2,64}$/.test(value)) return value;
  throw new AwsError(400, 'ValidationError', 'source identity must match [\\w+=,.@-]{2,64}');
}

/** @param {unknown} claim @returns {Record<string, string>} */
function check_tags(claim) {
  const tags = Object.entries(/** @type {{principal_tags?: Record<string, string[]>} | undefined} */ (claim)?.principal_tags ?? {});
  for (const [name, value] of tags) {
    const good = Array.isArray(value) && value.length === 1 && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value[0] ?? '');
    if (!good) throw new AwsError(400, 'ValidationError', `the value of tag ${name} is not valid`);
  }
  return Object.fromEntries(tags.map(([name, [value = '']]) => [name, value]));
}

/** @param {Request} request @param {{session: Principal, keys: Keys, packed: number, request_id: string}} made */
function success(request, { session, keys, packed, request_id }) {
  const result = {
    SubjectFromWebIdentityToken: session.subject,
    PackedPolicySize: packed,
    AssumedRoleUser: { Arn: session.arn, AssumedRoleId: `AROALOCAL:${session.arn.split('/').pop()}` },
    Credentials: {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      SessionToken: keys.sessionToken,
      Expiration: wants_json(request) ? keys.expires : new Date(keys.expires * 1000).toISOString().replace('.000', ''),
    },
  };
  if (wants_json(request)) {
    const metadata = { ResponseMetadata: { RequestId: request_id } };
    const out = { AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult: result, ...metadata } };
    return { status: 200, type: 'application/json', body: JSON.stringify(out) };
  }
  const body =
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` +
    `<AssumeRoleWithWebIdentityResult>${to_xml(result)}</AssumeRoleWithWebIdentityResult>` +
    `<ResponseMetadata><RequestId>${request_id}</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`;
  return { status: 200, type: 'text/xml', body };
}

/** @param {object} value @returns {string} */
const to_xml = (value) =>
  Object.entries(value)
    .map(([name, each]) => `<${name}>${typeof each === 'object' ? to_xml(each) : xml_text(each)}</${name}>`)
    .join('');
