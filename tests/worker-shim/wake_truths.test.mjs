// A start against an AWS as late, and as unlucky, as the real one: what is told is true, and a failure says why.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { sleeper, start_aws_edge } from '../support/aws_edge.mjs';

const quick_task = { containers: [sleeper] };
const sick_task = { containers: [{ ...sleeper, health: { command: ['false'], interval_ms: 20 } }] };
const services = {
  late: quick_task,
  sick: sick_task,
  unlucky: quick_task,
  bridged: { ...quick_task, network: /** @type {const} */ ('bridge'), origin: 'https://bridged.acme.example' },
  unreachable: { ...quick_task, network: /** @type {const} */ ('bridge') },
  unplaced: quick_task,
  lost: quick_task,
};
/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;
before(async () => {
  edge = await start_aws_edge({ services, tuning: { idle_stop: 1_500, stuck_after: 200 } });
});
after(() => edge.stop());
afterEach(() => void edge.aws.faults.set({ scale_in_ms: 0, eni_timeouts: 0, unplaceable: '', replace_ms: 2_000, lose: {} }));

/** @param {string} service */
const counts = (service) =>
  edge
    .calls('UpdateService')
    .filter(({ requestParameters }) => requestParameters.service === service)
    .map(({ requestParameters }) => requestParameters.desiredCount);
/** @param {string} service */
const state_of = async (service) => JSON.parse((await edge.wake(service).status()).state);

test('a request between our stop and its carrying out raises the service again before it is told ready', async () => {
  edge.aws.faults.set({ scale_in_ms: 60_000 });
  assert.equal((await edge.wake('late').ensure('alice')).answer, 'ready');
  await until('it was stopped', () => counts('late').length === 2);
  await until('it sleeps', async () => (await edge.wake('late').status()).view.phase === 'asleep');
  assert.equal((await edge.wake('late').ensure('bob')).answer, 'ready');
  assert.deepEqual(counts('late').slice(0, 3), [1, 0, 1]);
});

test('a task that never becomes healthy is replaced once, and then the start has failed in the words of AWS', async () => {
  edge.aws.faults.set({ replace_ms: 50 });
  const { answer, reason, detail } = await edge.wake('sick').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'wake_failed']);
  assert.match(detail, /Task failed container health checks/);
});

test('a task without its network interface is waited out: the next one serves', async () => {
  edge.aws.faults.set({ eni_timeouts: 1, replace_ms: 50 });
  assert.equal((await edge.wake('unlucky').ensure('alice')).answer, 'ready');
  assert.deepEqual(counts('unlucky').slice(0, 1), [1]);
  assert.equal((await state_of('unlucky')).starts.length, 1);
});

test('behind an origin a task needs no address, and without one its start fails at once and costs no budget', async () => {
  assert.equal((await edge.wake('bridged').ensure('alice')).answer, 'ready');
  const { answer, reason } = await edge.wake('unreachable').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'no_address']);
  assert.deepEqual((await state_of('unreachable')).starts, []);
});

test('a service that ECS can place no task for fails with what its events say', async () => {
  edge.aws.faults.set({ unplaceable: 'no container instance met all of its requirements' });
  const { answer, reason, detail } = await edge.wake('unplaced').ensure('alice');
  assert.deepEqual([answer, reason], ['failed', 'aws_capacity']);
  assert.match(detail, /unable to place a task.*no container instance/);
});

test('a raise whose answer is lost is found, counted once, and lowered when it is idle', async () => {
  edge.aws.faults.set({ lose: { UpdateService: 1 } });
  assert.equal((await edge.wake('lost').ensure('alice')).answer, 'ready');
  const { ours, starts } = await state_of('lost');
  assert.deepEqual([ours, starts.length], [true, 1]);
  await until('it is back at zero', () => counts('lost').at(-1) === 0);
});
