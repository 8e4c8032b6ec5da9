// What docs/reference/agent.md says of the agent's process: its descriptors, its dumps, and what it tells when something runs out.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start_agent } from '../../demo/parts/agent.mjs';
import { run, until } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';

const program = `${root}build/dev/sallyport`;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-process-'));
const [policy_file, keys, jwks_file, secrets_file] = ['policy.jsonc', 'keys.json', 'jwks.json', 'secret.json'].map((name) =>
  join(folder, name),
);
/** @type {import('../../demo/parts/agent.mjs').RunningAgent[]} */
const started = [];

before(async () => {
  await run(program, ['keys', 'generate', '--out', keys]);
  await run(program, ['keys', 'generate', '--alg', 'HS256', '--out', secrets_file]);
  writeFileSync(jwks_file, await run(program, ['keys', 'show', '--json', keys]));
  writeFileSync(
    policy_file,
    JSON.stringify({
      edge: { issuer: 'https://edge.test' },
      services: { reports: { origin: 'https://reports.test', signature: 'hmac-sha256' } },
      routes: [],
    }),
  );
});
after(async () => {
  await Promise.all(started.map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** @param {Partial<import('../../demo/parts/agent.mjs').AgentOptions>} [more] */
async function agent(more) {
  const running = await start_agent({
    program,
    service: 'reports',
    upstream_port: 9,
    policy_file,
    jwks_file,
    secrets_file,
    threads: 1,
    ...more,
  });
  started.push(running);
  return running;
}

/** Soft and hard limit. @param {import('../../demo/parts/agent.mjs').RunningAgent} of @param {string} name */
const limit = (of, name) => new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(readFileSync(`/proc/${of.pid}/limits`, 'latin1'))?.slice(1);

test('the soft limit of descriptors is raised as far as it is needed, and a hard one that is too low is said', async () => {
  const enough = await agent({ pin: ['prlimit', '--nofile=64:4096'], env: { SALLYPORT_LIMITS_MAX_CONNECTIONS: '100' } });
  assert.deepEqual(limit(enough, 'Max open files'), ['456', '4096']);
  assert.doesNotMatch(enough.output(), /fewer descriptors/);
  const few = await agent({ pin: ['prlimit', '--nofile=64:1000'] });
  assert.deepEqual(limit(few, 'Max open files'), ['1000', '1000']);
  assert.match(few.output(), /"event":"fewer descriptors than connections".*"limit":"1000","wanted":"20256"/);
});

test('no core is dumped unless the configuration says so', async () => {
  assert.deepEqual(limit(await agent({ pin: ['prlimit', '--core=4096:8192'] }), 'Max core file size'), ['0', '0']);
  assert.deepEqual(
    limit(await agent({ pin: ['prlimit', '--core=4096:8192'], env: { SALLYPORT_CORE_DUMPS: 'on' } }), 'Max core file size'),
    ['4096', '8192'],
  );
});

test('audit lines that cannot be written are told once, long before anything is refused', async () => {
  const running = await agent({ audit: '/dev/full' });
  const ask = async () => (await fetch(`http://127.0.0.1:${running.port}/`)).status;
  assert.equal(await ask(), 401);
  await running.saw(/"event":"audit lines cannot be written".*"problem":"No space left on device"/);
  for (let i = 0; i < 20; i += 1) assert.equal(await ask(), 401);
  assert.equal(running.output().split('audit lines cannot be written').length, 2);
});

test('a secret that others can read is refused at the start, and a policy that others can write warned of', async () => {
  chmodSync(secrets_file, 0o644);
  await assert.rejects(agent(), /status 3:[\s\S]*it holds secrets, and its mode 0644 lets others at them; chmod 600 it/);
  chmodSync(secrets_file, 0o600);
  chmodSync(policy_file, 0o666);
  await (await agent()).saw(/"event":"starting".*anybody on this system may write to it/);
  chmodSync(policy_file, 0o644);
});

test('it tells when the edge keys could not be fetched, and when they are fetched again', async () => {
  let asked = 0;
  const issuer = createServer((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(500).end();
    else response.end(readFileSync(jwks_file));
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (issuer.address());
  try {
    const url = `http://127.0.0.1:${port}/jwks.json`;
    const running = await agent({ jwks_file: undefined, jwks_url: url });
    await running.saw(/"event":"edge keys are fetched again"/);
    const told = lines_of(running.output()).filter(({ event }) => event.startsWith('edge keys'));
    assert.deepEqual(
      told.map(({ level, event, keys: count, url: from }) => [level, event, count, from]),
      [
        ['warning', 'edge keys could not be fetched', undefined, url],
        ['info', 'edge keys are fetched again', '1', url],
      ],
    );
  } finally {
    issuer.close();
    issuer.closeAllConnections();
  }
});

test('it reads files again that change, tells which policy it serves and which one it still accepts, and says what does not load', async () => {
  const file = join(folder, 'changing.jsonc');
  const [before, now] = [readFileSync(policy_file, 'utf8'), readFileSync(policy_file, 'utf8').replace('{', '{"name":"next",')];
  const digest = async () => JSON.parse(await run(program, ['policy', 'check', '--json', file])).digest;
  writeFileSync(file, before);
  const first = await digest();
  const running = await agent({ policy_file: file });
  const readiness = async () => {
    const response = await fetch(`${running.admin}/readyz`);
    return [response.status, JSON.parse(await response.text())];
  };
  const successful = async () =>
    /^sallyport_last_reload_successful (\d)$/m.exec(await (await fetch(`${running.admin}/metrics`)).text())?.[1];
  assert.deepEqual([...(await readiness()), await successful()], [200, { ready: true }, '1']);

  writeFileSync(file, '{ broken');
  await running.saw(/"event":"reload refused"/);
  const [status, { ready, reload_refused }] = await readiness();
  assert.deepEqual([status, ready, await successful()], [200, true, '0']);
  assert.match(reload_refused.join(), /changing\.jsonc:1:\d+: /);

  // As a tool does that replaces a file whole, and as Kubernetes swaps one behind a symbolic link.
  const elsewhere = join(folder, 'elsewhere.jsonc');
  writeFileSync(elsewhere, now);
  symlinkSync(elsewhere, `${file}.next`);
  renameSync(`${file}.next`, file);
  const second = await digest();
  await running.saw(/"event":"reloaded"/);
  assert.deepEqual([...(await readiness()), await successful()], [200, { ready: true }, '1']);
  assert.notEqual(first, second);

  // The end of the chain changes, and SIGHUP asks for a look at once: whoever reads first, the policy is the same.
  writeFileSync(elsewhere, before);
  running.signal('SIGHUP');
  const told = () => lines_of(running.output()).filter(({ event }) => event === 'serving' || event === 'reloaded');
  await until('the first policy is in force again', () => told().some(({ policy, previous }) => policy === first && previous === second));
  assert.deepEqual(
    [...new Set(told().map(({ event, policy, previous }) => `${event} ${policy} ${previous}`))],
    [`serving ${first} undefined`, `reloaded ${second} ${first}`, `reloaded ${first} ${second}`],
  );
});

/** The agent's own log. @param {string} output @returns {Record<string, string>[]} */
const lines_of = (output) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line));
