// What the Worker does with what agents say of channels: it asks the core, sends once more where the core says so, and keeps
// it from callers.
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { by_origin, by_task, core, json_of, reaching } from '../support/reaching.mjs';

before(() => {
  for (const stream of /** @type {const} */ (['log', 'error', 'warn'])) mock.method(console, stream, () => {});
});

/** A core whose first signature is refused as that of a channel that nobody holds. @param {'again' | 'too_late'} next */
const with_channel = (next) => ({
  ...core,
  sign: (/** @type {{headers: object}} */ _forward, /** @type {string} */ place, turn = 'first') => ({
    sig: turn === 'first' ? 'channel' : 'es256',
    keyid: turn,
    fields: /** @type {Record<string, string>} */ (
      turn === 'first' ? { signature: 'mac', 'sallyport-channel-grant': 'grant' } : { signature: 'es256' }
    ),
    sent: `${turn} ${place}`,
  }),
  answered: (/** @type {string} */ sent, _status = 0, field = '') => ({
    next: /** @type {'again' | 'too_late' | 'pass_on'} */ (sent.startsWith('first') ? next : 'pass_on'),
    note: field,
  }),
});

test('a request whose channel is not held goes to the same place once more, signed with the published key and without a grant', async () => {
  const world = reaching(by_task, {
    core: with_channel('again'),
    fetch: () => new Response('it', { headers: { 'sallyport-channel': 'unknown' } }),
  });
  const response = await world.respond({ method: 'POST', forward: { body: 'bytes', repeatable: false } });
  assert.deepEqual([response.status, response.headers.get('sallyport-channel')], [200, null]);
  assert.equal(world.sent.length, 2);
  assert.equal(world.sent[0].url, world.sent[1].url);
  assert.deepEqual(world.again, ['the agent does not hold the channel']);
  assert.deepEqual(world.signatures, [
    ['mac', 'grant'],
    ['es256', undefined],
  ]);
});

test("too late for a second sending is the edge's own refusal", async () => {
  const world = reaching(by_origin, { core: with_channel('too_late'), fetch: () => new Response('it') });
  const response = await world.respond();
  assert.deepEqual([(await json_of(response)).code, response.headers.get('retry-after'), world.sent.length], ['channel_lost', '1', 1]);
});

test('what an agent says of channels reaches no caller, whatever the core makes of it', async () => {
  const world = reaching(by_origin, { fetch: () => new Response('it', { headers: { 'Sallyport-Channel': 'key=:AA==:' } }) });
  assert.equal((await world.respond()).headers.get('sallyport-channel'), null);
});

test("the mark of an agent's own status reaches no caller, whoever set it", async () => {
  const world = reaching(by_origin, { fetch: () => new Response('it', { headers: { 'Sallyport-Agent': '1; stopping' } }) });
  const response = await world.respond();
  assert.deepEqual([response.status, response.headers.get('sallyport-agent')], [200, null]);
});
