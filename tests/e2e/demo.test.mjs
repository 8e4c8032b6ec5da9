// The demo as a program: what it prints works, and nothing of it outlives it.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { listens, run, start_child, until } from '../../demo/parts/child.mjs';
import { root } from '../../demo/parts/worker.mjs';

/** Every process that descends from `pid`. @param {number} pid @returns {number[]} */
function descendants(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
        return [{ pid: Number(name), parent: Number(stat[1]) }];
      } catch {
        return [];
      }
    });
  /** @param {number} of @returns {number[]} */
  const below = (of) => parents.filter((each) => each.parent === of).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

/** What alice gets from the first line that a demo printed. @param {string} output @returns {Promise<string>} */
async function first_status(output) {
  const line = output.split('\n').find((each) => each.trim().startsWith('curl') && each.includes('demo-token alice')) ?? 'false';
  return run('bash', ['-c', line.replace('curl', 'curl -s -o /dev/null -w "%{http_code}"')], { cwd: root });
}

/** @param {number} pid */
const lives = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('the demo', async (t) => {
  const demo = start_child('the demo', `${root}scripts/demo`, [], { cwd: root });
  try {
    // It looks whether anything must be built.
    await demo.saw(/Ctrl-C stops everything/, 600_000);
    const edge = /curl -i (http:\/\/127\.0\.0\.1:\d+)\/reports/.exec(demo.output())?.[1] ?? '';
    const started = descendants(demo.pid);

    await t.test(
      'prints lines that do what they say: alice in, bob out, a service that wakes, one that cannot, a job and its runs',
      async () => {
        const lines = demo
          .output()
          .split('\n')
          .filter((line) => line.trim().startsWith('curl') && line.includes('demo-token'));
        const outputs = await Promise.all(
          lines.map((line) => run('bash', ['-c', line.replace(/\bcurl\b/, 'curl -s -w "%{http_code}"')], { cwd: root })),
        );
        assert.deepEqual(
          outputs.map((output) => output.slice(-3)),
          ['200', '403', '200', '200', '503', '202', '200'],
        );
        assert.match(outputs[0], /alice@acme\.example/);
      },
    );
    await t.test('stands beside another one: each has its own tokens, also when the other is gone', async () => {
      const other = start_child('the other demo', `${root}scripts/demo`, [], { cwd: root });
      try {
        await other.saw(/Ctrl-C stops everything/, 600_000);
        const statuses = () => Promise.all([demo, other].map((each) => first_status(each.output())));
        assert.deepEqual(await statuses(), ['200', '200']);
        other.signal('SIGINT');
        await other.ended;
        assert.equal(await first_status(demo.output()), '200');
      } finally {
        await other.stop();
      }
    });
    await t.test('has no token for a stranger', async () => {
      for (const who of ['mallory', 'toString'])
        await assert.rejects(run(`${root}scripts/demo-token`, [who]), /usage: scripts\/demo-token/);
    });
    await t.test('stops everything it started, and says so', async () => {
      assert.ok(started.length >= 3, 'agent, app and workerd run');
      demo.signal('SIGINT');
      assert.equal(await demo.ended, 0);
      assert.match(demo.output(), /stopped everything it started/);
      assert.deepEqual(started.filter(lives), []);
      assert.equal(await listens(Number(new URL(edge).port)), false);
    });
    await t.test('leaves no token helper behind', async () => {
      const port = /OIDC provider http:\/\/127\.0\.0\.1:(\d+)/.exec(demo.output())?.[1] ?? '';
      await assert.rejects(run(`${root}scripts/demo-token`, ['alice', port]), /no demo is running/);
    });
  } finally {
    await demo.stop();
  }
});

test('nothing of a demo outlives it, even when it is killed', async () => {
  const demo = start_child('the demo', `${root}scripts/demo`, [], { cwd: root });
  await demo.saw(/Ctrl-C stops everything/, 600_000);
  const started = descendants(demo.pid);
  assert.ok(started.length >= 3, 'agent, app and workerd run');
  demo.signal('SIGKILL');
  await demo.ended;
  await until('all that it started has ended', () => !started.some(lives));
});

test('a demo that builds without a terminal says now and then how far it is, and at last what failed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cmake-'));
  const slow_and_failing =
    '#!/bin/sh\ncase "$*" in *--build*) echo "[1/2] Building"; sleep 3; echo "error: the compiler says why"; exit 1 ;; esac\n';
  writeFileSync(join(folder, 'cmake'), slow_and_failing, { mode: 0o755 });
  const demo = start_child('the demo', `${root}scripts/demo`, [], {
    cwd: root,
    env: { PATH: `${folder}:${process.env.PATH}`, SALLYPORT_HEARTBEAT: '1' },
  });
  try {
    assert.equal(await demo.ended, 1);
    assert.match(demo.output(), /^demo: \.\.\. \d+ s: \[1\/2\] Building$/m);
    assert.match(demo.output(), /error: the compiler says why\ndemo: building the agent and the app failed$/m);
  } finally {
    await demo.stop();
    rmSync(folder, { recursive: true });
  }
});

for (const [args, says] of /** @type {[string[], string][]} */ ([
  [['--nonsense'], 'unknown argument --nonsense'],
  [['--tour', '--fast'], 'one argument at most'],
])) {
  test(`the demo refuses ${args.join(' ')}`, async () => {
    const demo = start_child('the demo', `${root}scripts/demo`, args, { cwd: root });
    assert.equal(await demo.ended, 2);
    assert.equal(demo.output(), `demo: ${says}; see scripts/demo --help\n`);
  });
}
