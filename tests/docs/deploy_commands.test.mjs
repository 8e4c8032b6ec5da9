// The commands of docs/guide/deploy.md that can be run without an account: as they stand, against stand-ins where they call out.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { start_local_aws } from '../../demo/local_aws/main.mjs';
import { run } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';
import { fences_of, parse_jsonc, shell_function, shell_of } from '../support/fences.mjs';

const sallyport = `${root}build/dev/sallyport`;
const guide = 'docs/guide/deploy.md';
const shell = shell_of(guide);
const folder = mkdtempSync(join(tmpdir(), 'sallyport-commands-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The line of the guide that has this, with the lines that continue it. @param {string} mark */
function command_with(mark) {
  const lines = shell.split('\n');
  const at = lines.findIndex((line) => line.includes(mark));
  let end = at;
  while (/[\\|]$/.test(lines[end] ?? '')) end += 1;
  let start = at;
  while (/[\\|]$/.test(lines[start - 1] ?? '')) start -= 1;
  assert.notEqual(at, -1, mark);
  return lines.slice(start, end + 1).join('\n');
}

/** @param {string} script @param {Record<string, string>} [env] */
const bash = (script, env = {}) =>
  run('bash', ['-euc', script], { cwd: folder, env: { PATH: /** @type {string} */ (process.env.PATH), ...env } });

const others = {
  DOMAIN: 'corp.test',
  ACCOUNT: '210987654321',
  REGION: 'eu-west-1',
  CLUSTER: 'main',
  SUBNETS: 'subnet-1,subnet-2,subnet-3',
  JOBS_GROUP: 'sg-1',
};

test('names of one’s own replace those of the page in every file that it has its readers save', async () => {
  const saved = fences_of(guide).filter(({ language, text }) => language === 'json' || text.includes('"routes"'));
  const files = saved.map(({ language, text }, index) => {
    const name = language === 'json' ? `${index}.json` : 'policy.jsonc';
    writeFileSync(join(folder, name), text);
    return name;
  });
  assert.ok(files.includes('policy.jsonc'));
  const fill = command_with('mine policy.jsonc');
  await bash(`${shell_function(guide, 'mine')}\nmine ${files.join(' ')}\n${fill}`, others);
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    assert.doesNotMatch(text, /acme\.example|123456789012|us-east-1|\/prod\b|"cluster": "prod"|0aaa|0ccc/, `${file}\n${text}`);
  }
  await run(sallyport, ['policy', 'check', join(folder, 'policy.jsonc')]);
  const { services, jobs } = parse_jsonc(readFileSync(join(folder, 'policy.jsonc'), 'utf8'));
  assert.deepEqual([services.billing.ecs.cluster, jobs.export.ecs.cluster], ['main', 'jobs']);
  assert.deepEqual([jobs.export.ecs.subnets, jobs.export.ecs.security_groups], [['subnet-1', 'subnet-2', 'subnet-3'], ['sg-1']]);
});

test('what the policy names is made before the policy, and the policy before the image that has it', () => {
  const order = ['SUBNETS=$(', 'JOBS_GROUP=$(', 'mine policy.jsonc', 'docker build'].map((mark) => shell.indexOf(mark));
  assert.ok(
    order.every((at, index) => at > (order[index - 1] ?? 0)),
    order.join(' '),
  );
});

test('STS takes the token that the guide makes, for the names of the policy, and for none that the gate keeps', async (t) => {
  const own = join(folder, 'sts');
  mkdirSync(own);
  symlinkSync(`${root}node_modules`, join(own, 'node_modules'));
  await run(sallyport, ['keys', 'generate', '--out', join(own, 'edge-keys.json')]);
  const keys = await run(sallyport, ['keys', 'show', '--json', join(own, 'edge-keys.json')]);
  const issuer = createServer((request, response) => {
    const address = `http://${request.headers.host}`;
    const discovery = JSON.stringify({ issuer: address, jwks_uri: `${address}/jwks` });
    response.end(request.url === '/jwks' ? keys : discovery);
  });
  await new Promise((resolve) => issuer.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => issuer.close());
  const provider = `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (issuer.address()).port}`;
  const trust = fences_of(guide).find(({ text }) => text.includes('TheGateForItsServicesAndJobs'))?.text ?? '';
  const aws = await start_local_aws({
    config: {
      account: '123456789012',
      region: 'us-east-1',
      oidc_providers: [{ issuer: `http://${provider}`, client_ids: ['sts.amazonaws.com'] }],
      roles: { 'sallyport-gate': { trust_policy: JSON.parse(trust.replaceAll('edge.acme.example', provider)), policy: [] } },
    },
  });
  t.after(() => aws.stop());
  const make = shell_function(guide, 'edge_token').replace('https://edge.$DOMAIN', `http://${provider}`);
  const asked = async (/** @type {string} */ subject) => {
    const token = await bash(`cd sts\n${make}\nedge_token ${subject}`);
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::123456789012:role/sallyport-gate',
      RoleSessionName: 'check',
      WebIdentityToken: token.trim(),
    });
    return (await fetch(aws.url, { method: 'POST', body })).text();
  };
  for (const name of ['billing', 'export'])
    assert.match(await asked(`sallyport:${name}`), new RegExp(`<SubjectFromWebIdentityToken>sallyport:${name}<`));
  for (const other of ['sallyport:@looks', 'other:billing']) assert.match(await asked(other), /AccessDenied/);
  // Without tags and source identity the check would pass where the gate is refused.
  const { sourceIdentity, principalTags = {} } = aws.trail.events[0]?.userIdentity?.sessionContext ?? {};
  assert.ok(sourceIdentity && Object.keys(principalTags).length > 0);
});

