// IAM of local-aws: the condition keys that ECS has, and no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { authorize } from '../../demo/local_aws/authorization.mjs';
import { check_packed_size } from '../../demo/local_aws/packed.mjs';
import { default_settings } from '../../demo/local_aws/settings.mjs';
import { ecs_arn, light_definition, start_ecs } from '../support/ecs_world.mjs';

/** @typedef {import('../../demo/local_aws/types.d.ts').Statement} Statement */
/** @typedef {import('../../demo/local_aws/types.d.ts').Conditions} Conditions */

const denied = { code: 'AccessDeniedException' };
const of_the_principal = '${aws:PrincipalTag/sallyport_target}';
const own = { StringEquals: { 'aws:ResourceTag/sallyport_target': of_the_principal } };
const billing = { sallyport_target: 'prod/billing' };

/** @param {string | string[]} action @param {Conditions} [condition] @returns {Statement} */
const allow = (action, condition) => ({ Effect: 'Allow', Action: action, Resource: '*', Condition: condition });

function start_tagged() {
  return start_ecs({
    services: {
      billing: { task_definition: 'billing:1', tags: billing, propagate_tags: 'SERVICE' },
      payroll: { task_definition: 'billing:1', tags: { sallyport_target: 'prod/payroll' } },
      untagged: { task_definition: 'billing:1' },
    },
    definitions: { 'billing:1': { ...light_definition, tags: billing } },
  });
}

test('a session reaches the services whose tag is its own, and no other one', async () => {
  const ecs = start_tagged();
  const who = { policy: [allow(['ecs:UpdateService', 'ecs:DescribeServices'], own)], tags: billing };
  await ecs.call('UpdateService', { service: 'billing', desiredCount: 1 }, who);
  await assert.rejects(ecs.call('UpdateService', { service: 'payroll', desiredCount: 1 }, who), denied);
  await assert.rejects(ecs.call('UpdateService', { service: 'untagged', desiredCount: 1 }, who), denied);
  await assert.rejects(ecs.call('DescribeServices', { services: ['billing', 'payroll'] }, who), denied);
  const without = { ...who, tags: {} };
  await assert.rejects(ecs.call('UpdateService', { service: 'untagged', desiredCount: 1 }, without), denied);
});

test('tasks have the tags of their service only where they are propagated', async () => {
  const ecs = start_tagged();
  await ecs.update({ desiredCount: 1 });
  await ecs.update({ desiredCount: 1 }, 'payroll');
  await ecs.clock.advance(2_000);
  const [task] = await ecs.tasks();
  const [other] = await ecs.tasks('RUNNING', 'payroll');
  const who = { policy: [allow('ecs:DescribeTasks', own)], tags: billing };
  const { tasks } = await ecs.call('DescribeTasks', { tasks: [task.taskArn], include: ['TAGS'] }, who);
  assert.deepEqual(tasks[0].tags, [{ key: 'sallyport_target', value: 'prod/billing' }]);
  await assert.rejects(ecs.call('DescribeTasks', { tasks: [task.taskArn, other.taskArn] }, who), denied);
});

test('UpdateService with another task definition, or with ECS Exec, can be denied apart from a count', async () => {
  const ecs = start_tagged();
  const policy = [
    allow('ecs:UpdateService'),
    { ...allow('ecs:UpdateService', { Null: { 'ecs:task-definition': 'false' } }), Effect: 'Deny' },
    { ...allow('ecs:UpdateService', { Bool: { 'ecs:enable-execute-command': 'true' } }), Effect: 'Deny' },
  ];
  await ecs.call('UpdateService', { service: 'billing', desiredCount: 1 }, { policy });
  await assert.rejects(ecs.call('UpdateService', { service: 'billing', taskDefinition: 'billing:2' }, { policy }), denied);
  await assert.rejects(ecs.call('UpdateService', { service: 'billing', enableExecuteCommand: true }, { policy }), denied);
});

test('RunTask with tags needs TagResource, which is bound to RunTask and to the tags asked for', async () => {
  const ecs = start_tagged();
  const tags = [{ key: 'sallyport_target', value: 'prod/billing' }];
  const run = (/** @type {Statement[]} */ policy, asked = tags) =>
    ecs.call('RunTask', { taskDefinition: 'billing:1', tags: asked }, { policy, tags: billing });
  const tagging = allow('ecs:TagResource', {
    StringEquals: { 'ecs:CreateAction': 'RunTask', 'aws:RequestTag/sallyport_target': of_the_principal },
  });
  await assert.rejects(run([allow('ecs:RunTask', own)]), denied);
  await assert.rejects(run([allow('ecs:RunTask', own), tagging], [{ key: 'sallyport_target', value: 'prod/payroll' }]), denied);
  const { tasks } = await run([allow('ecs:RunTask', own), tagging]);
  const stop = { policy: [allow('ecs:StopTask', own)], tags: billing };
  await ecs.call('StopTask', { task: tasks[0].taskArn }, stop);
  await assert.rejects(ecs.call('StopTask', { task: tasks[0].taskArn }, { ...stop, tags: { sallyport_target: 'prod/payroll' } }), denied);
});

