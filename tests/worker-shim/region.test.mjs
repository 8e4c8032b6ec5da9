// A Region beside a real workerd and local-aws: when it lets calls go, what it looks at, in whose name, and whom it tells.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { account, cluster, region, role } from '../support/account.mjs';
import { start_aws_edge } from '../support/aws_edge.mjs';
import { call_object, object_caller } from '../support/objects.mjs';

const name = `region/1 aws:${account}:${region}`;
const looks_role = `arn:aws:iam::${account}:role/looks`;
const names = Array.from({ length: 12 }, (_, i) => `svc${i}`);
const services = Object.fromEntries(names.map((each) => [each, { light: { port: 8443 } }]));

// One after the other: tasks of two accounts would have the same addresses.
/** @type {import('../support/aws_edge.mjs').AwsEdge | undefined} */
let running;
afterEach(() => running?.stop());

/** @param {object} [aws_entry] further members of the policy's entry for the account */
async function start(aws_entry = {}) {
  const edge = await start_aws_edge({
    services,
    governed: true,
    policy: { aws: { prod: { account, ...aws_entry } } },
    worker: { entry: 'tests/support/told_edge.mjs', keeps_objects: true, beside: [object_caller()] },
  });
  running = edge;
  const call = (/** @type {string} */ method, /** @type {object} */ asked) =>
    call_object(edge.worker, 'REGION', name, method, { region: name, v: 1, policy: 'p', ...asked });
  return {
    edge,
    call,
    admit: (/** @type {string} */ place, /** @type {object} */ more = {}) =>
      call('admit', { place, attempt: '1', op: 'update', class: 'waited_for', ...more }),
    watch: (/** @type {string} */ place, /** @type {string} */ how, /** @type {string[]} */ tasks = []) =>
      call('watch', { place, cluster, service: place, tasks, for: how }),
    told: (/** @type {string} */ place) => call_object(edge.worker, 'WAKE', place, 'told'),
    end: () => assert.rejects(call_object(edge.worker, 'REGION', name, 'end'), /ended by the test/),
  };
}

test('a Region begins without tokens, tells who waits its place, and lets each go in its turn', async () => {
  const { admit, call } = await start({ share: 1, quotas: { update_service: 1 } });
  const first = await admit('svc0');
  assert.ok(first.go.in_ms > 0 && first.go.in_ms <= 1_000, JSON.stringify(first));
  for (let i = 1; i < 6; ++i) await admit(`svc${i}`);
  const last = await admit('svc6');
  assert.ok(last.queued.position >= 0 && last.queued.eta_ms > 5_000 && last.queued.ask_ms > 0, JSON.stringify(last));
  assert.equal((await admit('svc0')).go.grant, first.go.grant, 'the same attempt holds the same grant');
  assert.deepEqual(await call('report', { place: 'svc0', grant: first.go.grant, outcome: 'ok' }), {});
});

test('a Region that was refused is slower in its next life, which begins without tokens', async () => {
  const { admit, call, end } = await start({ share: 1, quotas: { update_service: 10 } });
  const { go } = await admit('svc0');
  await call('report', { place: 'svc0', grant: go.grant, outcome: 'throttled' });
  await end();
  const again = await admit('svc0');
  assert.notEqual(again.go.grant, go.grant);
  // 70 % of ten a second: one takes 143 ms.
  assert.ok(again.go.in_ms > 100 && again.go.in_ms <= 143, JSON.stringify(again));
});

test('what is asked in another version, or is no method, fails', async () => {
  const { call, admit } = await start();
  await assert.rejects(call('admit', { place: 'svc0', attempt: '1', op: 'update', class: 'stop', v: 2 }), /another version/);
  await assert.rejects(call('forecast', { place: 'svc0' }));
  assert.ok((await admit('svc0')).go);
});