test('CloudTrail’s events are read for the gate’s own, not for calls of the one who looks', async () => {
  const [, filter = ''] = command_with('fromjson').split(/\|\s*(?=jq )/);
  const event = (/** @type {object} */ who) => JSON.stringify({ userIdentity: who });
  const session = 'arn:aws:sts::123456789012:assumed-role/sallyport-gate/sallyport';
  writeFileSync(
    join(folder, 'events.json'),
    JSON.stringify([
      event({ type: 'AssumedRole', arn: 'arn:aws:sts::123456789012:assumed-role/admin/me', sessionContext: {} }),
      event({ type: 'AWSService', invokedBy: 'ecs.application-autoscaling.amazonaws.com' }),
      event({ type: 'AssumedRole', arn: session, sessionContext: { sourceIdentity: 'alice' } }),
    ]),
  );
  assert.equal(await bash(`${filter} < events.json`), `alice ${session}\n`);
});

test('all that the guide creates is taken down', () => {
  const end = shell.indexOf('npx wrangler delete');
  const [built, down] = [shell.slice(0, end), shell.slice(end)];
  const created = (/** @type {RegExp} */ what) => [...new Set([...built.matchAll(what)].map(([, noun]) => noun))].sort();
  const nouns = created(/aws \S+ create-([a-z-]+)/g);
  assert.ok(nouns.length > 8, nouns.join(' '));
  const by_hand = readFileSync(root + guide, 'utf8').split('## 12.')[1] ?? '';
  // The ones of way C, whose load balancer is somebody's own.
  const of_way_c = ['trust-store', 'target-group', 'listener'];
  for (const noun of nouns) {
    if (of_way_c.includes(`${noun}`)) assert.ok(by_hand.includes(`${noun}`.replace('-', ' ')), noun);
    else assert.ok(down.includes(` delete-${noun} `), `${noun} is not deleted`);
  }
  for (const [, role, name] of built.matchAll(/aws iam put-role-policy --role-name (\S+) --policy-name (\S+)/g))
    assert.ok(down.includes(`delete-role-policy --role-name ${role} --policy-name ${name}`), `${role} ${name}`);
});

test('the sums at the top of the guide are those of its table of prices', () => {
  const page = readFileSync(root + guide, 'utf8');
  const price = (/** @type {RegExp} */ row) => Number(row.exec(page)?.[1]);
  const hours = 730;
  const workers = price(/^\| Workers .*?\| (\d+) a month/m);
  const tunnel = price(/^\| two `cloudflared` tasks .*?\| (\d+) a month/m);
  const address = price(/^\| instead: public subnets.*?\| (\d\.\d+) an hour/m);
  const secret = price(/^\| a secret .*?\| (\d\.\d+) a month/m);
  const task = price(/^\| a task, .*?\| (\d\.\d+) an hour/m);
  const always = (task + address) * hours;
  const two_hours = (task + address) * 2 * (hours / 24);
  const way_a = workers + tunnel + 2 * address * hours + secret;
  const [, top_a, top_b, top_always, top_asleep] =
    /costs about (\d+) dollars a month before[\s\S]*?Way B costs about (\d+)[\s\S]*?always on costs about (\d+)[\s\S]*?about (\d+) if it runs/
      .exec(page)
      ?.map(Number) ?? [];
  assert.deepEqual([top_a, top_b, top_always, top_asleep], [way_a, workers + secret, always, two_hours].map(Math.round));
  assert.equal(Math.ceil(way_a / (always - two_hours)), 3);
  assert.equal(Math.ceil((workers + secret) / (always - two_hours)), 1);
});
