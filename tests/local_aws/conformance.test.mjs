// local-aws is driven by the real AWS SDK: what it accepts, AWS's own client can send and read.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import { generateKeyPair } from 'jose';

import { account, region } from '../support/account.mjs';
import { start_sdk_caller, there } from '../support/sdk_caller.mjs';

const cluster_arn = `arn:aws:ecs:${region}:${account}:cluster/prod`;
/** @type {string} */
let issuer;
/** @type {import('../../demo/local_aws/main.mjs').LocalAws} */
let aws;
/** @type {import('../support/sdk_caller.mjs').SdkCaller} */
let caller;

/** The only one. @template T @param {T[] | undefined} list @returns {T} */
const first_of = (list) => there(there(list)[0]);

before(async () => {
  const sleeper = {
    name: 'app',
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    health: { command: ['true'], interval_ms: 50 },
  };
  const one_shot = { name: 'export', command: [process.execPath, '-e', 'process.exit(Number(process.env.CODE ?? 0))'] };
  caller = await start_sdk_caller((its_issuer) => {
    issuer = its_issuer;
    return {
      roles: {
        gate: { trust: { issuer, sub: ['sallyport:*'] }, policy: [{ Effect: 'Allow', Action: ['ecs:*', 'iam:PassRole'], Resource: '*' }] },
        // As IAM takes them; without sts:SetSourceIdentity.
        documented: {
          trust_policy: trust_policy(['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']),
          policy: { Version: '2012-10-17', Statement: [] },
        },
        // For whom the token names as its target, and for nobody of a reserved name.
        tagged: {
          trust_policy: trust_policy(['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'], {
            StringEquals: { 'aws:RequestTag/subject': 'alice' },
            StringNotLike: { [`${issuer.replace('http://', '')}:sub`]: 'sallyport:@*' },
          }),
          policy: [{ Effect: 'Allow', Action: 'ecs:ListTasks', Resource: '*' }],
        },
      },
      clusters: { prod: { services: { billing: { task_definition: 'billing:1' } } } },
      task_definitions: {
        'billing:1': { provision_ms: 20, pull_ms: 20, containers: [sleeper] },
        'export:1': { containers: [one_shot] },
        'with-role:1': { execution_role: 'tasks', containers: [one_shot] },
      },
    };
  });
  ({ aws } = caller);
});

after(() => caller.stop());

/** A trust policy document for tokens of the issuer whose subject is sallyport:billing. @param {string[]} actions
 * @param {import('../../demo/local_aws/types.d.ts').Conditions} [conditions] in place of that */
