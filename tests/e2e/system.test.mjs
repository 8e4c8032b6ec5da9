// The whole system from a caller's side: what passes, what both audit trails say of it, and what happens when a part fails.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { build, start_stack } from '../../demo/stack.mjs';
import { audit, call, capture, refusal } from '../../demo/tour/look.mjs';
import { start_child, until } from '../../demo/parts/child.mjs';
import { log_in } from '../../demo/provider.mjs';
import { records_of } from '../support/records.mjs';
import { send_raw } from '../../demo/parts/raw_http.mjs';

/** @type {import('../../demo/stack.mjs').Stack} */
let stack;
let alice = '';

before(async () => {
  stack = await start_stack();
  alice = await log_in(stack.provider, 'alice');
});
after(() => stack?.stop());

// These two come first: what is captured for another agent must not be sent under a channel, which that one does not hold.
test('an agent that holds another policy refuses and names the reason', async () => {
  const other_policy = `${stack.policy_file}.other.jsonc`;
  writeFileSync(other_policy, readFileSync(stack.policy_file, 'utf8').replace('"name": "demo"', '"name": "another"'));
  const stranger = await stack.another_agent({ policy_file: other_policy });
  const bytes = await capture(stack, '/reports/april', { token: alice }, { hold: true });
  const answer = await send_raw(stranger.port, bytes);
  const record = await audit({ ...stack, agent: stranger }, answer.fields.get('sallyport-request-id') ?? '', 'origin');
  assert.equal(`${answer.status} ${record.reason}`, '503 policy_digest_unknown');
  const digest = (await stack.sallyport('policy', 'digest', other_policy)).trim();
  assert.match(record.detail ?? '', new RegExp(`held: ${digest}$`));
  assert.match(stranger.output(), new RegExp(`"event":"serving",.*"policy":"${digest}"`));
  await stranger.stop();
});

test('an agent that is told to stop finishes what runs, then leaves', async () => {
  const leaving = await stack.another_agent();
  const bytes = await capture(stack, '/slow?ms=500', { token: alice }, { hold: true });
  const asked = stack.ways.app.counts().to_target;
  const answering = send_raw(leaving.port, bytes);
  await until('the app is asked', () => stack.ways.app.counts().to_target > asked);
  leaving.signal('SIGTERM');
  assert.equal((await answering).status, 200);
  assert.equal(await leaving.ended, 0);
});

test('an admitted request leaves one decision at each end, under one id, with the same answer to who, what and why', async () => {
  const seen = await call(stack, '/reports/april', { token: alice });
  await until(
    'both ends wrote',
    () =>
      records_of(stack.worker_output(), 'outcome', { id: seen.id }).length > 0 &&
      records_of(stack.agent.output(), 'decision', { id: seen.id }).length > 0,
  );
  const [edge, ...more_edge] = records_of(stack.worker_output(), 'decision', { id: seen.id });
  const [origin, ...more_origin] = records_of(stack.agent.output(), 'decision', { id: seen.id });
  assert.deepEqual([more_edge, more_origin], [[], []]);
  assert.deepEqual([edge.end, origin.end], ['edge', 'origin']);
  for (const member of [
    'decision',
    'reason',
    'subject',
    'issuer',
    'kind',
    'route',
    'service',
    'method',
    'host',
    'path',
    'policy',
    'assertion',
    'ip',
  ]) {
    assert.equal(edge[member], origin[member], member);
  }
  assert.deepEqual([edge.decision, edge.subject, edge.route], ['allow', 'alice', 'reports']);
});

test('no audit line holds a token, a key or a signature', async () => {
  await call(stack, '/reports/april', { token: alice });
  const secrets = [alice, alice.split('.')[2], JSON.parse(readFileSync(stack.keys_file, 'utf8')).keys[0].d];
  for (const secret of secrets) {
    assert.ok(!stack.worker_output().includes(secret), 'the edge keeps it to itself');
    assert.ok(!stack.agent.output().includes(secret), 'the agent keeps it to itself');
  }
});

test('a refusal is a problem document with a public code and the request id, and says how to authenticate', async () => {
  const answer = await fetch(`${stack.edge}/reports/april`);
  const problem = await answer.json();
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(problem.request_id, answer.headers.get('sallyport-request-id'));
  assert.deepEqual([answer.status, problem.status, problem.code], [401, 401, 'credential_required']);
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
});

test('a browser gets a page instead', async () => {
  const answer = await fetch(`${stack.edge}/reports/april`, { headers: { accept: 'text/html,application/xhtml+xml;q=0.9' } });
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(await answer.text(), /<!doctype html>/);
});

test('a route that is open to everybody needs no token, and a bad token is refused on it all the same', async () => {
  assert.equal((await call(stack, '/')).status, 200);
  const seen = await call(stack, '/', { token: `${alice.slice(0, -4)}AAAA` });
  assert.equal(await refusal(stack, seen, 'edge'), '401 jws_signature_invalid');
});

test('two hundred requests at a time all pass, each with a nonce of its own', async () => {
  const all = await Promise.all(Array.from({ length: 200 }, () => call(stack, '/reports/april', { token: alice })));
  assert.deepEqual([...new Set(all.map((seen) => seen.status))], [200]);
  assert.equal(new Set(all.map((seen) => seen.id)).size, 200);
});

test('a head without a body is a head without a body', async () => {
  const answer = await fetch(`${stack.edge}/reports/april`, { method: 'HEAD', headers: { authorization: `Bearer ${alice}` } });
  assert.deepEqual([answer.status, await answer.text()], [200, '']);
});

test('a path that two readers could read in two ways is refused before anything is looked up', async () => {
  const answer = await fetch(`${stack.edge}/reports/%2e%2e%2fpayroll`, { headers: { authorization: `Bearer ${alice}` } });
  const id = answer.headers.get('sallyport-request-id') ?? '';
  assert.equal(`${answer.status} ${(await audit(stack, id, 'edge')).reason}`, '400 path_encoded_separator');
});

test('an agent with a broken policy does not start, and says where and what to do', async () => {
  const broken = `${stack.policy_file}.broken.jsonc`;
  writeFileSync(broken, readFileSync(stack.policy_file, 'utf8').replace("'finance' in identity.groups", "'finance' in identity.group"));
  const agent = start_child('the agent', `${build}/sallyport`, ['agent'], {
    env: { SALLYPORT_SERVICE: 'reports', SALLYPORT_POLICY_FILE: broken, SALLYPORT_LISTEN: '127.0.0.1:0' },
  });
  assert.notEqual(await agent.ended, 0);
  assert.match(
    agent.output(),
    /broken\.jsonc:\d+:\d+: .*'group'.*\$\.routes\[1\]\.allow/,
    'file, line, column, what, where in the document',
  );
});

test('an app that is gone is a 502 with the request id, not a hanging request', async () => {
  await stack.app.stop();
  const answer = await fetch(`${stack.edge}/reports/april`, { headers: { authorization: `Bearer ${alice}` } });
  assert.equal(answer.status, 502);
  assert.ok(answer.headers.get('sallyport-request-id'));
});

test('an agent that is gone is a 502 with the request id, too', async () => {
  await stack.agent.stop();
  const answer = await fetch(`${stack.edge}/reports/april`, { headers: { authorization: `Bearer ${alice}` } });
  assert.equal(answer.status, 502);
  assert.ok(answer.headers.get('sallyport-request-id'));
});
