// The whole system on loopback: provider, Worker, agent, app, and an AWS account with services that sleep; with keys that
// live as long as it does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start_agent } from './parts/agent.mjs';
import { run, start_child } from './parts/child.mjs';
import { start_provider } from './provider.mjs';
import { free_port } from './parts/ports.mjs';
import { start_tap } from './parts/tap.mjs';
import { root, start_worker } from './parts/worker.mjs';
import { gate_role, start_cloud } from './cloud.mjs';
import { start_login } from './login.mjs';

/** Where the native programs were built. */
export const build = `${root}build/dev`;
const sallyport = `${build}/sallyport`;

/**
 * @typedef {object} Ports where things listen; 0: anywhere
 * @property {number} edge
 * @property {number} provider
 * @property {number} agent
 * @property {number} app
 * @property {number} login
 */
/** @type {Ports} */
export const anywhere = { edge: 0, provider: 0, agent: 0, app: 0, login: 0 };

/** How long AWS takes to place a task and to load its image: `brisk` for tests, `lifelike` for people who want to see it.
 * @typedef {{provision_ms: number, pull_ms: number}} LaunchTimes */
export const brisk = { provision_ms: 100, pull_ms: 300 };
export const lifelike = { provision_ms: 2500, pull_ms: 4000 };

/** Polls as fast as a task starts on loopback; times in milliseconds. */
const wake_tuning = { poll_first: 200, poll_then: 200, poll_most: 500, expected_start: 500, pause_first: 200, retry_first: 500 };

/** @typedef {Awaited<ReturnType<typeof start_stack>>} Stack */

/** Starts everything; `say` hears of each part. What was started is stopped again when a part does not start.
 * @param {{ports?: Ports, launch?: LaunchTimes, say?: (line: string) => void}} [options] */
export async function start_stack({ ports = anywhere, launch = brisk, say = () => {} } = {}) {
  /** @type {(() => Promise<void> | void)[]} */
  const stops = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    return { ...(await start_parts(ports, launch, say, stops)), stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** @param {Ports} ports @param {LaunchTimes} launch @param {(line: string) => void} say @param {(() => Promise<void> | void)[]} stops */
async function start_parts(ports, launch, say, stops) {
  /** @template {{stop: () => Promise<void>}} T @param {T} part */
  const started = (part) => {
    stops.push(() => part.stop());
    return part;
  };
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));

  say("making the edge's signing key");
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
  let cloud = /** @type {import('./cloud.mjs').Cloud | undefined} */ (undefined);
  const aws_way = started(await start_tap(() => Number(new URL(cloud?.url ?? 'http://127.0.0.1:0').port)));

  const edge = `http://127.0.0.1:${edge_way.port}`;
  const origin = `http://127.0.0.1:${agent_way.port}`;
  // Every task has an address of its own; the ports are of this run, so that several stacks can stand beside each other.
  const [task_port, admin_port, app_port] = [await free_port(), await free_port(), await free_port()];
  const policy = fill(readFileSync(`${root}demo/policy.jsonc`, 'utf8'), {
    EDGE: edge,
    PROVIDER: provider.issuer,
    REPORTS: origin,
    PAYROLL: origin,
    TASK_PORT: String(task_port),
  });
  const policy_file = join(folder, 'policy.jsonc');
  writeFileSync(policy_file, policy);

  const jwks_url = `${edge}/.well-known/jwks.json`;
  cloud = started(
    await start_cloud(folder, edge, {
      sallyport,
      app: `${build}/demo_app`,
      port: task_port,
      admin_port,
      app_port,
      policy_file,
      jwks_url,
      ...launch,
    }),
  );
  say(`AWS: STS and ECS ${cloud.url}`);
  const variables = {
    SALLYPORT_AWS_ROLE: gate_role,
    SALLYPORT_AWS_ENDPOINT: `http://127.0.0.1:${aws_way.port}`,
    SALLYPORT_WAKE_TUNING: JSON.stringify(wake_tuning),
  };

  /** Deploys a Worker with these keys: from now on new connections reach it. The one before is stopped by the caller.
   * @param {string} keys */
  const deploy = async (keys) => {
    const before = worker;
    const fresh = started(await start_worker({ policy, signing_keys: keys, vpc: ['DEMO_VPC'], variables }));
    worker = fresh;
    return { before, worker: fresh };
  };
  await deploy(readFileSync(keys_file, 'utf8'));
  say(`Worker in workerd ${edge}`);

  /** An agent of the same kind, but for what is said here. @param {Partial<import('./parts/agent.mjs').AgentOptions>} [options] */
  const another_agent = async (options = {}) =>
    started(
      await start_agent({
        program: sallyport,
        service: 'reports',
        upstream_port: app_way.port,
        policy_file,
        jwks_url,
        ...options,
      }),
    );
  const agent = await another_agent({ port: agent_port });
  say(`agent http://127.0.0.1:${agent_port} (admin ${agent.admin})`);

  const login = started(await start_login(provider, edge, await free_port(ports.login)));

  return {
    edge,
    provider,
    app,
    agent,
    cloud,
    login,
    policy_file,
    keys_file,
    deploy,
    another_agent,
    ways: { edge: edge_way, agent: agent_way, app: app_way, aws: aws_way },
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
const fill = (text, values) => text.replace(/\$\{([A-Z_]+)\}/g, (_, name) => values[name]);
