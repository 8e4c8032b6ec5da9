// What ships: the bundle that wrangler makes of the Worker, its size, and wrangler dev without a network.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { start_child } from '../support/child.mjs';
import { send, signing_key } from '../support/edge.mjs';
import { free_port } from '../support/ports.mjs';
import { root } from '../support/worker.mjs';

const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
const offline = { CI: 'true', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'log' };
const most_bytes = 400 * 1024;

test('wrangler bundles the Worker: core, policy and shim, nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'));
  try {
    execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', folder], { cwd: root, env: { ...process.env, ...offline }, stdio: 'pipe' });
    const files = readdirSync(folder);
    const only = (/** @type {string} */ ending) => {
      const found = files.filter((name) => name.endsWith(ending));
      assert.equal(found.length, 1, `one ${ending} in ${files}`);
      return readFileSync(join(folder, found[0]));
    };
    assert.ok(only('sallyport.wasm').equals(readFileSync(`${root}build/wasm/sallyport.wasm`)));
    assert.ok(only('policy.jsonc').equals(readFileSync(`${root}policy.jsonc`)));
    const script = only('index.js').toString();
    assert.doesNotMatch(script, /\beval\(|new Function\(/, 'Workers forbid both');
    const imported = [...script.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from).filter((from) => !from.startsWith('./'));
    assert.deepEqual([...new Set(imported)], ['node:crypto']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test(`the core is under ${most_bytes / 1024} KiB, gzipped`, (context) => {
  const size = gzipSync(readFileSync(`${root}build/wasm/sallyport.wasm`), { level: 9 }).length;
  context.diagnostic(`${size} bytes gzipped, ${statSync(`${root}build/wasm/sallyport.wasm`).size} bytes`);
  assert.ok(size < most_bytes);
});

test('wrangler dev serves offline, with the keys of .dev.vars', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-dev-'));
  const port = await free_port();
  // .dev.vars stands beside the configuration, so the configuration moves to where a test may write one.
  const config = readFileSync(`${root}wrangler.toml`, 'utf8').replace('main = "worker-shim', `main = "${root}worker-shim`);
  writeFileSync(join(folder, 'wrangler.toml'), config);
  writeFileSync(join(folder, '.dev.vars'), `SALLYPORT_SIGNING_KEYS='${JSON.stringify({ keys: [await signing_key('dev-key')] })}'\n`);
  const child = start_child('wrangler dev', process.execPath, [wrangler, 'dev', '--port', String(port), '--ip', '127.0.0.1', '--inspector-port', '0', '--show-interactive-dev-session=false'], { cwd: folder, env: offline });
  try {
    await child.saw(/Ready on/);
    const answer = await send(port, '/.sallyport/status');
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(String(answer.body)).keys, ['dev-key']);
  } finally {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
