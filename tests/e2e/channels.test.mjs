// Channels on the whole path: the real Worker, the real agent, and between them somebody who sees everything and changes what a
// test wants changed.
import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { Paths, is_channel } from '../support/channel_path.mjs';
import { told_of } from '../support/edge.mjs';
import { records_of } from '../support/records.mjs';

/** @type {Paths} */ let paths;
before(async () => {
  paths = await Paths.prepare();
});
after(() => paths.stop());

test('the fourth request opens a channel, later ones carry a MAC and nothing else, and both ends say so', async () => {
  const path = await paths.start();
  const answers = [];
  for (let i = 0; i < 6; i += 1) answers.push(await path.ask());
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(6).fill(200),
  );
  assert.deepEqual(path.keyids().map(is_channel), [false, false, false, true, true, true]);
  assert.deepEqual(
    path.middle.passed.map(({ headers }) => headers['sallyport-channel-grant'] !== undefined),
    [false, false, false, true, false, false],
  );
  for (const { headers } of answers) assert.equal(headers['sallyport-channel'], undefined, 'the field is for the edge');
  for (const { fields } of path.app.seen.slice(-6)) assert.ok(!fields.some(([name]) => name === 'sallyport-channel-grant'));
  const { outcome } = await told_of(path.workers[0], answers[5]);
  assert.deepEqual([outcome.sig, outcome.keyid], ['channel', path.keyids()[5]]);
  const { outcome: first } = await told_of(path.workers[0], answers[0]);
  assert.deepEqual([first.sig, first.keyid], ['es256', 'edge-1']);
  const told = () => records_of(path.agents[0].output(), 'decision', { sig: 'channel' });
  await until('the agent has written its records', () => told().length === 3);
  assert.deepEqual(
    told().map(({ keyid, grant_kid }) => [keyid, grant_kid]),
    Array(3).fill([path.keyids()[5], 'edge-1']),
  );
  await path.stop();
});

test('what can be sent again goes under the channel; a body that streams is signed with the published key', async () => {
  const path = await paths.start();
  await path.open();
  for (const size of [0, 16 << 10, 512 << 10]) {
    const body = Buffer.alloc(size, 'b');
    assert.equal((await path.ask({ method: 'POST', body })).status, 200);
    assert.deepEqual([path.app.last().body.length, is_channel(path.keyids().at(-1) ?? '')], [size, true], `${size} bytes`);
  }
  const body = Buffer.alloc(2 << 20, 's');
  assert.equal((await path.ask({ method: 'POST', body }, '/stream/x')).status, 200);
  assert.deepEqual([path.app.last().body.length, path.keyids().at(-1)], [body.length, 'edge-1']);
  await path.stop();
});

test('an agent that restarts costs nobody a failed request, and the app no second one', async () => {
  const path = await paths.start();
  await path.open();
  await path.restart_agent();
  for (const body of [undefined, Buffer.alloc(16 << 10, 'b'), Buffer.alloc(1 << 20, 'c')]) {
    const before = path.app.seen.length;
    const method = body === undefined ? 'GET' : 'POST';
    assert.equal((await path.ask({ method, body })).status, 200);
    assert.equal(path.app.seen.length, before + 1);
  }
  const unknown = path.middle.passed.filter(({ status }) => status === 401);
  assert.equal(unknown.length, 1, 'the channel is lost at once, not once a request');
  const [first, again] = path.middle.passed.slice(4, 6).map(({ headers }) => headers);
  for (const same of ['sallyport-assertion', 'sallyport-context']) assert.equal(first[same], again[same], same);
  const nonce = (/** @type {unknown} */ field) => /;nonce="([^"]*)"/.exec(String(field))?.[1];
  assert.equal(nonce(first['signature-input']), nonce(again['signature-input']));
  assert.equal(records_of(path.workers[0].output(), 'attempt').length, 1);
  await path.stop();
});

test('callers at once lose nothing when the agent restarts', async () => {
  const path = await paths.start();
  await path.open();
  await path.restart_agent();
  const before = path.app.seen.length;
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => path.ask({ method: 'POST', body: `order ${i}` })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(40).fill(200),
  );
  const bodies = path.app.seen.slice(before).map(({ body }) => body.toString());
  assert.deepEqual(bodies.sort(), Array.from({ length: 40 }, (_, i) => `order ${i}`).sort(), 'each once');
  await path.stop();
});

