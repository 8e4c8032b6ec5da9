// The demo as a program: what it prints works, and nothing of it outlives it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { listens, run, start_child } from '../support/child.mjs';
import { root } from '../support/worker.mjs';

/** Every process that descends from `pid`. @param {number} pid @returns {number[]} */
function descendants(pid) {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      return [{ pid: Number(name), parent: Number(stat[1]) }];
    } catch {
      return [];
    }
  });
  /** @param {number} of @returns {number[]} */
  const below = (of) => parents.filter((each) => each.parent === of).flatMap((each) => [each.pid, ...below(each.pid)]);
  return below(pid);
}

/** @param {number} pid */
const lives = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };

test('the demo', async (t) => {
  const demo = start_child('the demo', `${root}scripts/demo`, [], { cwd: root });
  try {
    // It looks whether anything must be built.
    await demo.saw(/Ctrl-C stops everything/, 600_000);
    const edge = /curl -i (http:\/\/127\.0\.0\.1:\d+)\/reports/.exec(demo.output())?.[1] ?? '';
    const started = descendants(demo.pid);

    await t.test('prints lines that do what they say: alice in, bob out, a service that wakes, one that cannot, a job', async () => {
      const lines = demo.output().split('\n').filter((line) => line.trim().startsWith('curl') && line.includes('demo-token'));
      const outputs = await Promise.all(lines.map((line) => run('bash', ['-c', line.replace(/\bcurl\b/, 'curl -s -w "%{http_code}"')], { cwd: root })));
      assert.deepEqual(outputs.map((output) => output.slice(-3)), ['200', '403', '200', '200', '503', '202']);
      assert.match(outputs[0], /alice@acme\.example/);
    });
    await t.test('has no token for a stranger', async () => {
      await assert.rejects(run(`${root}scripts/demo-token`, ['mallory']), /usage: scripts\/demo-token/);
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
      await assert.rejects(run(`${root}scripts/demo-token`, ['alice']), /no demo is running/);
    });
  } finally {
    await demo.stop();
  }
});
