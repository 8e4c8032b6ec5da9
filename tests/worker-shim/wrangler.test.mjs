// What ships: the bundle that wrangler makes of the Worker, its size, and wrangler dev without a network.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { start_child } from '../../demo/parts/child.mjs';
import { send, signing_key } from '../support/edge.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { root } from '../../demo/parts/worker.mjs';

const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
const offline = { CI: 'true', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'log' };
const most_bytes = 1024 * 1024;

/** What wrangler would upload, and what it says about bindings. @param {string} config @param {(only: (ending: string) => Buffer, said: string) => void} look */
function with_bundle(config, look) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'));
  try {
    const said = execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', folder], {
      cwd: root,
      env: { ...process.env, ...offline },
      stdio: 'pipe',
    });
    const files = readdirSync(folder);
    look((ending) => {
      const found = files.filter((name) => name.endsWith(ending));
      assert.equal(found.length, 1, `one ${ending} in ${files}`);
      return readFileSync(join(folder, found[0]));
    }, said.toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} script */
function imports_of(script) {
  const all = [...script.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from);
  return [...new Set(all)].filter((from) => !from.startsWith('./')).sort();
}

test('wrangler bundles the gate: core, policy, shim and objects, nothing else', () =>
  with_bundle('wrangler.toml', (only, said) => {
    assert.ok(only('sallyport.wasm').equals(readFileSync(`${root}build/wasm/sallyport.wasm`)));
    assert.ok(only('policy.jsonc').equals(readFileSync(`${root}policy.jsonc`)));
    const script = only('index.js').toString();
    assert.doesNotMatch(script, /\beval\(|new Function\(/, 'Workers forbid both');
    assert.deepEqual(imports_of(script), ['cloudflare:workers', 'node:crypto']);
    for (const object of [/env\.WAKE \(Wake\)/, /env\.REGION \(Region\)/, /env\.JOBS \(Jobs\)/]) assert.match(said, object);
  }));

test('wrangler bundles the issuer: core and shim, no policy and no objects', () =>
  with_bundle('wrangler.issuer.toml', (only, said) => {
    assert.ok(only('sallyport.wasm').equals(readFileSync(`${root}build/wasm/sallyport.wasm`)));
    const script = only('issuer.js').toString();
    assert.deepEqual(imports_of(script), ['node:crypto']);
    assert.doesNotMatch(script, /SALLYPORT_SIGNING_KEYS/, 'it never asks for a private key');
    assert.doesNotMatch(said, /Durable Object/);
  }));

test('every class of objects that is bound is stored in SQLite from its first migration on', () => {
  const config = readFileSync(`${root}wrangler.toml`, 'utf8');
  const bound = [...config.matchAll(/^class_name = "(\w+)"$/gm)].map(([, name]) => name);
  const migrated = [...config.matchAll(/^new_sqlite_classes = (.+)$/gm)].flatMap(([, list]) => JSON.parse(list));
  assert.deepEqual(migrated.sort(), bound.sort());
  const exported = readFileSync(`${root}worker-shim/index.js`, 'utf8');
  for (const name of bound) assert.match(exported, new RegExp(`^export \\{ ${name} \\} from`, 'm'));
});

test(`the core is under ${most_bytes / 1024} KiB, gzipped`, (context) => {
  const size = gzipSync(readFileSync(`${root}build/wasm/sallyport.wasm`), { level: 9 }).length;
  context.diagnostic(`${size} bytes gzipped, ${statSync(`${root}build/wasm/sallyport.wasm`).size} bytes`);
  assert.ok(size < most_bytes);
});

test('wrangler dev serves offline, with the keys of .dev.vars', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-dev-'));
  const port = await free_port();
  // .dev.vars stands beside the configuration, so the configuration moves to where a test may write one.
  const config = readFileSync(`${root}wrangler.toml`, 'utf8').replace('main = "worker-shim', `main = "${root}worker-shim`);
  writeFileSync(join(folder, 'wrangler.toml'), config);
  writeFileSync(join(folder, '.dev.vars'), `SALLYPORT_SIGNING_KEYS='${JSON.stringify({ keys: [await signing_key('dev-key')] })}'\n`);
  const child = start_child(
    'wrangler dev',
    process.execPath,
    [wrangler, 'dev', '--port', String(port), '--ip', '127.0.0.1', '--inspector-port', '0', '--show-interactive-dev-session=false'],
    { cwd: folder, env: offline },
  );
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
