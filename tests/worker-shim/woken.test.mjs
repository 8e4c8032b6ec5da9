// A request to a service that sleeps, through the whole gate: policy, coordinator, local-aws, and the task that answers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start_aws_edge } from '../support/aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { send } from '../support/edge.mjs';
import { start_issuer } from '../support/issuer.mjs';

/** A process that answers with what it was asked, as an app behind an agent would. */
const program = 'require("http").createServer((q, s) => s.end(q.method + " " + q.url)).listen(8443, process.argv[1])';
const app = {
  name: 'app',
  command: [process.execPath, '-e', program, '{address}'],
  health: { command: ['bash', '-c', 'exec 3<>/dev/tcp/{address}/8443'], interval_ms: 100, retries: 1000 },
};
const services = {
  first: { containers: [app] },
  herd: { containers: [app] },
  restarted: { provision_ms: 500, pull_ms: 500, containers: [app] },
  guarded: { containers: [app] },
  light: { light: { port: 8443 } },
  crash: { containers: [{ name: 'app', command: ['sh', '-c', 'exit 3'] }] },
};
/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
/** @type {import('../support/issuer.mjs').RunningIssuer} */
let people;

before(async () => {
  people = await start_issuer();
  edge = await start_aws_edge({
    services,
    policy: {
      issuers: { okta: { issuer: people.issuer, audiences: ['api://acme'], kind: 'user' } },
      routes: Object.keys(services).map((name) => ({
        id: name,
        host: `${name}.acme.example`,
        path: '/**',
        service: name,
        allow: "'finance' in identity.groups",
      })),
    },
  });
});
after(async () => {
  await edge.stop();
  await people.stop();
});

/** @param {string} service @param {Record<string, unknown>} [claims] */
async function ask(service, claims) {
  const authorization = `Bearer ${await people.token(claims)}`;
  return send(edge.worker.port, '/a?b=c', { headers: { host: `${service}.acme.example`, authorization } });
}
/** @param {string} service */
const updates = (service) => edge.calls('UpdateService').filter(({ requestParameters }) => requestParameters.service === service);

test('the first request of an allowed caller is answered by the task that it woke, and AWS knows her name', async () => {
  const { status, body } = await ask('first');
  assert.equal(status, 200, body.toString());
  assert.equal(body.toString(), 'GET /a?b=c');
  const [{ userIdentity }] = updates('first');
  assert.equal(userIdentity?.sessionContext.sourceIdentity, 'alice');
  assert.deepEqual(userIdentity?.sessionContext.principalTags, {
    email: 'alice@acme.example',
    issuer: 'okta',
    route: 'first',
    sallyport_target: 'prod/first',
    subject: 'alice',
  });
});

test('a hundred first requests at once cause one update, and all are answered', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask('herd', { sub: `person-${i}` })));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(updates('herd').length, 1);
});

test('a light task stands in for a real one', async () => {
  const { status, body } = await ask('light');
  assert.equal(status, 200, body.toString());
  const { task, target } = JSON.parse(body.toString());
  assert.match(task, /:task\/prod\//);
  assert.equal(target, '/a?b=c');
});

test('who is not allowed wakes nothing', async () => {
  const before = edge.aws.trail.events.length;
  assert.equal((await ask('guarded', { groups: ['sales'] })).status, 403);
  assert.equal(edge.aws.trail.events.length, before, 'AWS was not even asked');
});

test('a request that waits is answered although its coordinator is restarted', async () => {
  const waiting = ask('restarted');
  await until('the update was sent', () => updates('restarted').length === 1);
  await edge.wake('restarted').end();
  const { status, body } = await waiting;
  assert.equal(status, 200, body.toString());
  assert.equal(updates('restarted').length, 1);
});

test('a service that crashes at its start is told as that; what AWS said is for operators', async () => {
  const { status, headers, body } = await ask('crash');
  assert.equal(status, 503);
  const problem = JSON.parse(body.toString());
  assert.equal(problem.code, 'start_failed');
  assert.ok(Number(headers['retry-after']) >= 1);
  assert.doesNotMatch(body.toString(), /Essential|exited|arn:/);
  await until('operators see why', () => /EssentialContainerExited.*exited with 3/.test(edge.worker.output()));
});

test('no credential is in the log of the gate', () => {
  const issued = edge.aws.sessions.issued();
  assert.ok(issued.length > 0);
  for (const { secretAccessKey, sessionToken } of issued)
    for (const each of [secretAccessKey, sessionToken]) assert.ok(!edge.worker.output().includes(each));
});
