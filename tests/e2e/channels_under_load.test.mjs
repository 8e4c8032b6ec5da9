// Channels that end while callers ask without a pause: nobody is refused, and the app gets each request once.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { start_load } from '../support/channel_load.mjs';
import { Paths } from '../support/channel_path.mjs';
import { signing_key } from '../support/edge.mjs';
import { records_of } from '../support/records.mjs';

/** @type {Paths} */ let paths;
before(async () => {
  paths = await Paths.prepare();
});
after(() => paths.stop());

test("the edge's key is rotated, and the policy changes, under load", async () => {
  const path = await paths.start();
  const fresh = await signing_key('edge-2');
  const policy = { ...path.policy, name: 'the next one' };
  await path.open();
  const [first] = path.channels();
  const load = start_load(path);
  await load.more(20);

  await path.give_agents([path.key, fresh], policy);
  await load.more(20);
  assert.deepEqual(new Set(path.channels()), new Set([first]), 'a channel outlives keys that come beside its own');

  await load.move_to(await path.deploy([fresh, path.key], policy));
  await load.more(30);
  assert.equal(new Set(path.channels()).size, 2, 'the Worker with the new key has a channel of its own');

  await path.give_agents([fresh], policy);
  await load.more(20);
  await load.finish();
  assert.equal(new Set(path.channels()).size, 2);
  assert.ok((await path.metric('sallyport_channel_grants_verified_total')) >= 3, 'kept grants were verified again');
  assert.ok(!path.middle.passed.some(({ status }) => status === 401));
  await path.stop();
});

test('channels are switched off under load', async () => {
  const path = await paths.start();
  await path.open();
  const load = start_load(path);
  await load.more(20);
  const policy = structuredClone(path.policy);
  policy.services.app.channel = false;
  await path.give_agents([path.key], policy);
  await load.more(30);
  await load.finish();
  assert.equal(path.keyids().at(-1), 'edge-1');
  await path.stop();
});

test('an agent restarts under load', async () => {
  const path = await paths.start();
  await path.open();
  const load = start_load(path);
  await load.more(20);
  const go_on = await path.middle.hold();
  await path.restart_agent();
  go_on();
  await load.more(30);
  await load.finish();
  assert.ok(path.middle.passed.some(({ status }) => status === 401));
  await path.stop();
});

test('grants are evicted under load, where an agent has room for one and three isolates open channels', async () => {
  const path = await paths.start({ workers: 3, env: { SALLYPORT_CHANNEL_MAX_ENTRIES: '1' } });
  for (const from of path.workers.keys()) await path.open(from);
  const load = start_load(path);
  await load.more(45);
  await load.finish();
  assert.ok((await path.metric('sallyport_channel_evicted_total')) >= 2);
  assert.ok((await path.metric('sallyport_channel_unknown_total{reason="channel_unknown"}')) >= 1);
  await path.stop();
});

test('two tasks behind one address, each with a key of its own: channels are lost, then paused, and nobody notices', async () => {
  const path = await paths.start({ agents: 2, ahead: -60, env: { SALLYPORT_SKEW: '60s' } });
  const load = start_load(path);
  for (const ahead of [-48, -36, -24]) {
    const refused = path.refused_channels().size + 1;
    await load.reach('another channel is lost', () => path.refused_channels().size === refused);
    await load.between(() => path.set_ahead(ahead));
  }
  await load.more(40);
  await load.finish();
  assert.equal(new Set(path.channels()).size, 3, 'after three there is a pause');
  const [paused] = records_of(path.workers[0].output(), 'log', { event: 'channels are paused' });
  assert.match(paused.detail, /paused for 60 s.*channel\.secret/);
  await path.stop();
});

test('three tasks behind one address, with one channel.secret: all come to hold the channel, and go on with it', async () => {
  const path = await paths.start({ agents: 3, env: { SALLYPORT_CHANNEL_SECRET: randomBytes(32).toString('base64url') } });
  await path.open();
  const [first] = path.channels();
  const load = start_load(path);
  const all_hold = async () =>
    (await Promise.all([0, 1, 2].map((at) => path.metric('sallyport_channel_grants', at)))).every((count) => count === 1);
  await load.reach('all hold the channel', all_hold);
  const refused = () => path.middle.passed.filter(({ status }) => status === 401).length;
  await load.between(async () => {});
  const before = refused();
  await load.more(60);
  await load.finish();
  assert.deepEqual([new Set(path.channels()), refused()], [new Set([first]), before]);
  assert.ok(before >= 1);
  await path.stop();
});
