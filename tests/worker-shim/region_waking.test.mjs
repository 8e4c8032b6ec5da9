// Services that wake under a Region: in as few calls as AWS has room for, with a place in the queue that is told, and also when the
// Region, or its stand-in as well, is not there.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { account, region } from '../support/account.mjs';
import { start_many } from '../support/many_services.mjs';
import { call_object } from '../support/objects.mjs';

const name = `region/1 aws:${account}:${region}`;
/** A busy machine runs as many as this in time; bench/many_wakes has three hundred. */
const count = Number(process.env['SALLYPORT_MANY'] ?? 40);
const spread_ms = count * 200;

/** @type {import('../support/many_services.mjs').Many | undefined} */
let many;
afterEach(() => many?.stop());

/** Each was ready, and until then was told how it stood. @param {import('../support/many_services.mjs').Many} of */
function check_all(of) {
  assert.equal(of.seen.size, of.names.length);
  for (const { first } of of.seen.values()) assert.equal(first.answer, 'starting');
}

test('many services wake in a handful of looks, and AWS never throttles', async (context) => {
  many = await start_many({ count, looks: true });
  await many.wake(spread_ms);
  check_all(many);
  const { calls, refused, seconds } = many.counts();
  const waits = [...many.seen.values()].map(({ ready_ms }) => ready_ms).sort((one, other) => one - other);
  context.diagnostic(JSON.stringify({ count, seconds, calls, refused, p50_ms: waits[count >> 1], most_ms: waits.at(-1) }));
  assert.deepEqual(refused, {});
  assert.equal(calls.UpdateService, count);
  assert.ok(calls.DescribeTasks <= seconds + 2, `${calls.DescribeTasks} calls of DescribeTasks in ${seconds} s`);
  assert.ok(calls.ListTasks <= 2 * seconds + 2, `${calls.ListTasks} calls of ListTasks in ${seconds} s`);
  assert.ok(calls.DescribeServices < count, `${calls.DescribeServices} calls of DescribeServices`);
});

test('without a looks role services look for themselves, and their tasks are looked at together', async () => {
  many = await start_many({ count: 12, looks: false });
  await many.wake(4_000);
  check_all(many);
  const { calls, refused, seconds } = many.counts();
  assert.deepEqual(refused, {});
  assert.ok(calls.DescribeServices <= 5 * seconds, `${calls.DescribeServices} calls of DescribeServices in ${seconds} s`);
  assert.ok(calls.DescribeTasks <= seconds + 2, `${calls.DescribeTasks} calls of DescribeTasks in ${seconds} s`);
});

test('a Region that ends while services wait and start keeps none from waking', async () => {
  many = await start_many({ count: 6, looks: true, tuning: { watch_renew: 5_000 } });
  const { worker } = many.edge;
  const end = setTimeout(() => void call_object(worker, 'REGION', name, 'end').catch(() => {}), 3_000);
  await many.wake(2_000);
  clearTimeout(end);
  check_all(many);
  assert.deepEqual(many.counts().refused, {});
});

for (const [what, faults] of /** @type {const} */ ([
  ['hangs', { region: 'hang' }],
  ['throws', { region: 'throw' }],
  ['hangs, and its stand-in throws', { region: 'hang', stand_in: 'throw' }],
])) {
  test(`a Region that ${what} keeps no service from waking`, async () => {
    many = await start_many({ count: 3, looks: true, tuning: { alone_wait: 2_000 } });
    const { worker } = many.edge;
    await call_object(worker, 'REGION', name, 'fail', faults.region);
    if ('stand_in' in faults) await call_object(worker, 'REGION', `${name} #2`, 'fail', faults.stand_in);
    await many.wake(0);
    check_all(many);
    assert.deepEqual(many.counts().refused, {});
  });
}
