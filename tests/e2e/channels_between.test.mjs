// What somebody between edge and agent, time and faults do to channels: the real Worker, with a clock that a test moves, and the real
// agent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { Paths, is_channel } from '../support/channel_path.mjs';
import { records_of } from '../support/records.mjs';

/** @type {Paths} */ let paths;
before(async () => {
  paths = await Paths.prepare();
});
after(() => paths.stop());

const ONE_MINUTE = { SALLYPORT_SKEW: '60s' };

/** @param {import('../support/channel_path.mjs').Path} path @param {number} count */
async function ask_often(path, count) {
  for (let i = 0; i < count; i += 1) assert.equal((await path.ask({ method: 'POST', body: `${i}` })).status, 200);
}

/**
 * Asks, and returns when the response is held back: only then is it sure that this request is the probe, and not one that follows it.
 * @param {import('../support/channel_path.mjs').Path} path @param {unknown[]} held
 */
async function ask_and_hold(path, held) {
  const already = held.length;
  const asked = path.ask();
  await until('the response is held back', () => held.length > already);
  return { asked };
}

/** What a forged refusal says besides `unknown`. @type {[string, (path: import('../support/channel_path.mjs').Path) => string, number][]} */
const forged = [
  ['alone', () => '', 1],
  ["beside the agent's key", (path) => `, ${path.middle.said.find((field) => field.startsWith('key='))}`, 3],
];

for (const [what, more, most] of forged) {
  test(`\`unknown\` ${what}, forged for ever, costs a second sending until channels are paused`, async () => {
    const path = await paths.start({ ahead: -60, env: ONE_MINUTE });
    path.middle.stand_in(({ headers }) => {
      if (!String(headers['signature-input']).includes('keyid="ch1.')) return;
      return { status: 401, headers: { 'Sallyport-Channel': `unknown${more(path)}`, 'Content-Length': '0' } };
    });
    for (const ahead of [-49, -38, -27]) {
      await ask_often(path, 10);
      await path.set_ahead(ahead);
    }
    const sent = path.middle.passed.length;
    assert.equal(sent, 30 + 3 * most, 'a second sending for each refusal');
    assert.equal(new Set(path.channels()).size, 3);
    await ask_often(path, 10);
    assert.equal(path.middle.passed.length, sent + 10, 'paused: one sending for each request');

    await path.set_ahead(40);
    await ask_often(path, 10);
    assert.equal(new Set(path.channels()).size, 4, 'one more after the pause');
    const pauses = records_of(path.workers[0].output(), 'log', { event: 'channels are paused' }).map(
      ({ detail }) => /for (\d+) s/.exec(detail)?.[1],
    );
    assert.deepEqual(pauses, ['60', '120']);
    assert.equal(path.app.seen.length, 50);
    await path.stop();
  });
}

test('an edge that derives other keys than the agent loses its channels, is paused, and refuses nobody', async () => {
  const path = await paths.start({ ahead: -60, env: ONE_MINUTE });
  await ask_often(path, 1);
  for (const ahead of [-60, -49, -38]) {
    await path.set_ahead(ahead, { wrong_keys: true });
    await ask_often(path, 10);
  }
  assert.equal(new Set(path.channels()).size, 3);
  const refused = records_of(path.agents[0].output(), 'decision', { reason: 'httpsig_invalid' });
  assert.equal(refused.length, 9, 'three probes for each grant');
  assert.equal(await path.metric('sallyport_channel_grants'), 0);
  await path.set_ahead(30);
  await ask_often(path, 6);
  assert.deepEqual([path.app.seen.length, await path.metric('sallyport_channel_grants')], [37, 1]);
  await path.stop();
});

test('a probe that hangs holds nobody up, and its grant is tried again after 10 s', async () => {
  const path = await paths.start({ ahead: -50, env: ONE_MINUTE });
  /** @type {(() => void)[]} */
  const held = [];
  path.middle.change((response, { headers }) => {
    if (headers['sallyport-channel-grant'] === undefined || held.length === 2) return;
    return new Promise((resolve) => held.push(() => resolve(response)));
  });
  await ask_often(path, 3);
  const hanging = [await ask_and_hold(path, held)];
  await ask_often(path, 3);
  await path.set_ahead(-40);
  hanging.push(await ask_and_hold(path, held));
  await ask_often(path, 3);
  assert.deepEqual([path.channels().length, held.length], [2, 2]);
  await path.set_ahead(-30);
  await ask_often(path, 3);
  assert.deepEqual(path.keyids().slice(-3).map(is_channel), [true, true, true], 'the third probe was confirmed');
  for (const release of held) release();
  for (const { asked } of hanging) assert.equal((await asked).status, 200);
  await ask_often(path, 3);
  assert.deepEqual([new Set(path.channels()).size, path.channels().length], [1, 8], 'a late confirm changes nothing');
  assert.equal(new Set(path.grants().filter(Boolean)).size, 1);
  await path.stop();
});

