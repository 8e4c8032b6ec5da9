// The whole system on loopback: provider, Worker, agent, app, with keys that live as long as it does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start_agent } from '../../tests/support/agent.mjs';
import { run, start_child } from '../../tests/support/child.mjs';
import { start_provider } from '../../tests/support/oidc_provider.mjs';
import { free_port } from '../../tests/support/ports.mjs';
import { start_tap } from '../../tests/support/tap.mjs';
import { root, start_worker } from '../../tests/support/worker.mjs';

/** Where the native programs were built. */
export const build = `${root}build/dev`;
const sallyport = `${build}/sallyport`;

/**
 * @typedef {object} Ports where things listen; 0: anywhere
 * @property {number} edge
 * @property {number} provider
 * @property {number} agent
 * @property {number} app
 */
/** @type {Ports} */
export const anywhere = { edge: 0, provider: 0, agent: 0, app: 0 };

/** @typedef {Awaited<ReturnType<typeof start_stack>>} Stack */

/** Starts everything; `say` hears of each part. What was started is stopped again when a part does not start.
 * @param {{ports?: Ports, say?: (line: string) => void}} [options] */
export async function start_stack({ ports = anywhere, say = () => {} } = {}) {
  /** @type {(() => Promise<void> | void)[]} */
  const stops = [];
  const stop = async () => { for (const each of stops.splice(0).reverse()) await each(); };
  try {
    return { ...(await start_parts(ports, say, stops)), stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** @param {Ports} ports @param {(line: string) => void} say @param {(() => Promise<void> | void)[]} stops */
async function start_parts(ports, say, stops) {
  /** @template {{stop: () => Promise<void>}} T @param {T} part */
  const started = (part) => { stops.push(() => part.stop()); return part; };
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));

  say('making the edge\'s signing key');
  const keys_file = join(folder, 'edge-keys.json');
  await run(sallyport, ['keys', 'generate', '--out', keys_file]);
  const provider = started(await start_provider({ port: await free_port(ports.provider) }));
  say(`OIDC provider ${provider.issuer}`);
  const app = started(await start_app(await free_port(ports.app)));
  say(`app http://127.0.0.1:${app.port}`);

  // Each way between two parts goes through a tap, so that whoever looks on can count, keep or turn what passes.
  let worker = /** @type {Awaited<ReturnType<typeof start_worker>> | undefined} */ (undefined);
  const edge_way = started(await start_tap(() => worker?.port ?? 0, { port: await free_port(ports.edge) }));
  const app_way = started(await start_tap(() => app.port));
  const agent_port = await free_port(ports.agent);
  const agent_way = started(await start_tap(() => agent_port));

  const edge = `http://127.0.0.1:${edge_way.port}`;
  const origin = `http://127.0.0.1:${agent_way.port}`;
  const policy = fill(readFileSync(`${root}scripts/demo.d/policy.jsonc`, 'utf8'), { EDGE: edge, PROVIDER: provider.issuer, REPORTS: origin, PAYROLL: origin });
  const policy_file = join(folder, 'policy.jsonc');
  writeFileSync(policy_file, policy);

  /** Deploys a Worker with these keys: from now on new connections reach it. The one before is stopped by the caller.
   * @param {string} keys */
  const deploy = async (keys) => {
    const before = worker;
    const fresh = started(await start_worker({ policy, signing_keys: keys }));
    worker = fresh;
    return { before, worker: fresh };
  };
  await deploy(readFileSync(keys_file, 'utf8'));
  say(`Worker in workerd ${edge}`);

  /** An agent of the same kind, but for what is said here. @param {Partial<import('../../tests/support/agent.mjs').AgentOptions>} [options] */
  const another_agent = async (options = {}) => started(await start_agent({
    program: sallyport, service: 'reports', upstream_port: app_way.port, policy_file, jwks_url: `${edge}/.well-known/jwks.json`, ...options,
  }));
  const agent = await another_agent({ port: agent_port });
  say(`agent http://127.0.0.1:${agent_port} (admin ${agent.admin})`);

  return {
    edge, provider, app, agent, policy_file, keys_file, deploy, another_agent,
    ways: { edge: edge_way, agent: agent_way, app: app_way },
    worker_output: () => worker?.output() ?? '',
    sallyport: (/** @type {string[]} */ ...args) => run(sallyport, args),
  };
}

/** @param {number} port */
async function start_app(port) {
  const child = start_child('the app', `${build}/demo_app`, [`127.0.0.1:${port}`]);
  await child.saw(/listening on/);
  return { ...child, port };
}

/** @param {string} text @param {Record<string, string>} values for ${NAME} */
const fill = (text, values) => text.replace(/\$\{([A-Z]+)\}/g, (_, name) => values[name]);