test('services that are checked together are one call of the looks role, and each coordinator is told of its own', async () => {
  const { edge, watch, told } = await start({ looks_role });
  await Promise.all(names.slice(0, 10).map((each) => watch(each, 'check')));
  await until('all are told', async () => (await Promise.all(names.slice(0, 10).map(told))).every((facts) => facts.length === 1));
  for (const each of names.slice(0, 10)) {
    const [facts] = await told(each);
    assert.deepEqual([facts.v, facts.place, facts.service.desired, facts.denied], [1, each, 0, false]);
  }
  const looks = edge.calls('DescribeServices');
  assert.ok(looks.length <= 3, `${looks.length} calls for ten services that came at once`);
  const [{ userIdentity }] = looks;
  assert.match(JSON.stringify(userIdentity), /looks/);
  assert.equal(edge.calls('AssumeRoleWithWebIdentity').length, 1);
});

test('tasks of many services are found and described together, and told on change only', async () => {
  const { edge, watch, told } = await start({ looks_role });
  for (const each of names) {
    const found = edge.aws.scheduler.find_service(cluster, each);
    assert.ok(found);
    edge.aws.scheduler.update(found, { desired: 1 });
  }
  for (const each of names) await watch(each, 'start');
  await until('all run, and their coordinators know', async () =>
    (await Promise.all(names.map(told))).every((facts) =>
      facts.some((/** @type {any} */ { tasks }) => tasks.some((/** @type {any} */ task) => task.status === 3 && task.private_ipv4)),
    ),
  );
  const described = edge.calls('DescribeTasks');
  assert.ok(
    described.some(({ requestParameters }) => /** @type {any} */ (requestParameters).tasks.length === names.length),
    'all of them in one call',
  );
  assert.ok(edge.calls('ListTasks').length <= 4, `${edge.calls('ListTasks').length} listings: the cluster's, not twelve services'`);
  for (const each of names) {
    const prints = (await told(each)).flatMap((/** @type {any} */ { tasks }) =>
      tasks.map((/** @type {any} */ task) => JSON.stringify(task)),
    );
    assert.equal(new Set(prints).size, prints.length, 'nothing is told twice');
  }
});

test('without a looks role tasks are looked at in the session of a service that watches, and services look for themselves', async () => {
  const { edge, watch, told } = await start();
  await watch('svc1', 'check');
  await until('it is told', async () => (await told('svc1')).length === 1);
  assert.equal((await told('svc1'))[0].denied, true);
  assert.equal(edge.calls('DescribeServices').length, 0);
  const found = edge.aws.scheduler.find_service(cluster, 'svc1');
  assert.ok(found);
  edge.aws.scheduler.update(found, { desired: 1 });
  await watch('svc1', 'start');
  await until('its task is known', async () => (await told('svc1')).some((/** @type {any} */ { tasks }) => tasks.length > 0));
  const [{ userIdentity }] = edge.calls('ListTasks');
  assert.match(JSON.stringify(userIdentity), new RegExp(role.split('/')[1] ?? ''));
});

test('facts that do not arrive are told again', async () => {
  const { edge, watch, told } = await start({ looks_role });
  await call_object(edge.worker, 'WAKE', 'svc2', 'fail', 3);
  const found = edge.aws.scheduler.find_service(cluster, 'svc2');
  assert.ok(found);
  edge.aws.scheduler.update(found, { desired: 1 });
  await watch('svc2', 'start');
  await until('it is told after all', async () => (await told('svc2')).some((/** @type {any} */ { tasks }) => tasks.length > 0));
});

test('a role that may not look is said once a service, and each looks for itself', async () => {
  const { edge, watch, told } = await start({ looks_role: `arn:aws:iam::${account}:role/nobody` });
  for (const each of names.slice(0, 5)) await watch(each, 'check');
  await until('all are told', async () => (await Promise.all(names.slice(0, 5).map(told))).every((facts) => facts.length === 1));
  assert.ok((await told('svc0'))[0].denied);
  assert.equal(edge.calls('DescribeServices').length, 0);
});
