// See bench/edge_start. Each Worker starts in a workerd of its own, by turns; what counts is its first response, which pays for
// compiling, starting and the first key fetch, beside its second one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { start_provider } from '../demo/provider.mjs';
import { root } from '../demo/parts/worker.mjs';
import { access_tokens, edge_workers, path } from './lib/edge_workers.mjs';
import { start_agent_stand_in } from './lib/nginx.mjs';
import { least, median, print_table } from './lib/report.mjs';
import { start_plain_workerd } from '../demo/parts/workerd.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const provider = await start_provider();
const upstream = await start_agent_stand_in();
try {
  await main();
} finally {
  await upstream.stop();
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const [token] = await access_tokens(provider, 1);
  const { passthrough, jose, sallyport } = await edge_workers({ folder, provider, origin: `http://127.0.0.1:${upstream.port}` });
  const contenders = [
    ['pass-through', passthrough],
    ['jose', jose('keys')],
    ['sallyport', sallyport],
  ].map(([name, worker]) => ({
    name: /** @type {string} */ (name),
    worker: /** @type {import('../demo/parts/workerd.mjs').PlainWorker} */ (worker),
    first: /** @type {number[]} */ ([]),
    second: /** @type {number[]} */ ([]),
  }));
  for (let round = 1; round <= rounds; ++round) {
    for (const contender of contenders) await measure(contender, token);
    console.log(`round ${round}: ${contenders.map(({ first }) => first.at(-1)?.toFixed(0)).join(' | ')} ms`);
  }
  report(contenders);
}

/** @param {{worker: import('../demo/parts/workerd.mjs').PlainWorker, first: number[], second: number[]}} contender @param {string} token */
async function measure({ worker, first, second }, token) {
  const running = await start_plain_workerd(worker);
  try {
    first.push(await ask(running.port, token));
    second.push(await ask(running.port, token));
  } finally {
    await running.stop();
  }
}

/** Milliseconds until the response is whole. @param {number} port @param {string} token */
async function ask(port, token) {
  const began = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return performance.now() - began;
}

/** @param {{name: string, first: number[], second: number[]}[]} contenders */
function report(contenders) {
  console.log('\nmilliseconds until the first and the second response of a new workerd');
  print_table(
    ['Worker', 'first: least', 'median', 'second: least', 'median'],
    contenders.map(({ name, first, second }) => [name, least(first), median(first), least(second), median(second)]),
  );
  const [plain, jose, ours] = contenders.map(({ first }) => median(first));
  console.log(
    `\nbeside pass-through: jose ${(jose - plain).toFixed(1)} ms, sallyport ${(ours - plain).toFixed(1)} ms (${((ours - plain) / (jose - plain)).toFixed(2)})`,
  );
  const wasm = readFileSync(`${root}build/wasm/sallyport.wasm`);
  console.log(`the core: ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped`);
}