test('a response that is thrown away and replaced by `unknown` does not execute a request twice', async () => {
  const path = await paths.start();
  await path.open();
  const before = path.app.seen.length;
  path.middle.change((_, { headers }) => {
    if (!String(headers['signature-input']).includes('keyid="ch1.')) return;
    return { status: 401, headers: { 'sallyport-channel': 'unknown', 'content-length': '0' }, body: '' };
  });
  const { status } = await path.ask({ method: 'POST', body: 'pay once' });
  assert.equal(path.app.seen.length, before + 1, 'the app saw it once');
  assert.equal(status, 401, 'the second sending is a replay');
  path.middle.change();
  assert.equal((await path.ask()).status, 200);
  await path.stop();
});

/** What the middle may do to offers and confirms. @type {[string, (field: string) => string | undefined, boolean][]} */
const changes = [
  ['stripped', () => undefined, false],
  ['garbled', (field) => `${field},`, false],
  ['swapped for an own key', (field) => field.replace(/key=:[^:]*:/, `key=:${own_key()}:`), true],
  ['swapped for no point of the curve', (field) => field.replace(/key=:[^:]*:/, `key=:${no_point}:`), false],
];
const no_point = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64');
const own_key = () => {
  const pair = createECDH('prime256v1');
  return pair.generateKeys().toString('base64');
};

for (const [what, change, is_probed] of changes) {
  test(`offers that are ${what} cost no request anything`, async () => {
    const path = await paths.start();
    path.middle.change(({ status, headers }) => {
      const { 'sallyport-channel': field, ...rest } = headers;
      const changed = field === undefined ? undefined : change(String(field));
      return { status, headers: changed === undefined ? rest : { ...rest, 'sallyport-channel': changed } };
    });
    for (let i = 0; i < 8; i += 1) assert.equal((await path.ask({ method: 'POST', body: `${i}` })).status, 200);
    assert.equal(path.keyids().some(is_channel), is_probed);
    assert.ok(!records_of(path.agents[0].output(), 'decision', { decision: 'allow' }).some(({ sig }) => sig === 'channel'));
    await path.stop();
  });
}

test('a confirm that is lost or wrong costs no request anything, and the channel is given up', async () => {
  for (const confirm of ['', `confirm=:${Buffer.alloc(32).toString('base64')}:`]) {
    const path = await paths.start();
    path.middle.change(({ status, headers }) => {
      const field = String(headers['sallyport-channel'] ?? '');
      if (!field.includes('confirm=')) return;
      const { 'sallyport-channel': _, ...rest } = headers;
      return { status, headers: confirm === '' ? rest : { ...rest, 'sallyport-channel': confirm } };
    });
    for (let i = 0; i < 10; i += 1) assert.equal((await path.ask()).status, 200);
    assert.equal(path.middle.passed.filter(({ headers }) => headers['sallyport-channel-grant'] !== undefined).length, 3);
    assert.deepEqual(path.keyids().map(is_channel).lastIndexOf(true), 5, path.keyids().join());
    await path.stop();
  }
});

test('with `"channel": false` nothing is offered and nothing is opened', async () => {
  const path = await paths.start({ service: { channel: false } });
  const seen = /** @type {unknown[]} */ ([]);
  path.middle.change(({ headers }) => void seen.push(headers['sallyport-channel']));
  for (let i = 0; i < 8; i += 1) assert.equal((await path.ask()).status, 200);
  assert.deepEqual([new Set(path.keyids()), new Set(seen)], [new Set(['edge-1']), new Set([undefined])]);
  await path.stop();
});

test('an app offers nothing, confirms nothing, and asks for no second sending', async () => {
  const path = await paths.start({
    answer: (request, response) => {
      response.writeHead(401, { 'Sallyport-Channel': `unknown, key=:${own_key()}:;v=1`, 'Content-Length': '0' });
      request.resume().on('end', () => response.end());
      return true;
    },
  });
  for (let i = 0; i < 8; i += 1) assert.equal((await path.ask({ method: 'POST', body: `${i}` })).status, 401);
  assert.equal(path.middle.passed.length, 8, 'each was sent once');
  assert.ok(path.keyids().slice(4).every(is_channel), 'the agent offers, and the app does not');
  await path.stop();
});
