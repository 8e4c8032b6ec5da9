// What docs/operations.md says of signals, held by the agent as a process.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { start_agent } from '../support/agent.mjs';
import { run, until } from '../support/child.mjs';
import { root } from '../support/worker.mjs';

const program = `${root}build/dev/sallyport`;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-signals-'));
/** @type {import('../support/agent.mjs').RunningAgent[]} */
const started = [];
after(async () => {
  await Promise.all(started.map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** An agent before nothing, with keys of its own. @param {Record<string, string>} [env] */
async function agent(env) {
  const [policy_file, keys, jwks_file] = ['policy.jsonc', 'keys.json', 'jwks.json'].map((name) => join(folder, name));
  rmSync(keys, { force: true });
  await run(program, ['keys', 'generate', '--out', keys]);
  writeFileSync(jwks_file, await run(program, ['keys', 'show', '--json', keys]));
  writeFileSync(policy_file, JSON.stringify({
    edge: { issuer: 'https://edge.test' },
    services: { reports: { origin: 'https://reports.test' } },
    routes: [],
  }));
  const running = await start_agent({ program, service: 'reports', upstream_port: 9, policy_file, jwks_file, threads: 1, env });
  started.push(running);
  return running;
}

test('a first SIGTERM waits for a request that has begun; a second one ends it at once, with 1', async () => {
  const running = await agent();
  const caller = connect(running.port, '127.0.0.1');
  caller.on('error', () => {});
  await new Promise((resolve) => caller.write('GET / HTTP/1.1\r\n', resolve));
  // Its one thread has read those bytes before it answers a later connection.
  await fetch(`http://127.0.0.1:${running.port}/`);
  running.signal('SIGTERM');
  await running.saw(/"event":"stopping"/);
  assert.equal((await fetch(`${running.admin}/readyz`)).status, 503);
  running.signal('SIGHUP');
  assert.equal((await fetch(`${running.admin}/readyz`)).status, 503);
  running.signal('SIGTERM');
  assert.equal(await running.ended, 1);
});

test('SIGTERM ends an agent without requests with 0', async () => {
  const running = await agent();
  running.signal('SIGTERM');
  assert.equal(await running.ended, 0);
});

test('the time for which it was suspended ends no connection', async () => {
  const running = await agent({ SALLYPORT_TIMEOUTS_IDLE: '3s' });
  const caller = connect(running.port, '127.0.0.1').setEncoding('latin1');
  let seen = '';
  caller.on('data', (piece) => { seen += piece; });
  const answers = () => seen.split('HTTP/1.1 401 ').length - 1;
  const ask = () => caller.write('GET / HTTP/1.1\r\nHost: reports.test\r\n\r\n');
  ask();
  await until('the first answer', () => answers() === 1);
  running.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  running.signal('SIGCONT');
  // It answers others again, so it has looked at its limits.
  for (let i = 0; i < 10; i += 1) await fetch(`http://127.0.0.1:${running.port}/`);
  ask();
  await until('the second answer', () => answers() === 2 || caller.closed);
  assert.equal(answers(), 2);
});