test('a channel whose probes all hang is given up, and another one takes its place', async () => {
  const path = await paths.start({ ahead: -50, env: ONE_MINUTE });
  /** @type {(() => void)[]} */
  const held = [];
  path.middle.change((response, { headers }) => {
    if (headers['sallyport-channel-grant'] === undefined) return;
    return new Promise((resolve) => held.push(() => resolve(response)));
  });
  await ask_often(path, 3);
  const hanging = [];
  for (const ahead of [-40, -30, -20]) {
    hanging.push(await ask_and_hold(path, held));
    await ask_often(path, 2);
    await path.set_ahead(ahead);
  }
  assert.deepEqual([held.length, path.channels().length], [3, 3]);
  path.middle.change();
  await ask_often(path, 3);
  assert.equal(new Set(path.channels()).size, 2);
  for (const release of held) release();
  for (const { asked } of hanging) assert.equal((await asked).status, 200);
  await ask_often(path, 1);
  assert.ok(is_channel(path.keyids().at(-1) ?? ''));
  await path.stop();
});

test('an `unknown` that comes 10 s late is not worth a second sending', async () => {
  const path = await paths.start({ ahead: 0 });
  await path.open();
  const before = path.app.seen.length;
  const sent = Promise.withResolvers();
  const late = Promise.withResolvers();
  path.middle.stand_in(() => {
    sent.resolve(undefined);
    return late.promise;
  });
  const asked = path.ask({ method: 'POST', body: 'too late' });
  await sent.promise;
  await path.set_ahead(12);
  late.resolve({ status: 401, headers: { 'Sallyport-Channel': 'unknown', 'Content-Length': '0' } });
  const { status, headers, body } = await asked;
  assert.deepEqual([status, headers['retry-after'], JSON.parse(String(body)).code], [503, '1', 'unavailable']);
  assert.deepEqual([path.middle.passed.length, path.app.seen.length], [5, before]);
  await path.stop();
});

for (const ahead of [-60, 60]) {
  test(`clocks a minute apart cost nothing, where the edge's is ${ahead < 0 ? 'behind' : 'ahead'}`, async () => {
    const path = await paths.start({ ahead, env: ONE_MINUTE });
    await path.open();
    await ask_often(path, 3);
    await path.restart_agent();
    await ask_often(path, 6);
    assert.equal(path.middle.passed.filter(({ status }) => status === 401).length, 1, 'of the restart');
    const differences = records_of(path.agents[0].output(), 'decision').map(({ clock_difference: seconds }) => Math.abs(seconds));
    assert.ok(
      differences.every((seconds) => seconds >= 55),
      differences.join(),
    );
    await path.stop();
  });
}

test('what an agent says of channels is not stored, and reaches no caller from the store', async () => {
  const routes = [{ id: 'all', host: 'app.acme.example', path: '/**', service: 'app', cache: true, allow: "'finance' in identity.groups" }];
  let asked = 0;
  const path = await paths.start({
    ahead: -60,
    env: ONE_MINUTE,
    more: { routes },
    answer: (request, response) => {
      asked += 1;
      const fresh = request.headers['if-none-match'] === '"1"';
      response.writeHead(fresh ? 304 : 200, { 'Cache-Control': 'max-age=30', ETag: '"1"' });
      response.end(fresh ? undefined : 'to be stored');
      return true;
    },
  });
  const answers = [await path.ask()];
  const hit = async () => {
    answers.push(await path.ask());
    return String(answers.at(-1)?.headers['cache-status']).startsWith('Sallyport; hit');
  };
  await until('the response is stored', hit);
  await path.set_ahead(-20);
  answers.push(await path.ask());
  assert.match(String(answers.at(-1)?.headers['cache-status']), /fwd=stale; fwd-status=304/);
  await until('the response is stored again', hit);
  assert.ok(asked >= 2 && path.middle.said.every((field) => field.startsWith('key=')), 'both came with an offer');
  for (const { status, headers } of answers) assert.deepEqual([status, headers['sallyport-channel']], [200, undefined]);
  await path.stop();
});
