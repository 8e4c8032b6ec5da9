// What docs/reference/agent.md says of signals, held by the agent as a process.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { start_agent } from '../../demo/parts/agent.mjs';
import { run, until } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';

const program = `${root}build/dev/sallyport`;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-signals-'));
/** @type {import('../../demo/parts/agent.mjs').RunningAgent[]} */
const started = [];
after(async () => {
  await Promise.all(started.map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A caller that sends one POST after the other, on one connection for as long as that is kept, until something goes wrong. */
class Poster {
  answered = 0;
  closed = 0;
  end = '';
  #port;

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  async run() {
    while (this.end === '') await this.#connection();
  }

  /** Without a signature each is answered with 401, by the same session. */
  #connection() {
    return new Promise((resolve) => {
      const to = connect(this.#port, '127.0.0.1').setEncoding('latin1').setNoDelay();
      let owed = 0;
      let seen = '';
      const ask = () => {
        owed += 1;
        to.write('POST / HTTP/1.1\r\nHost: reports.test\r\nContent-Length: 0\r\n\r\n');
      };
      to.on('connect', ask);
      to.on('error', (/** @type {NodeJS.ErrnoException} */ problem) => {
        this.end ||= owed === 0 ? (problem.code ?? 'unknown') : `lost by ${problem.code}`;
      });
      to.on('data', (piece) => {
        seen += piece;
        const head = /^(HTTP\/1\.1 401 .*?\r\n\r\n)/s.exec(seen)?.[1];
        const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? NaN);
        if (head === undefined || seen.length < head.length + length) return;
        owed -= 1;
        this.answered += 1;
        seen = '';
        if (!/^connection: close\r$/im.test(head)) return void setTimeout(ask, Math.random() * 6);
        this.closed += 1;
        to.end();
      });
      to.on('close', () => {
        if (owed > 0) this.end ||= 'lost by an end';
        resolve(undefined);
      });
    });
  }
}

/** An agent before nothing, with keys of its own. @param {Record<string, string>} [env] */
async function agent(env) {
  const [policy_file, keys, jwks_file] = ['policy.jsonc', 'keys.json', 'jwks.json'].map((name) => join(folder, name));
  rmSync(keys, { force: true });
  await run(program, ['keys', 'generate', '--out', keys]);
  writeFileSync(jwks_file, await run(program, ['keys', 'show', '--json', keys]));
  writeFileSync(
    policy_file,
    JSON.stringify({
      edge: { issuer: 'https://edge.test' },
      services: { reports: { origin: 'https://reports.test' } },
      routes: [],
    }),
  );
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

test('SIGTERM under kept connections that send POST requests all the time loses none: each is answered, or its connection is refused', async () => {
  const running = await agent({ SALLYPORT_THREADS: '2', SALLYPORT_TIMEOUTS_DRAIN: '1s' });
  const callers = Array.from({ length: 60 }, () => new Poster(running.port));
  const all = Promise.all(callers.map((each) => each.run()));
  await until('all send', () => callers.every((each) => each.answered > 5));
  running.signal('SIGTERM');
  await all;
  assert.equal(await running.ended, 0);
  assert.deepEqual([...new Set(callers.map((each) => each.end))], ['ECONNREFUSED']);
  assert.ok(
    callers.every((each) => each.closed > 0),
    'each was told that its connection ends',
  );
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
  caller.on('data', (piece) => {
    seen += piece;
  });
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