function trust_policy(actions, conditions) {
  const provider = issuer.replace('http://', '');
  const condition = conditions ?? { StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com', [`${provider}:sub`]: 'sallyport:billing' } };
  const principal = { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` };
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: actions, Condition: condition }] };
}

/** @typedef {import('../support/sdk_caller.mjs').Claims} Claims */
/** @typedef {import('../../demo/local_aws/types.d.ts').Statement} Statement */

/** @type {import('../support/sdk_caller.mjs').SdkCaller['token']} */
const token = (...given) => caller.token(...given);
/** @type {import('../support/sdk_caller.mjs').SdkCaller['assume']} */
const assume = (...given) => caller.assume(...given);
/** @type {import('../support/sdk_caller.mjs').SdkCaller['ecs']} */
const ecs = (credentials) => caller.ecs(credentials);
const named = (/** @type {string} */ name) => (/** @type {Error} */ problem) =>
  problem.name === name || assert.fail(`${problem.name}: ${problem.message}`);

/** @template T @param {() => Promise<T>} what @param {(value: T) => boolean} holds @returns {Promise<T>} */
async function until(what, holds) {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await what();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return assert.fail('it did not happen in time');
}

test('the SDK assumes the role and gets credentials that expire', async () => {
  const credentials = await assume();
  assert.match(credentials.accessKeyId, /^ASIA/);
  assert.ok(credentials.expiration > new Date());
});

test('tokens that AWS would refuse are refused by name', async () => {
  const other = await generateKeyPair('ES256');
  await assert.rejects(assume({ token: 'x.y.z' }), named('InvalidIdentityTokenException'));
  await assert.rejects(assume({ token: await token({ aud: 'other' }) }), named('InvalidIdentityTokenException'));
  await assert.rejects(assume({ token: await token({}, { key: other.privateKey }) }), named('InvalidIdentityTokenException'));
  await assert.rejects(assume({ token: await token({}, { expires: '-1m' }) }), named('ExpiredTokenException'));
  await assert.rejects(assume({ token: await token({ sub: 'stranger' }) }), named('AccessDenied'));
  await assert.rejects(assume({ role: `arn:aws:iam::${account}:role/other` }), named('AccessDenied'));
});

test('a trust policy must allow the tags and the source identity of a token, and names its subject', async () => {
  const documented = `arn:aws:iam::${account}:role/documented`;
  const plain = (/** @type {Claims} */ claims = {}) => token({ 'https://aws.amazon.com/source_identity': undefined, ...claims });
  assert.match((await assume({ role: documented, token: await plain() })).accessKeyId, /^ASIA/);
  const refused = (/** @type {Claims} */ claims) => plain(claims).then((made) => assume({ role: documented, token: made }));
  await assert.rejects(refused({ sub: 'sallyport:other' }), /Not authorized to perform sts:AssumeRoleWithWebIdentity/);
  await assert.rejects(assume({ role: documented }), /Not authorized to perform sts:SetSourceIdentity/);
});

test('a trust policy may look at the tags of a token, and leave subjects out', async () => {
  const role = `arn:aws:iam::${account}:role/tagged`;
  const with_subject = (/** @type {string} */ tag) => ({ 'https://aws.amazon.com/tags': { principal_tags: { subject: [tag] } } });
  assert.match((await assume({ role })).accessKeyId, /^ASIA/);
  await assert.rejects(assume({ role, token: await token(with_subject('bob')) }), named('AccessDenied'));
  await assert.rejects(assume({ role, token: await token({ sub: 'sallyport:@looks' }) }), named('AccessDenied'));
});

test('a session policy with a condition key that no call has is malformed', async () => {
  const policy = [{ Effect: 'Deny', Action: 'ecs:*', Resource: 'x', Condition: { StringEquals: { 'ecs:service': 'billing' } } }];
  await assert.rejects(assume({ policy }), named('MalformedPolicyDocumentException'));
});

test('tags that fill the packed size of a session are refused, and how full it is is told', async () => {
  const large = { 'https://aws.amazon.com/tags': { principal_tags: { subject: ['s'.repeat(256)], email: ['e'.repeat(128)] } } };
  await assert.rejects(assume({ token: await token(large) }), named('PackedPolicyTooLargeException'));
});

test('a task whose definition names a role runs only for who may pass that role', async () => {
  const run = async (/** @type {Statement[]} */ policy) =>
    ecs(await assume({ policy })).send(new RunTaskCommand({ cluster: 'prod', taskDefinition: 'with-role:1' }));
  const runs = { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' };
  const passes = {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: `arn:aws:iam::${account}:role/tasks`,
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  };
  await assert.rejects(run([runs]), named('AccessDeniedException'));
  assert.equal((await run([runs, passes])).tasks?.length, 1);
});

test('a service goes from zero to a healthy task and back', async () => {
  const client = ecs(await assume());
  const { service } = await client.send(new UpdateServiceCommand({ cluster: 'prod', service: 'billing', desiredCount: 1 }));
  assert.equal(service?.desiredCount, 1);
  const list = async () => (await client.send(new ListTasksCommand({ cluster: 'prod', serviceName: 'billing' }))).taskArns;
  const describe = async () => first_of((await client.send(new DescribeTasksCommand({ cluster: 'prod', tasks: await list() }))).tasks);
  const task = await until(describe, (each) => each.lastStatus === 'RUNNING' && each.healthStatus === 'HEALTHY');
  const { details = [] } = first_of(task.attachments);
  assert.match(there(details.find(({ name }) => name === 'privateIPv4Address')?.value), /^127\.1\.\d+\.\d+$/);
  assert.ok(task.createdAt instanceof Date);
  await client.send(new UpdateServiceCommand({ cluster: 'prod', service: 'billing', desiredCount: 0 }));
  const running = async () =>
    first_of((await client.send(new DescribeServicesCommand({ cluster: 'prod', services: ['billing'] }))).services).runningCount;
  assert.equal(await until(running, (count) => count === 0), 0);
});

test('RunTask keeps to its client token and passes the environment', async () => {
  const client = ecs(await assume());
  const run = (/** @type {string} */ code, /** @type {string} */ client_token) =>
    client.send(
      new RunTaskCommand({
        cluster: 'prod',
        taskDefinition: 'export:1',
        clientToken: client_token,
        overrides: { containerOverrides: [{ name: 'export', environment: [{ name: 'CODE', value: code }] }] },
      }),
    );
  const task_arn = there(first_of((await run('7', 'key-1')).tasks).taskArn);
  const again = await run('7', 'key-1');
  assert.equal(first_of(again.tasks).taskArn, task_arn);
  await assert.rejects(run('8', 'key-1'), named('ConflictException'));
  const describe = async () => first_of((await client.send(new DescribeTasksCommand({ cluster: 'prod', tasks: [task_arn] }))).tasks);
  const ended = await until(describe, (each) => each.lastStatus === 'STOPPED');
  assert.equal(first_of(ended.containers).exitCode, 7);
  assert.equal(ended.stopCode, 'EssentialContainerExited');
});

test('a session policy bounds action, resource and cluster', async () => {
  const service_arn = `arn:aws:ecs:${region}:${account}:service/prod/billing`;
  const client = ecs(
    await assume({
      policy: [
        { Effect: 'Allow', Action: ['ecs:DescribeServices'], Resource: service_arn },
        { Effect: 'Allow', Action: ['ecs:ListTasks'], Resource: '*', Condition: { ArnEquals: { 'ecs:cluster': cluster_arn } } },
      ],
    }),
  );
  await client.send(new DescribeServicesCommand({ cluster: 'prod', services: ['billing'] }));
  await client.send(new ListTasksCommand({ cluster: 'prod' }));
  const denied = named('AccessDeniedException');
  await assert.rejects(client.send(new DescribeServicesCommand({ cluster: 'prod', services: ['other'] })), denied);
  await assert.rejects(client.send(new UpdateServiceCommand({ cluster: 'prod', service: 'billing', desiredCount: 1 })), denied);
  await assert.rejects(client.send(new StopTaskCommand({ cluster: 'prod', task: 'x' })), denied);
});

test('a wrong secret, a foreign session token and an expired session are refused', async () => {
  const credentials = await assume();
  const call = new ListTasksCommand({ cluster: 'prod' });
  await assert.rejects(ecs({ ...credentials, secretAccessKey: 'wrong' }).send(call), named('InvalidSignatureException'));
  await assert.rejects(ecs({ ...credentials, sessionToken: 'wrong' }).send(call), named('UnrecognizedClientException'));
  aws.faults.set({ session_seconds: -1 });
  const expired = await assume();
  aws.faults.set({ session_seconds: 0 });
  await assert.rejects(ecs({ ...expired, expiration: undefined }).send(call), named('ExpiredTokenException'));
});

test('credentials that expire sooner than was said are refused by name', async () => {
  const client = ecs(await assume());
  aws.faults.set({ expire_sessions: true });
  await assert.rejects(client.send(new ListTasksCommand({ cluster: 'prod' })), named('ExpiredTokenException'));
});

test('throttling is an HTTP 400, and failures of RunTask an HTTP 200', async () => {
  const client = ecs(await assume());
  aws.faults.set({ throttle: { ListTasks: 1 } });
  const throttled = (/** @type {import('@aws-sdk/client-ecs').ECSServiceException} */ problem) =>
    problem.name === 'ThrottlingException' && problem.$metadata.httpStatusCode === 400;
  await assert.rejects(client.send(new ListTasksCommand({ cluster: 'prod' })), throttled);
  await client.send(new ListTasksCommand({ cluster: 'prod' }));
  aws.faults.set({ run_failures: [{ arn: 'arn:x', reason: 'RESOURCE:MEMORY' }] });
  const answer = await client.send(new RunTaskCommand({ cluster: 'prod', taskDefinition: 'export:1' }));
  assert.deepEqual(answer.tasks, []);
  assert.equal(first_of(answer.failures).reason, 'RESOURCE:MEMORY');
});

test('a call whose answer is lost was carried out all the same', async () => {
  const client = ecs(await assume());
  const run = () =>
    client.send(new RunTaskCommand({ cluster: 'prod', taskDefinition: 'export:1', clientToken: 'lost-1', startedBy: 'lost-1' }));
  aws.faults.set({ lose: { RunTask: 1 } });
  await assert.rejects(run());
  const again = await run();
  const started = aws.scheduler.describe().tasks.filter((task) => task.startedBy === 'lost-1');
  assert.deepEqual(
    started.map((task) => task.taskArn),
    [first_of(again.tasks).taskArn],
  );
});

test('a list comes page by page, and the SDK finds all of it', async () => {
  const client = ecs(await assume());
  const started = await Promise.all([1, 2, 3].map(() => client.send(new RunTaskCommand({ cluster: 'prod', taskDefinition: 'export:1' }))));
  const stopped = { cluster: 'prod', desiredStatus: /** @type {const} */ ('STOPPED') };
  const ended = async () => there((await client.send(new ListTasksCommand(stopped))).taskArns);
  const wanted = started.map(({ tasks }) => there(first_of(tasks).taskArn));
  const whole = await until(ended, (arns) => wanted.every((arn) => arns.includes(arn)));
  aws.faults.set({ page_size: 2 });
  const found = [];
  for await (const { taskArns = [] } of paginateListTasks({ client }, stopped)) {
    assert.ok(taskArns.length <= 2);
    found.push(...taskArns);
  }
  aws.faults.set({ page_size: 0 });
  assert.deepEqual(found, whole);
});

test('the trail names the person, and no secret', async () => {
  const credentials = await assume();
  await ecs(credentials).send(new ListTasksCommand({ cluster: 'prod' }));
  const event = there(aws.trail.events.at(-1));
  assert.equal(event.eventName, 'ListTasks');
  assert.equal(event.userIdentity?.sessionContext.sourceIdentity, 'alice');
  assert.deepEqual(event.userIdentity?.sessionContext.principalTags, { subject: 'alice' });
  const text = JSON.stringify(aws.trail.events);
  for (const secret of [credentials.secretAccessKey, credentials.sessionToken]) assert.ok(!text.includes(secret));
});

/** @type {[string, string[], number, RegExp][]} */
const wrong_starts = [
  ['an unknown argument', ['nonsense'], 2, /^local-aws: Unexpected argument 'nonsense'.*\nusage: scripts\/local-aws --config FILE/],
  ['no configuration', [], 2, /^local-aws: --config is missing\nusage: /],
  ['a configuration that is not there', ['--config', '/nonexistent.json'], 1, /^local-aws: \/nonexistent\.json: ENOENT/],
  ['an address that is none', ['--config', 'CONFIG', '--listen', 'nowhere'], 1, /^local-aws: --listen nowhere: not an address and a port/],
];
for (const [what, args, status, says] of wrong_starts) {
  test(`started with ${what} it says so, and not where in its code that was noticed`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-aws-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ account, region }));
    const program = fileURLToPath(new URL('../../scripts/local-aws', import.meta.url));
    const ended = spawnSync(
      program,
      args.map((each) => (each === 'CONFIG' ? join(folder, 'config.json') : each)),
      { encoding: 'utf8', timeout: 240_000 },
    );
    rmSync(folder, { recursive: true });
    assert.equal(ended.status, status, ended.stderr);
    assert.match(ended.stderr, says);
    assert.doesNotMatch(ended.stderr, /^ +at /m);
  });
}
