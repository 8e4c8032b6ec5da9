// The whole system with services that sleep: a token issuer, the gate in workerd with its objects, the issuer Worker, STS
// and ECS on loopback, whose tasks are a real agent and a real app each.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { cluster, region, start_account } from './account.mjs';
import { send } from './edge.mjs';
import { start_issuer } from './issuer.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { root, start_worker } from '../../demo/parts/worker.mjs';

const build = `${root}build/dev`;

/** @typedef {{agent: number, admin: number, app: number}} Ports of every task, each on its own address */

/**
 * @typedef {object} SleepingService
 * @property {string} [hold] how long requests wait for it, default 25s
 * @property {boolean} [wakes] default true
 * @property {number} [desired] tasks that run from the start
 * @property {number} [pull_ms] how long a start takes at least
 * @property {string[]} [app] the command of the app, in place of the demo app
 * @property {boolean} [sound] default true; false: its health check fails, so that its end is never overtaken by HEALTHY
 * @property {boolean} [drains] its app outlives its agent, which then can finish what runs
 * @property {string} [origin] sent there, not to the tasks
 * @property {'agent' | 'health'} [ready] as in the policy
 * @property {Record<string, unknown>} [route] further members of its route
 * @property {Record<string, unknown>} [more] further members of the service
 * @typedef {Awaited<ReturnType<typeof start_ecs_stack>>} EcsStack
 */

/** @param {{services: Record<string, SleepingService>, tuning?: Record<string, number>, worker?: Record<string, any>}} options */
export async function start_ecs_stack({ services, tuning = {}, worker: options = {} }) {
  const stops = /** @type {(() => unknown)[]} */ ([]);
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  /** @template {{stop: () => unknown}} T @param {T} part */
  const started = (part) => {
    stops.push(() => part.stop());
    return part;
  };
  try {
    return { ...(await start_parts(services, tuning, options, started)), stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** @param {Record<string, SleepingService>} services @param {Record<string, number>} tuning @param {Record<string, any>} options
 * @param {<T extends {stop: () => unknown}>(part: T) => T} started */
async function start_parts(services, tuning, options, started) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-ecs-'));
  started({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  const people = started(await start_issuer());
  // Other systems on this machine have the same addresses for their tasks, and so must have other ports.
  const ports = { agent: await free_port(), admin: await free_port(), app: await free_port() };
  const policy_file = join(folder, 'policy.jsonc');
  const names = Object.keys(services);
  const account = started(
    await start_account((issuer) => {
      writeFileSync(policy_file, JSON.stringify(policy_of(issuer, people.issuer, services, ports.agent)));
      return {
        services: Object.fromEntries(names.map((name) => [name, definition(name, services[name], policy_file, ports)])),
        subjects: names.map((name) => `sallyport:${name}`),
      };
    }),
  );
  const { aws, calls } = account;
  const worker = started(
    await start_worker({
      policy: readFileSync(policy_file, 'utf8'),
      signing_keys: JSON.stringify({ keys: [account.key] }),
      vpc: ['VPC'],
      // As deployments from before Regions: the demo and its tour have one.
      without: ['REGION'],
      ...options,
      variables: {
        ...account.variables(tuning),
        ...options.variables,
      },
    }),
  );
  const token_of = (/** @type {string} */ name) =>
    people.token({ sub: name, email: `${name}@acme.example`, groups: [name === 'alice' ? 'finance' : 'sales'] });
  return {
    aws,
    worker,
    token_of,
    /** A request of alice, who is of finance, or bob, who is not. @param {string} service @param {string} path
     * @param {{as?: string, method?: string, headers?: Record<string, string>, body?: string}} [how] */
    async ask(service, path, { as = 'alice', headers = {}, ...how } = {}) {
      const authorization = `Bearer ${await token_of(as)}`;
      const received = await send(worker.port, path, { ...how, headers: { host: host_of(service), authorization, ...headers } });
      const text = decoded(received);
      return { ...received, text, json: () => JSON.parse(text) };
    },
    calls,
    /** The tasks of a service as ECS has them. @param {string} service */
    tasks: (service) => {
      const found = aws.scheduler.find_service(cluster, service);
      return found === undefined ? [] : aws.scheduler.tasks_of(found);
    },
  };
}

/** @param {import('./edge.mjs').Received} received */
function decoded({ headers, body }) {
  const decoders = /** @type {Record<string, (body: Buffer) => Buffer>} */ ({ br: brotliDecompressSync, gzip: gunzipSync });
  return (decoders[headers['content-encoding'] ?? '']?.(body) ?? body).toString();
}

/** @param {string} service */
export const host_of = (service) => `${service}.acme.example`;

/** @param {string} edge_issuer @param {string} people @param {Record<string, SleepingService>} services @param {number} port */
function policy_of(edge_issuer, people, services, port) {
  const entries = Object.entries(services);
  const ecs = (/** @type {string} */ name, /** @type {SleepingService} */ of) => ({
    region,
    cluster,
    service: name,
    port,
    ...(of.ready && { ready: of.ready }),
    ...(of.wakes === false ? {} : { wake: { hold: of.hold ?? '25s' } }),
  });
  return {
    name: 'ecs',
    edge: { issuer: edge_issuer },
    issuers: { people: { issuer: people, audiences: ['api://acme'], kind: 'user', from: ['authorization', 'cookie:session'] } },
    services: Object.fromEntries(
      entries.map(([name, of]) => [name, { vpc: 'VPC', ...(of.origin && { origin: of.origin }), ecs: ecs(name, of), ...of.more }]),
    ),
    routes: entries.map(([name, of]) => ({
      id: name,
      host: host_of(name),
      path: '/**',
      service: name,
      allow: "'finance' in identity.groups",
      ...of.route,
    })),
  };
}

/** @param {string} service @param {SleepingService} of @param {string} policy_file @param {Ports} ports */
function definition(service, { pull_ms = 20, drains = false, sound = true, app, desired }, policy_file, ports) {
  const check = sound ? [`${build}/sallyport`, 'healthcheck', '--address', `{address}:${ports.admin}`] : ['false'];
  const agent = {
    name: 'sallyport',
    command: [`${build}/sallyport`, 'agent'],
    environment: {
      SALLYPORT_SERVICE: service,
      SALLYPORT_LISTEN: `{address}:${ports.agent}`,
      SALLYPORT_ADMIN_LISTEN: `{address}:${ports.admin}`,
      SALLYPORT_UPSTREAM_ADDRESS: `{address}:${ports.app}`,
      SALLYPORT_POLICY_FILE: policy_file,
      SALLYPORT_THREADS: '1',
      SALLYPORT_TIMEOUTS_DRAIN: '1s',
    },
    health: { command: check, interval_ms: 50, retries: 1000 },
  };
  const own = { name: 'app', command: app ?? [`${build}/demo_app`, `{address}:${ports.app}`] };
  return { provision_ms: 20, pull_ms, desired, containers: [own, { ...agent, ...(drains && { depends_on: ['app'] }) }] };
}