test('ListTasks knows its cluster and no tags', async () => {
  const ecs = start_tagged();
  const in_cluster = { ArnEquals: { 'ecs:cluster': `${ecs_arn}:cluster/prod` } };
  await ecs.call('ListTasks', {}, { policy: [allow('ecs:ListTasks', in_cluster)] });
  await assert.rejects(ecs.call('ListTasks', { cluster: 'dev' }, { policy: [allow('ecs:ListTasks', in_cluster)] }), denied);
  await assert.rejects(ecs.call('ListTasks', {}, { policy: [allow('ecs:ListTasks', own)], tags: billing }), denied);
});

test('a condition key that no call of ours has is an error, not a statement that never applies', () => {
  /** @type {Conditions[]} */
  const unknown = [
    { StringEquals: { 'ecs:service': 'billing' } },
    { StringEquals: { 'aws:ResourceTag/a': '${aws:userid}' } },
    { StringLike: { 'aws:ResourceTagged/a': '*' } },
  ];
  for (const condition of unknown) {
    const session = { arn: 'the caller', rolePolicy: [allow('ecs:UpdateService', condition)] };
    const ask = () => authorize(session, 'ecs:UpdateService', `${ecs_arn}:service/prod/billing`, { 'aws:ResourceTag/a': 'b' });
    assert.throws(ask, { code: 'MalformedPolicyDocument' });
  }
});

/** @type {[string, Conditions, boolean][]} with a tag `a` of value `b`, and none called `none` */
const operators = [
  ['StringNotEquals another value', { StringNotEquals: { 'aws:ResourceTag/a': 'c' } }, true],
  ['StringNotEquals its value', { StringNotEquals: { 'aws:ResourceTag/a': 'b' } }, false],
  ['StringNotLike of what is not there', { StringNotLike: { 'aws:ResourceTag/none': '*' } }, true],
  ['StringEquals of what is not there', { StringEquals: { 'aws:ResourceTag/none': 'b' } }, false],
  ['StringEqualsIfExists of what is not there', { StringEqualsIfExists: { 'aws:ResourceTag/none': 'b' } }, true],
  ['StringEqualsIfExists of another value', { StringEqualsIfExists: { 'aws:ResourceTag/a': 'c' } }, false],
  ['Null true of what is not there', { Null: { 'aws:ResourceTag/none': 'true' } }, true],
  ['Null true of what is there', { Null: { 'aws:ResourceTag/a': 'true' } }, false],
  ['a variable that nothing fills', { StringLike: { 'aws:ResourceTag/a': '*${aws:PrincipalTag/none}' } }, false],
];
for (const [name, condition, holds] of operators) {
  test(`a condition: ${name} ${holds ? 'holds' : 'does not hold'}`, () => {
    const session = { arn: 'the caller', rolePolicy: [allow('ecs:UpdateService', condition)] };
    const ask = () => authorize(session, 'ecs:UpdateService', `${ecs_arn}:service/prod/billing`, { 'aws:ResourceTag/a': 'b' });
    if (holds) ask();
    else assert.throws(ask, denied);
  });
}

test('a variable fills a resource, too', () => {
  const session = {
    arn: 'the caller',
    rolePolicy: [{ ...allow('ecs:UpdateService'), Resource: `${ecs_arn}:service/${'${aws:PrincipalTag/sallyport_target}'}` }],
    tags: billing,
  };
  authorize(session, 'ecs:UpdateService', `${ecs_arn}:service/prod/billing`, {});
  assert.throws(() => authorize(session, 'ecs:UpdateService', `${ecs_arn}:service/prod/payroll`, {}), denied);
});

test('the packed size of a session is met below the limits of the plain text', () => {
  const { packed } = default_settings();
  const policy = (/** @type {number} */ characters) => 'x'.repeat(characters);
  assert.equal(check_packed_size(packed, policy(530), {}), 50);
  assert.equal(check_packed_size(packed, policy(530), { subject: 's'.repeat(143) }), 90);
  const too_large = (/** @type {RegExp} */ message) => (/** @type {any} */ problem) =>
    problem.code === 'PackedPolicyTooLarge' && message.test(problem.message);
  assert.throws(() => check_packed_size(packed, policy(1_690), {}), too_large(/^Packed policy consumes 160% of allotted space/));
  assert.throws(
    () => check_packed_size(packed, '', { subject: 's'.repeat(256), email: 'e'.repeat(256) }),
    too_large(/^Packed size of session tags consumes 140% of allotted space\.$/),
  );
  assert.equal(check_packed_size(null, policy(2_000), { subject: 's'.repeat(256) }), 0);
});
