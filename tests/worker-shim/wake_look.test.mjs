// One look at a service: which calls it makes, and what becomes of their answers. The calls themselves are in aws.test.mjs
// and wake.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look_at_service, look_at_tasks } from '../../worker-shim/wake/look.js';

/** Calls that are answered from a script: by action, one answer after the other; what was asked is kept.
 * @param {Record<string, any[]>} script */
function scripted(script) {
  const asked = /** @type {[string, any][]} */ ([]);
  const call = async (/** @type {string} */ action, /** @type {Record<string, unknown>} */ parameters) => {
    asked.push([action, parameters]);
    const answer = script[action]?.shift();
    assert.notEqual(answer, undefined, `${action} was not expected`);
    return answer;
  };
  return { call, asked };
}
const arns = (/** @type {number} */ count, from = 0) => Array.from({ length: count }, (_, i) => `arn:${from + i}`);
const tasks = (/** @type {string[]} */ of) => ({ tasks: of.map((arn) => ({ arn })), failures: [] });
const service = { status: 'ACTIVE', desired: 1 };
const refused = { refused: { kind: 0, code: 'ThrottlingException' } };

test('a look asks for the service, its tasks, and what they are', async () => {
  const { call, asked } = scripted({
    DescribeServices: [service],
    ListTasks: [{ task_arns: ['arn:1'], next_token: '' }],
    DescribeTasks: [tasks(['arn:1'])],
  });
  assert.deepEqual(await look_at_service(call, 'billing', true), { kind: 'looked', service, tasks: [{ arn: 'arn:1' }] });
  assert.deepEqual(
    asked.map(([action]) => action),
    ['DescribeServices', 'ListTasks', 'DescribeTasks'],
  );
});

test('pages are followed by their tokens, and tasks described a hundred at once', async () => {
  const pages = [
    { task_arns: arns(100), next_token: 'second' },
    { task_arns: arns(100, 100), next_token: 'third' },
    { task_arns: arns(5, 200), next_token: '' },
  ];
  const { call, asked } = scripted({
    DescribeServices: [service],
    ListTasks: pages,
    DescribeTasks: [tasks(arns(100)), tasks(arns(100, 100)), tasks(arns(5, 200))],
  });
  const seen = await look_at_service(call, 'billing', false);
  assert.equal(seen.kind === 'looked' && seen.tasks.length, 205);
  assert.deepEqual(
    asked.filter(([action]) => action === 'ListTasks').map(([, { next_token }]) => next_token),
    ['', 'second', 'third'],
  );
  assert.deepEqual(
    asked.filter(([action]) => action === 'DescribeTasks').map(([, { tasks: some }]) => some.length),
    [100, 100, 5],
  );
});

test('a list without end is given up after ten pages', async () => {
  const endless = Array.from({ length: 11 }, (_, i) => ({ task_arns: arns(1, i), next_token: 'more' }));
  const { call, asked } = scripted({ DescribeServices: [service], ListTasks: endless, DescribeTasks: [tasks(arns(10))] });
  await look_at_service(call, 'billing', false);
  assert.equal(asked.filter(([action]) => action === 'ListTasks').length, 10);
});

test('when a start has no task, the stopped ones are asked why; else they are not', async () => {
  const none = { task_arns: [], next_token: '' };
  const watching = scripted({
    DescribeServices: [service],
    ListTasks: [none],
    ListStoppedTasks: [{ task_arns: ['arn:dead'], next_token: 'more' }],
    DescribeTasks: [tasks(['arn:dead'])],
  });
  assert.deepEqual(await look_at_service(watching.call, 'billing', true), { kind: 'looked', service, tasks: [{ arn: 'arn:dead' }] });
  const checking = scripted({ DescribeServices: [service], ListTasks: [none] });
  assert.deepEqual(await look_at_service(checking.call, 'billing', false), { kind: 'looked', service, tasks: [] });
});

test('tasks that are known are described beside those that are listed, each once', async () => {
  const { call, asked } = scripted({
    DescribeServices: [service],
    ListTasks: [{ task_arns: ['arn:1', 'arn:2'], next_token: '' }],
    DescribeTasks: [tasks(['arn:1', 'arn:2', 'arn:old'])],
  });
  await look_at_service(call, 'billing', false, ['arn:old', 'arn:1']);
  assert.deepEqual(asked.at(-1), ['DescribeTasks', { tasks: ['arn:1', 'arn:2', 'arn:old'] }]);
});

test('tasks that are known are described, and nothing else is asked', async () => {
  const { call, asked } = scripted({ DescribeTasks: [{ tasks: [{ arn: 'arn:1' }], failures: [{ arn: 'arn:2', why: 'MISSING' }] }] });
  assert.deepEqual(await look_at_tasks(call, ['arn:1', 'arn:2']), { kind: 'looked', tasks: [{ arn: 'arn:1' }] });
  assert.equal(asked.length, 1);
});

for (const failing of ['DescribeServices', 'ListTasks', 'ListStoppedTasks', 'DescribeTasks']) {
  test(`when ${failing} is refused the look is`, async () => {
    const script = {
      DescribeServices: [service],
      ListTasks: [{ task_arns: failing === 'ListStoppedTasks' ? [] : ['arn:1'], next_token: '' }],
      ListStoppedTasks: [refused],
      DescribeTasks: [tasks(['arn:1'])],
      [failing]: [refused],
    };
    assert.deepEqual(await look_at_service(scripted(script).call, 'billing', true), { kind: 'refused', error: refused.refused });
  });
}
