// Calls of AWS from workerd against local-aws: credentials out of our own token, scoped, shared, renewed; refusals and
// hostile answers told apart; no secret in any log.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { region, role } from '../support/account.mjs';
import { caller, sleeper, start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { send } from '../support/edge.mjs';
import { endpoints_of } from '../../worker-shim/aws/exchange.js';
import { CredentialsCache } from '../../worker-shim/aws/credentials.js';

/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
/** Every session token and secret that was handed out. @type {Set<string>} */
const secrets = new Set();
let people = 0;

before(async () => {
  edge = await start_aws_edge({
    services: { billing: { containers: [sleeper] }, other: { containers: [sleeper] } },
    worker: { entry: 'tests/support/aws_caller.mjs' },
  });
});
after(() => edge.stop());
beforeEach(() => {
  edge.aws.faults.set({ throttle: {}, fail: {}, delay_ms: {}, session_seconds: 0, answers: {}, cut: {}, quote: {} });
});

/** Somebody for whom no credentials are held yet. */
const newcomer = () => who(`person-${(people += 1)}`);

/** @param {string} subject */
function who(subject, target = 'billing') {
  return { region, role, target, purpose: { service: target, cluster: 'prod' }, caller: caller(subject) };
}

/** @param {object} what @returns {Promise<any>} */
async function ask(what) {
  const { status, body } = await send(edge.worker.port, '/', { method: 'POST', body: JSON.stringify(what) });
  assert.equal(status, 200, String(body));
  const answer = JSON.parse(body.toString());
  for (const name of ['session_token', 'secret_access_key']) if (answer.credentials) secrets.add(answer.credentials[name]);
  return answer;
}

/** @param {object} of @param {{retries?: number}} [tries] */
const list = (of, tries) => ask({ action: 'ListTasks', parameters: { service: 'billing' }, who: of, tries });
const sessions = () => edge.calls('AssumeRoleWithWebIdentity').filter((/** @type {any} */ event) => event.errorCode === undefined).length;

test('a call is made with credentials out of our own token, in the name of the caller', async () => {
  assert.deepEqual(await list(who('alice')), { next_token: '', task_arns: [] });
  const user_identity = edge.calls('ListTasks').at(-1)?.userIdentity;
  assert.equal(user_identity?.sessionContext.sourceIdentity, 'alice');
  assert.deepEqual(user_identity?.sessionContext.principalTags, {
    issuer: 'okta',
    route: 'all',
    sallyport_target: 'prod/billing',
    subject: 'alice',
  });
});

test('a session that is too large for its caller is refused for good, under a name of its own', async () => {
  const long = { ...who('s'.repeat(128)), caller: { ...caller('s'.repeat(128)), email: `${'e'.repeat(116)}@acme.example` } };
  const before = edge.calls('AssumeRoleWithWebIdentity').length;
  const { refused } = await list(long);
  assert.deepEqual([refused.code, refused.reason, refused.retryable], ['PackedPolicyTooLarge', 'aws_session_too_large', false]);
  assert.equal(edge.calls('AssumeRoleWithWebIdentity').length, before + 1);
});

test('what is outside the session policy is refused, though the role may do it', async () => {
  const alice = who('alice');
  const update = (/** @type {string} */ service) => ask({ action: 'UpdateService', parameters: { service, desired: 0 }, who: alice });
  assert.equal((await update('billing')).desired, 0);
  const { refused } = await update('other');
  assert.equal(refused.kind_name, 'access_denied');
  assert.equal(refused.reason, 'aws_access_denied');
  assert.match(refused.message, /not authorized to perform: ecs:UpdateService/);
  assert.notEqual(refused.request_id, '');
  assert.equal((await ask({ action: 'StopTask', parameters: { task: 'x', why: 'y' }, who: alice })).refused.kind_name, 'access_denied');
});

test('a hundred calls at once cost one session', async () => {
  const before = sessions();
  const of = newcomer();
  const answers = await Promise.all(Array.from({ length: 100 }, () => list(of)));
  assert.equal(answers.filter(({ refused }) => refused === undefined).length, 100);
  assert.equal(sessions() - before, 1);
});

test('another caller, or another purpose, never gets the same credentials', async () => {
  const keys = await Promise.all(
    [who('dora'), who('emil'), who('dora', 'other')].map(async (each) => (await ask({ who: each })).credentials.access_key_id),
  );
  assert.equal(new Set(keys).size, 3);
  assert.equal((await ask({ who: who('dora') })).credentials.access_key_id, keys[0]);
});

test('a session says by which route its caller came, and whose mail it is: another one has another session', async () => {
  const of = who('dora');
  const as = async (/** @type {object} */ more) =>
    (await ask({ who: { ...of, caller: { ...of.caller, ...more } } })).credentials.access_key_id;
  const keys = await Promise.all([as({ route: 'read' }), as({ route: 'admin' }), as({ route: 'read', email: 'dora@acme.example' })]);
  assert.equal(new Set(keys).size, 3);
  assert.equal(await as({ route: 'read' }), keys[0]);
  assert.deepEqual(
    keys.map((key) => edge.aws.sessions.find(key)?.tags.route),
    ['read', 'admin', 'read'],
  );
});

test('credentials are replaced before they expire', async () => {
  edge.aws.faults.set({ session_seconds: 2 });
  const of = newcomer();
  const first = await ask({ who: of });
  await until(
    'other credentials are given out',
    async () => (await ask({ who: of })).credentials.access_key_id !== first.credentials.access_key_id,
  );
  const second = await ask({ who: of });
  assert.ok(second.expires > first.expires);
  assert.equal((await list(of)).refused, undefined);
});

test('credentials that AWS takes for expired are replaced once, within the call', async () => {
  const of = newcomer();
  await list(of);
  edge.aws.faults.set({ expire_sessions: true });
  const before = sessions();
  assert.equal((await list(of, { retries: 0 })).refused, undefined);
  assert.equal(sessions() - before, 1);
});

for (const [code, status] of /** @type {[string, number][]} */ ([
  ['IDPCommunicationError', 400],
  ['InvalidIdentityToken', 400],
  ['InternalFailure', 500],
  ['ThrottlingException', 400],
])) {
  test(`STS is asked again after ${code}`, async () => {
    edge.aws.faults.set({ fail: { AssumeRoleWithWebIdentity: [code, status, 2] } });
    assert.equal((await list(newcomer())).refused, undefined);
    assert.equal(edge.aws.faults.current.fail.AssumeRoleWithWebIdentity[2], 0);
  });
}

test('an STS that goes on failing is given up, and operators are told what to look at', async () => {
  edge.aws.faults.set({ fail: { AssumeRoleWithWebIdentity: ['IDPCommunicationError', 400, 100] } });
  const { refused } = await list(newcomer());
  assert.equal(refused.code, 'IDPCommunicationError');
  assert.match(refused.message, /reachable from the internet without Access/);
  assert.equal(edge.aws.faults.current.fail.AssumeRoleWithWebIdentity[2], 96);
});

test('a role that does not trust us is refused at once, with advice', async () => {
  const before = edge.calls('AssumeRoleWithWebIdentity').length;
  const { refused } = await list({ ...newcomer(), role: `${role}-of-others` });
  assert.equal(refused.kind_name, 'access_denied');
  assert.match(refused.message, /trust policy/);
  assert.equal(edge.calls('AssumeRoleWithWebIdentity').length - before, 1);
});

test('what the core cannot build is a refusal, and nothing is sent', async () => {
  const before = edge.aws.trail.events.length;
  const { refused } = await list({ ...newcomer(), role: 'nonsense' });
  assert.equal(refused.code, 'policy_member_type');
  assert.equal(edge.aws.trail.events.length, before);
});

test('throttling is waited out, or told to who paces himself', async () => {
  edge.aws.faults.set({ throttle: { ListTasks: 3 } });
  assert.equal((await list(who('alice'))).refused, undefined);
  edge.aws.faults.set({ throttle: { ListTasks: 1 } });
  const { refused } = await list(who('alice'), { retries: 0 });
  assert.equal(refused.kind_name, 'throttled');
  assert.equal(refused.http_status, 400);
});

const deep = `{"taskArns":${'['.repeat(200)}${']'.repeat(200)}}`;
/** Answers that nobody should trust -> the reason that is given. */
const hostile = /** @type {[string, (action: string) => object, string][]} */ ([
  ['garbage', (action) => ({ answers: { [action]: ['\u0000<html>\ud800', 100] } }), 'aws_response_invalid'],
  ['nothing', (action) => ({ answers: { [action]: ['', 100] } }), 'aws_response_invalid'],
  ['another shape', (action) => ({ answers: { [action]: ['{"taskArns":[1],"Credentials":{}}', 100] } }), 'aws_response_invalid'],
  ['a document that is nested deeply', (action) => ({ answers: { [action]: [deep, 100] } }), 'aws_response_invalid'],
  ['6 MiB', (action) => ({ answers: { [action]: [`{"taskArns":["${'x'.repeat(6 << 20)}"]}`, 100] } }), 'aws_response_invalid'],
  ['a million escaped characters', (action) => ({ answers: { [action]: ['\u0001'.repeat(1_000_000), 100] } }), 'aws_response_invalid'],
  ['half an answer', (action) => ({ cut: { [action]: 100 } }), 'aws_unavailable'],
]);

for (const [what, faults, reason] of hostile) {
  test(`${what} from ECS and from STS is refused with ${reason}`, async () => {
    const of = newcomer();
    await list(of);
    edge.aws.faults.set(faults('ListTasks'));
    assert.equal((await list(of, { retries: 0 })).refused.reason, reason);
    edge.aws.faults.set(faults('AssumeRoleWithWebIdentity'));
    assert.equal((await list(newcomer(), { retries: 0 })).refused.reason, reason);
    edge.aws.faults.set({ answers: {}, cut: {} });
    assert.equal((await list(of)).refused, undefined, 'and the next call works');
  });
}

test('an AWS that does not answer is given up', async () => {
  edge.aws.faults.set({ delay_ms: { ListTasks: 6_000 } });
  const { refused } = await list(who('alice'), { retries: 0 });
  assert.equal(refused.reason, 'aws_unavailable');
  assert.match(refused.message, /no answer in 5000 ms/);
});

test('a refusal that quotes the request does not bring its secrets back', async () => {
  const of = newcomer();
  const { credentials } = await ask({ who: of });
  edge.aws.faults.set({ quote: { ListTasks: 1, AssumeRoleWithWebIdentity: 1 } });
  const { refused } = await list(of, { retries: 0 });
  assert.equal(refused.code, 'SignatureDoesNotMatch');
  assert.match(refused.message, /\(hidden\)/);
  assert.ok(!JSON.stringify(refused).includes(credentials.session_token));
  const sts = await list(newcomer(), { retries: 0 });
  assert.doesNotMatch(JSON.stringify(sts), /eyJ[\w-]+\.eyJ/, 'no token of ours');
});

test('no credential is in any log', () => {
  assert.ok(secrets.size > 10);
  for (const secret of secrets) assert.ok(!edge.worker.output().includes(secret));
  assert.doesNotMatch(edge.worker.output(), /eyJ[\w-]+\.eyJ/);
});

test('the cache is bounded: who came first is asked for again first', async () => {
  const cache = new CredentialsCache();
  let asked = 0;
  const ask_for = async () => {
    asked += 1;
    return { credentials: { access_key_id: '', secret_access_key: '', session_token: '' }, expires: Date.now() / 1000 + 900, session: '' };
  };
  for (let i = 0; i < 400; i += 1) await cache.get(`caller-${i}`, ask_for);
  assert.equal(asked, 400);
  await cache.get('caller-399', ask_for);
  assert.equal(asked, 400);
  await cache.get('caller-0', ask_for);
  assert.equal(asked, 401);
});

test('what failed is not held, and a flight that failed does not stay', async () => {
  const cache = new CredentialsCache();
  await assert.rejects(cache.get('x', () => Promise.reject(new Error('down'))));
  const refused = /** @type {any} */ ({ kind_name: 'transient' });
  assert.deepEqual(await cache.get('x', async () => ({ refused })), { refused });
  assert.equal((await cache.get('x', async () => ({ credentials: /** @type {any} */ ({}), expires: 0, session: 's' }))).refused, undefined);
});

test('the endpoint in place of AWS is https, or http on loopback, for both services or for each', () => {
  const local = { origin: 'http://127.0.0.1:4566', host: '127.0.0.1:4566' };
  const remote = { origin: 'https://aws.acme.example', host: 'aws.acme.example' };
  assert.deepEqual(endpoints_of(undefined), {});
  assert.deepEqual(endpoints_of(''), {});
  assert.deepEqual(endpoints_of('http://127.0.0.1:4566'), { sts: local, ecs: local });
  assert.deepEqual(endpoints_of('https://aws.acme.example'), { sts: remote, ecs: remote });
  assert.deepEqual(endpoints_of('{"sts": "https://aws.acme.example", "ecs": "http://127.0.0.1:4566"}'), { sts: remote, ecs: local });
  assert.deepEqual(endpoints_of(' {"ecs": "https://aws.acme.example"}'), { ecs: remote });
  for (const wrong of [
    'nonsense',
    'http://aws.acme.example',
    'http://127.0.0.1.evil.example',
    'https://x.example/path',
    'https://x.example/?q',
    'https://u:p@x.example',
    'ftp://127.0.0.1',
  ]) {
    assert.throws(() => endpoints_of(wrong), /SALLYPORT_AWS_ENDPOINT/, wrong);
    assert.throws(() => endpoints_of(JSON.stringify({ sts: wrong })), /SALLYPORT_AWS_ENDPOINT: sts: /, wrong);
  }
  assert.throws(() => endpoints_of('{"sqs": "https://aws.acme.example"}'), /SALLYPORT_AWS_ENDPOINT: sqs: only sts and ecs/);
  for (const wrong of ['{', '{"sts": 1}', '{"ecs": null}', '{"ecs": {}}'])
    assert.throws(() => endpoints_of(wrong), /SALLYPORT_AWS_ENDPOINT/);
});
