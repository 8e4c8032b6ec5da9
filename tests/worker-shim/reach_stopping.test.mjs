// An agent that stops sends requests elsewhere: the very same one goes to another task, once.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { by_origin, by_task, core, json_of, reaching, starting, tasks } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'error', 'warn'])) mock.method(console, stream, () => {});
});

const mark = { 'Sallyport-Agent': '1; stopping', 'Sallyport-Stopping': '1', 'Retry-After': '1' };
const elsewhere = () => new Response('go on', { status: 503, headers: mark });
/** How each was signed. @type {string[]} */
let turns = [];
const signing = {
  ...core,
  sign: (/** @type {object} */ _forward, /** @type {string} */ _place, turn = 'first') => {
    turns.push(turn);
    return { sig: 'es256', keyid: 'edge-1', fields: { signature: turn }, sent: '' };
  },
};
/** @param {any} entry @param {Partial<Parameters<typeof reaching>[1]>} [more] */
function world_of(entry, more) {
  turns = [];
  let sendings = 0;
  return reaching(entry, { core: signing, fetch: () => ((sendings += 1) === 1 ? elsewhere() : new Response('served')), ...more });
}
const post = { method: 'POST', forward: { body: 'bytes', repeatable: false } };

test('whatever its method, under the same id and nonce, signed with the published key', async () => {
  for (const options of [{}, post]) {
    const world = world_of(by_task);
    const response = await world.respond(options);
    assert.deepEqual([response.status, await response.text()], [200, 'served']);
    assert.deepEqual([world.sent.map(({ id }) => id), turns, world.decisions], [['id-1', 'id-1'], ['first', 'again'], 1]);
    assert.notEqual(world.sent[0].url, world.sent[1].url);
    assert.equal(world.lost.length, 1);
    assert.deepEqual(world.again, ['the agent stops']);
  }
});

test('behind an origin it goes to the same address, where another agent may be met', async () => {
  for (const options of [{}, post]) {
    const world = world_of(by_origin);
    assert.equal((await world.respond(options)).status, 200);
    assert.deepEqual([world.sent.length, turns], [2, ['first', 'again']]);
  }
});

test('once, and not where its body streamed', async () => {
  for (const entry of [by_task, by_origin]) {
    const twice = world_of(entry, { fetch: elsewhere });
    const response = await twice.respond(post);
    assert.deepEqual([response.status, response.headers.get('retry-after'), response.headers.get('sallyport-agent')], [503, '1', null]);
    assert.equal(twice.sent.length, 2);
    const streamed = world_of(entry);
    assert.equal((await streamed.respond({ method: 'POST', forward: { body: 'stream', repeatable: false } })).status, 503);
    assert.equal(streamed.sent.length, 1);
  }
});

test('a mark on any other response means nothing, and neither does another mark', async () => {
  for (const [status, value] of /** @type {const} */ ([
    [200, '1; stopping'],
    [502, '1; stopping'],
    [503, '1'],
    [503, '2; stopping'],
    [503, '1; stopping, 1'],
  ])) {
    const world = world_of(by_task, { fetch: () => new Response('x', { status, headers: { 'Sallyport-Agent': value } }) });
    const response = await world.respond(post);
    assert.deepEqual([response.status, response.headers.get('sallyport-agent'), world.sent.length], [status, null, 1]);
  }
});

test('where there is no other task it is told that the service starts', async () => {
  const answers = [{ answer: 'ready', endpoints: tasks(1) }, starting()];
  const world = world_of(by_task, { ensure: () => answers.shift() });
  const said = await json_of(await world.respond(post));
  assert.deepEqual([said.status, said.code, said.retry], [503, 'wake_starting', '3']);
});

test('after ten seconds a new signature is needed, which only a repeatable request gets', async () => {
  for (const repeatable of [true, false]) {
    const answers = [{ answer: 'ready', endpoints: tasks(1) }];
    const world = world_of(by_task, {
      ensure: () => {
        const first = answers.shift();
        if (first === undefined) world.now += 10_001;
        return first ?? { answer: 'ready', endpoints: [{ task_arn: 'arn:9', address: '10.0.0.9', port: 8443 }] };
      },
    });
    const response = await world.respond({ forward: { repeatable } });
    assert.equal(response.status, repeatable ? 200 : 503);
    assert.deepEqual(turns, repeatable ? ['first', 'first'] : ['first']);
  }
});
