// A real OpenID provider (npm oidc-provider) on loopback, with people and a machine: what Okta, Entra or Auth0 are to a
// real deployment. Its keys are made at start and die with it.
//
//   const provider = await start_provider();
//   const token = await log_in(provider, 'alice');     // authorization code flow with PKCE, as a browser does it
//   const other = await machine_token(provider);       // client credentials
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { interactionPolicy, Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

/** Who can log in, and what their tokens say. @type {Record<string, {email: string, email_verified: boolean, groups: string[]}>} */
export const people = {
  alice: { email: 'alice@acme.example', email_verified: true, groups: ['finance', 'staff'] },
  bob: { email: 'bob@acme.example', email_verified: true, groups: ['sales', 'staff'] },
};

/** A class of our own says that memory is meant: nothing of this provider shall outlive its process. */
class KeptInMemory extends MemoryAdapter {}

/** The audience of the access tokens: a resource indicator (RFC 8707). */
export const api_audience = 'urn:acme:api';
/** Another resource of the same provider: its tokens are real, and not for us. */
export const other_audience = 'urn:acme:payroll';

const cli_client = 'demo-cli';
const machine_client = 'nightly-report';
// A native app receives its code on loopback (RFC 8252 section 7.3); here the code is read off the redirect.
const redirect_uri = 'http://127.0.0.1/callback';
const token_lifetime_seconds = 3600;

/**
 * @typedef {object} RunningProvider
 * @property {string} issuer its URL
 * @property {string} machine_secret of the client nightly-report
 * @property {(claims: Record<string, unknown>, header?: Record<string, unknown>) => Promise<string>} sign signs what the
 *   provider itself never would (an expired token, say) with the provider's own RS256 key
 * @property {() => Promise<void>} stop ends it; safe to call twice
 */

/** @param {{port?: number}} [options] @returns {Promise<RunningProvider>} */
export async function start_provider({ port = 0 } = {}) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${address.port}`;
  const keys = await make_keys();
  const machine_secret = randomBytes(24).toString('base64url');
  const provider = new Provider(issuer, configuration(keys, machine_secret));
  provider.use(login_pages(provider));
  server.on('request', provider.callback());
  return { issuer, machine_secret, sign: signer(keys.rs256), stop: stopper(server) };
}

async function make_keys() {
  const rs256 = await private_jwk('RS256');
  const es256 = await private_jwk('ES256');
  return { rs256, es256 };
}

/** @param {string} alg */
async function private_jwk(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('hex') };
}

/** @param {Awaited<ReturnType<typeof make_keys>>} keys @param {string} machine_secret @returns {any} */
function configuration(keys, machine_secret) {
  return {
    jwks: { keys: [keys.rs256, keys.es256] },
    clients: [
      { client_id: cli_client, token_endpoint_auth_method: 'none', redirect_uris: [redirect_uri], application_type: 'native' },
      {
        client_id: machine_client,
        client_secret: machine_secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    findAccount: (/** @type {unknown} */ _, /** @type {string} */ id) => people[id] && account(id),
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    ttl: {
      IdToken: token_lifetime_seconds,
      AccessToken: token_lifetime_seconds,
      ClientCredentials: token_lifetime_seconds,
      Interaction: 600,
      Session: 3600,
      Grant: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api_audience,
        useGrantedResource: () => true,
        getResourceServerInfo: resource_server,
      },
    },
    extraTokenClaims: (/** @type {unknown} */ _, /** @type {{accountId?: string}} */ token) => people[token.accountId ?? ''],
    adapter: KeptInMemory,
    interactions: {
      policy: login_only(),
      url: (/** @type {unknown} */ _, /** @type {{uid: string}} */ interaction) => `/login/${interaction.uid}`,
    },
    loadExistingGrant: grant_of_first_party,
  };
}

/** @param {string} id */
const account = (id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) });

/** JWT access tokens (RFC 9068); people's are signed with RS256, machines' with ES256, so that both are seen.
 * @param {unknown} _ @param {string} audience @param {{clientId: string}} client */
function resource_server(_, audience, client) {
  const alg = client.clientId === machine_client ? 'ES256' : 'RS256';
  return { scope: 'read', audience, accessTokenFormat: 'jwt', accessTokenTTL: token_lifetime_seconds, jwt: { sign: { alg } } };
}

/** A native client would be asked for consent each time; ours is first party. */
function login_only() {
  const prompts = interactionPolicy.base();
  prompts.get('consent')?.checks.remove('native_client_prompt');
  return prompts;
}

/** Our own client needs no consent. @param {any} ctx */
async function grant_of_first_party(ctx) {
  const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  grant.addOIDCScope('openid email');
  for (const audience of [api_audience, other_audience]) grant.addResourceScope(audience, 'read');
  await grant.save();
  return grant;
}

/** The login page: one button a person. @param {any} provider */
function login_pages(provider) {
  return async (/** @type {any} */ ctx, /** @type {() => Promise<void>} */ next) => {
    if (!ctx.path.startsWith('/login/')) return next();
    if (ctx.method === 'POST') {
      const login = new URL(ctx.url, provider.issuer).searchParams.get('as') ?? '';
      if (!people[login]) return void (ctx.status = 404);
      return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: login } }, { mergeWithLastSubmission: false });
    }
    const buttons = Object.keys(people).map((name) => `<button formaction="?as=${name}">${name}</button>`);
    ctx.type = 'html';
    ctx.body = `<!doctype html><title>Log in</title><h1>Who are you?</h1><form method="post">${buttons.join(' ')}</form>`;
  };
}

/** @param {any} key @returns {RunningProvider['sign']} */
function signer(key) {
  return (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header }).sign(key);
}

/** @param {import('node:http').Server} server */
function stopper(server) {
  return () =>
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** Logs a person in by the authorization code flow with PKCE (RFC 7636) and returns the access token. Plays the browser:
 * keeps cookies, follows redirects, presses the button of the login page.
 * @param {{issuer: string}} provider @param {string} person @param {{resource?: string}} [options] */
export async function log_in({ issuer }, person, { resource = api_audience } = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const question = new URLSearchParams({
    client_id: cli_client,
    response_type: 'code',
    redirect_uri,
    scope: 'openid email read',
    resource,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const code = await browse_to_code(`${issuer}/auth?${question}`, person);
  return token_request(issuer, {
    grant_type: 'authorization_code',
    client_id: cli_client,
    redirect_uri,
    code,
    code_verifier: verifier,
    resource,
  });
}

/** @param {string} start @param {string} person */
async function browse_to_code(start, person) {
  /** @type {Map<string, string>} */
  const cookies = new Map();
  let url = start;
  let method = 'GET';
  for (let step = 0; step < 10; ++step) {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split('=');
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (!next && answer.status !== 200)
      throw new Error(`the provider answered ${answer.status} at ${new URL(url).pathname}: ${await answer.text()}`);
    const target = new URL(next ?? `${url}?as=${person}`, url);
    if (target.href.startsWith(redirect_uri)) return code_of(target);
    method = next ? 'GET' : 'POST';
    url = target.href;
  }
  throw new Error('the provider redirects without end');
}

/** @param {URL} target */
function code_of(target) {
  const code = target.searchParams.get('code');
  if (!code) throw new Error(`the provider refused the login: ${target.searchParams.get('error_description')}`);
  return code;
}

/** The machine's own token, by client credentials (RFC 6749 section 4.4). @param {{issuer: string, machine_secret: string}} provider */
export function machine_token({ issuer, machine_secret }) {
  const authorization = `Basic ${Buffer.from(`${machine_client}:${machine_secret}`).toString('base64')}`;
  return token_request(issuer, { grant_type: 'client_credentials', resource: api_audience, scope: 'read' }, { authorization });
}

/** @param {string} issuer @param {Record<string, string>} form @param {Record<string, string>} [headers] @returns {Promise<string>} */
async function token_request(issuer, form, headers = {}) {
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`the provider refused the token: ${JSON.stringify(body)}`);
  return body.access_token;
}
