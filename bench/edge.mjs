// See bench/edge. Every Worker runs in a workerd of its own with the same upstream. Those that are compared have their load at
// the same time, so that whatever else the machine does costs them alike, and what counts is all the CPU of a workerd over all
// its requests. Nothing is pinned: the threads of V8 that compile and collect garbage belong to what a Worker costs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { start_agent } from '../demo/parts/agent.mjs';
import { cpu_seconds } from '../demo/parts/child.mjs';
import { free_port } from '../demo/parts/ports.mjs';
import { root } from '../demo/parts/worker.mjs';
import { start_provider } from '../demo/provider.mjs';
import { access_tokens, edge_workers, path } from './lib/edge_workers.mjs';
import { start_agent_stand_in } from './lib/nginx.mjs';
import { print_table, print_target } from './lib/report.mjs';
import { start_plain_workerd } from '../demo/parts/workerd.mjs';
import { send_load, write_script } from './lib/wrk.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '30' } } });
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
/** Of each load. */
const connections = 8;
/** More than any of the Workers keeps verified tokens for, so that each one is new to it. */
const many_tokens = 4000;
const warm_up_requests = 20_000;

/** @typedef {{name: string, tokens: 'one' | 'many', worker: import('../demo/parts/workerd.mjs').RunningWorker, cpu: number, answered: number}} Contender `cpu` in seconds */

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const provider = await start_provider();
const upstream = await start_agent_stand_in();
/** @type {import('../demo/parts/workerd.mjs').RunningWorker[]} */
const workers = [];
/** @type {import('../demo/parts/agent.mjs').RunningAgent[]} */
const agents = [];
try {
  await main();
} finally {
  for (const each of [...workers, ...agents]) await each.stop();
  await upstream.stop();
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  console.log(`signing ${many_tokens} access tokens (RS256)`);
  write_script(join(folder, 'many.lua'), path, await access_tokens(provider, many_tokens));
  write_script(join(folder, 'one.lua'), path, await access_tokens(provider, 1));
  const { again, besides } = await start_contenders();
  // The first of both is the same Worker with the same load.
  for (const contender of [...again, ...besides.slice(1)]) await warm_up(contender);
  await compare(again, rounds);
  await compare(besides, Math.ceil(rounds / 2));
  report(again, besides);
}

/** Those of the target, callers using their tokens again, and others. @returns {Promise<{again: Contender[], besides: Contender[]}>} */
async function start_contenders() {
  const port = await free_port();
  const [origin, agent] = [upstream.port, port].map((each) => `http://127.0.0.1:${each}`);
  const { passthrough, jose, sallyport, for_agent } = await edge_workers({ folder, provider, origin, agent });
  await start_our_agent(port, for_agent);
  const start = async (/** @type {import('../demo/parts/workerd.mjs').PlainWorker} */ worker) => {
    const running = await start_plain_workerd(worker);
    workers.push(running);
    return running;
  };
  const passes = await start(passthrough);
  const keys_only = await start(jose('keys'));
  const caches_all = await start(jose('all'));
  const ours = await start(sallyport);
  const contender = (
    /** @type {string} */ name,
    /** @type {'one' | 'many'} */ tokens,
    /** @type {import('../demo/parts/workerd.mjs').RunningWorker} */ worker,
  ) => ({ name, tokens, worker, cpu: 0, answered: 0 });
  return {
    again: [
      contender('pass-through', 'one', passes),
      contender('jose, same token', 'one', keys_only),
      contender('sallyport, same token', 'one', ours),
    ],
    besides: [
      contender('pass-through', 'one', passes),
      contender('jose that caches all, same token', 'one', caches_all),
      contender('jose, new tokens', 'many', keys_only),
      contender('sallyport, new tokens', 'many', ours),
    ],
  };
}

/** Ours speaks to an agent, because channels have two ends; what the agent costs is not counted here.
 * @param {number} port @param {{policy: string, jwks: string}} what */
async function start_our_agent(port, { policy, jwks }) {
  const [policy_file, jwks_file] = [join(folder, 'policy.json'), join(folder, 'jwks.json')];
  writeFileSync(policy_file, policy);
  writeFileSync(jwks_file, jwks);
  const program = `${root}build/release/sallyport`;
  const audit = join(folder, 'audit');
  agents.push(await start_agent({ program, service: 'app', upstream_port: upstream.port, policy_file, jwks_file, port, audit }));
}

/** Until V8 has compiled what is used often: a Worker of Wasm and much JavaScript takes longer than one line. @param {Contender} contender */
async function warm_up({ name, worker, tokens }) {
  console.log(`warming up: ${name}`);
  for (let answered = 0; answered < warm_up_requests; ) {
    answered += await send_load(worker.port, join(folder, `${tokens}.lua`), { seconds: 2, connections });
  }
}

/** Measures all of them at the same time. @param {Contender[]} contenders @param {number} rounds */
async function compare(contenders, rounds) {
  console.log(`\n${rounds} rounds of ${seconds} s, all at the same time, ${connections} connections each, GET ${path}`);
  console.log(`CPU per request in us: ${contenders.map(({ name }) => name).join(' | ')}`);
  for (let round = 1; round <= rounds; ++round) {
    const costs = await Promise.all(contenders.map((contender) => measure(contender)));
    console.log(`round ${round}: ${costs.map((cost) => cost.toFixed(0)).join(' | ')}`);
  }
}

/** CPU of workerd per request in this round, in microseconds. @param {Contender} contender */
async function measure(contender) {
  const before = cpu_seconds(contender.worker.pid);
  const answered = await send_load(contender.worker.port, join(folder, `${contender.tokens}.lua`), { seconds, connections });
  const cpu = cpu_seconds(contender.worker.pid) - before;
  contender.cpu += cpu;
  contender.answered += answered;
  return (cpu / answered) * 1e6;
}

/** @param {Contender[]} again @param {Contender[]} besides */
function report(again, besides) {
  console.log('\nCPU of the workerd process per request, in microseconds');
  const [, jose, ours] = table_of(again);
  const [, jose_all, jose_new, ours_new] = table_of(besides);
  const met = print_target(
    'we add at most 0.30 of what the jose Worker adds, callers using their tokens again',
    ours <= 0.3 * jose,
    ratio(ours, jose),
  );
  console.log(`besides: a jose Worker that caches all we cache adds ${jose_all.toFixed(0)} us`);
  const met_new = print_target('and at most half of it when every token is new', ours_new <= jose_new / 2, ratio(ours_new, jose_new));
  process.exitCode = met && met_new ? 0 : 1;
}

/** Prints a group, and gives what each of it adds to the first. @param {Contender[]} contenders */
function table_of(contenders) {
  const totals = contenders.map(({ cpu, answered }) => (cpu / answered) * 1e6);
  const added = totals.map((total) => total - totals[0]);
  print_table(
    ['Worker', 'requests', 'total', 'added'],
    contenders.map(({ name, answered }, index) => [name, String(answered), totals[index], added[index]]),
  );
  console.log();
  return added;
}

/** @param {number} ours @param {number} theirs */
function ratio(ours, theirs) {
  return `${ours.toFixed(0)} of ${theirs.toFixed(0)} us, ${(ours / theirs).toFixed(2)}`;
}
