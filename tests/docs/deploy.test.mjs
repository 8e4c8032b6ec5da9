// docs/guide/deploy.md is held to what it says: its JSON is what AWS and our own programs take, its reasons exist.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { authorize, trusts } from '../../demo/local_aws/authorization.mjs';
import { run } from '../../demo/parts/child.mjs';
import { fences_of, parse_jsonc, shell_function } from '../support/fences.mjs';
import { root } from '../../demo/parts/worker.mjs';

const sallyport = `${root}build/dev/sallyport`;
const guide = 'docs/guide/deploy.md';
const account = '123456789012';
const ecs = `arn:aws:ecs:us-east-1:${account}`;
const in_prod = { 'ecs:cluster': `${ecs}:cluster/prod` };
const in_jobs = { 'ecs:cluster': `${ecs}:cluster/jobs` };

const folder = mkdtempSync(join(tmpdir(), 'sallyport-docs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The JSON documents of the guide. @type {any[]} */
const documents = fences_of(guide)
  .filter((fence) => fence.language === 'json')
  .map((fence) => JSON.parse(fence.text));
/** The policy document with a statement of this Sid. @param {string} sid @returns {any} */
const with_statement = (sid) => documents.find((each) => each.Statement?.some((/** @type {any} */ statement) => statement.Sid === sid));
const trust = with_statement('TheGateForItsServicesAndJobs');
const permissions = with_statement('RunJobs');
const task_definition = documents.find((each) => each.family === 'billing');
const policy = fences_of(guide).find((fence) => fence.language === 'jsonc')?.text ?? '';

test('every JSON block of the documents parses', () => {
  const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const files = ['README.md', ...pages.map((name) => `docs/${name}`)];
  for (const file of files) {
    for (const { language, text, line } of fences_of(file)) {
      if (language !== 'json' && language !== 'jsonc') continue;
      // Some show a member out of a larger document.
      const whole = /^\s*[[{]/.test(text.replace(/^\s*\/\/.*\n/gm, '')) ? text : `{${text}}`;
      assert.doesNotThrow(() => (language === 'json' ? JSON.parse(whole) : parse_jsonc(whole)), `${file}:${line}`);
    }
  }
});

test('the trust policy takes the gate for its services and jobs, with tags and source identity, and nobody else', () => {
  const provider = `arn:aws:iam::${account}:oidc-provider/edge.acme.example`;
  const token = (/** @type {string} */ sub, aud = 'sts.amazonaws.com') => ({ 'edge.acme.example:aud': aud, 'edge.acme.example:sub': sub });
  const { services, jobs } = parse_jsonc(policy);
  for (const action of ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity']) {
    for (const name of Object.keys({ ...services, ...jobs }))
      assert.ok(trusts(trust, action, provider, token(`sallyport:${name}`)), `${action} ${name}`);
    for (const other of ['sallyport:@looks', 'other:billing', 'xsallyport:billing'])
      assert.equal(trusts(trust, action, provider, token(other)), false, other);
    assert.equal(trusts(trust, action, provider, token('sallyport:billing', 'other')), false);
    assert.equal(trusts(trust, action, `arn:aws:iam::${account}:oidc-provider/evil.example`, token('sallyport:billing')), false);
  }
});

test('the permissions policy allows each call of a wake and of a job, and no other service, job, cluster or role', () => {
  const session = { arn: 'the gate', rolePolicy: permissions.Statement, tags: { sallyport_target: 'prod/billing' } };
  const of_billing = { ...in_prod, 'aws:ResourceTag/sallyport_target': 'prod/billing' };
  const may = (/** @type {string} */ action, /** @type {string} */ resource, context = in_prod) =>
    authorize(session, action, resource, context);
  const passed = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  may('ecs:UpdateService', `${ecs}:service/prod/billing`, of_billing);
  may('ecs:DescribeServices', `${ecs}:service/prod/billing`, of_billing);
  may('ecs:ListTasks', '*');
  may('ecs:DescribeTasks', `${ecs}:task/prod/0123456789abcdef`);
  may('ecs:DescribeTasks', `${ecs}:task/jobs/0123456789abcdef`, in_jobs);
  may('ecs:RunTask', `${ecs}:task-definition/export:1`, in_jobs);
  may('ecs:StopTask', `${ecs}:task/jobs/0123456789abcdef`, in_jobs);
  for (const member of ['executionRoleArn']) may('iam:PassRole', task_definition[member], /** @type {any} */ (passed));
  const denied = [
    ['ecs:UpdateService', `${ecs}:service/prod/other`, { ...in_prod, 'aws:ResourceTag/sallyport_target': 'prod/other' }],
    ['ecs:UpdateService', `${ecs}:service/prod/untagged`, in_prod],
    ['ecs:UpdateService', `${ecs}:service/dev/billing`, of_billing],
    ['ecs:UpdateService', `${ecs}:service/prod/billing`, { ...of_billing, 'ecs:task-definition': 'evil:1' }],
    ['ecs:UpdateService', `${ecs}:service/prod/billing`, { ...of_billing, 'ecs:enable-execute-command': 'true' }],
    ['ecs:ListTasks', '*', { 'ecs:cluster': `${ecs}:cluster/dev` }],
    ['ecs:RunTask', `${ecs}:task-definition/other:1`, in_jobs],
    ['ecs:RunTask', `${ecs}:task-definition/export:1`, in_prod],
    ['ecs:StopTask', `${ecs}:task/prod/0123456789abcdef`, in_prod],
    ['ecs:DeleteService', `${ecs}:service/prod/billing`, in_prod],
    ['iam:PassRole', `arn:aws:iam::${account}:role/admin`, passed],
  ];
  for (const [action, resource, context] of denied) {
    assert.throws(
      () => may(/** @type {string} */ (action), /** @type {string} */ (resource), /** @type {any} */ (context)),
      /not authorized/,
      `${action} ${resource}`,
    );
  }
});

test('the policy loads, and the agent of the task definition starts with it', async () => {
  const file = join(folder, 'policy.jsonc');
  writeFileSync(file, policy);
  await run(sallyport, ['policy', 'check', file]);
  const agent = task_definition.containerDefinitions.find((/** @type {any} */ each) => each.name === 'sallyport');
  const env = Object.fromEntries(
    agent.environment.map((/** @type {any} */ { name, value }) => [name, value === '/policy.jsonc' ? file : value]),
  );
  const effective = await run(sallyport, ['agent', '--check'], { env });
  assert.match(effective, /"service": "billing"/);
  assert.doesNotMatch(effective, /unknown|warning/i);
});

test('the agent drains while the app still answers: it depends on the app, and stops within its time', () => {
  const [app, agent] = task_definition.containerDefinitions;
  assert.deepEqual(agent.dependsOn, [{ containerName: app.name, condition: 'HEALTHY' }]);
  const stop = agent.environment.find((/** @type {any} */ each) => each.name === 'SALLYPORT_TIMEOUTS_STOP').value;
  assert.ok(Number.parseInt(stop, 10) < agent.stopTimeout);
  assert.deepEqual([app.essential, agent.essential, agent.readonlyRootFilesystem, agent.user], [true, true, true, '65532']);
});

/** Runs it with a wrangler that only builds. @param {string} name @param {string} config */
function dry_run(name, config) {
  const wrangler = `node ${root}node_modules/wrangler/bin/wrangler.js deploy --dry-run --outdir ${join(folder, name)}`;
  const script = `${shell_function(guide, name).replace('npx wrangler deploy', wrangler).replace('--config wrangler.issuer.toml', '')} ${name}`;
  const env = {
    WRANGLER_SEND_METRICS: 'false',
    CI: 'true',
    DOMAIN: 'acme.example',
    ACCOUNT: account,
    PATH: `${root}build/dev:${process.env.PATH}`,
  };
  return run('bash', ['-euc', script.replace('wrangler.js deploy', `wrangler.js deploy --config ${config}`)], { env, cwd: folder });
}

/** @param {string} file @param {string} [added] */
function configuration(file, added = '') {
  const config = join(folder, file);
  writeFileSync(config, readFileSync(root + file, 'utf8').replace(/^main = "/m, `main = "${root}`) + added);
  return config;
}

test('both Workers deploy by the functions of the guide, with its snippets pasted as they stand', async () => {
  await run('git', ['init', '--quiet', folder]);
  await run('git', [
    '-C',
    folder,
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@acme.example',
    'commit',
    '--quiet',
    '--allow-empty',
    '--message',
    'one',
  ]);
  await run(sallyport, ['keys', 'generate', '--out', join(folder, 'edge-keys.json')]);
  const added = fences_of(guide)
    .filter((fence) => fence.language === 'toml')
    .map((fence) => `\n${fence.text}`)
    .join('');
  const gate = await dry_run('deploy_gate', configuration('wrangler.toml', added));
  for (const name of ['PROD_VPC', 'ORIGIN_CERT', 'SALLYPORT_AWS_ROLE', 'SALLYPORT_SIGNING_KEYS'])
    assert.match(gate, new RegExp(`env\\.${name} \\(`));
  const issuer = await dry_run('deploy_issuer', configuration('wrangler.issuer.toml'));
  for (const name of ['SALLYPORT_ISSUER', 'SALLYPORT_PUBLIC_KEYS']) assert.match(issuer, new RegExp(`env\\.${name} \\(`));
});

test('each reason that the table of failures names exists, with that status and public code', () => {
  const rows = readFileSync(`${root}docs/reference/reasons.md`, 'utf8').matchAll(/^\| \d+ \| `(\w+)` \| (\d+) \| `(\w+)` \|/gm);
  const known = new Map([...rows].map(([, reason, status, code]) => [reason, `${status} \`${code}\``]));
  const guide_rows = readFileSync(`${root}docs/guide/troubleshooting.md`, 'utf8').matchAll(
    /^\| (?:(\d{3} `\w+`)|[^|]+?)[^|]*\| ([^|]*`\w+`[^|]*) \|/gm,
  );
  let seen = 0;
  for (const [row, answer, reasons] of guide_rows) {
    if (!answer) continue;
    for (const [, reason] of reasons.matchAll(/`([a-z0-9_]+)`/g)) {
      assert.equal(known.get(reason), answer, row);
      seen += 1;
    }
  }
  assert.ok(seen > 25, `${seen} reasons were compared`);
});
