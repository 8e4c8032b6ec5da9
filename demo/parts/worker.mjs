// The Worker in workerd (miniflare), from the same files that wrangler ships, with a policy and secrets of the caller's
// choice. The core must be built: cmake --build --preset wasm.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Log, LogLevel, Miniflare } from 'miniflare';

export const root = fileURLToPath(new URL('../..', import.meta.url).href);
export const edge_name = 'sallyport-edge';
export const edge_entry = 'worker-shim/index.js';
const core_module = 'build/wasm/sallyport.js';
/** workerd, of the version that miniflare brings. */
export const workerd_program = /** @type {{default: string}} */ (
  createRequire(createRequire(import.meta.url).resolve('miniflare'))('workerd')
).default;
Object.assign(process.env, { MINIFLARE_WORKERD_PATH: `${root}demo/parts/workerd_of_parent`, SALLYPORT_WORKERD: workerd_program });

/**
 * @typedef {object} RunningWorker
 * @property {number} port
 * @property {number} pid of workerd
 * @property {() => string} output what it logged so far
 * @property {Miniflare} miniflare
 * @property {() => Promise<void>} stop safe to call twice
 */

/** `replaced`: other contents for a file of the Worker, by its path; `vpc`: names of bindings that reach loopback addresses, as a
 * Workers VPC network reaches private ones; `variables`: further ones, such as SALLYPORT_AWS_ENDPOINT; `miniflare`: further options of
 * miniflare; `beside`: further Workers in the same workerd;
 * `without`: bindings of objects that it does not have, as in a deployment of an older configuration;
 * `entry`: another module than the gate's own; without `keeps_objects` it has no Durable Objects.
 * @param {{policy: string, signing_keys: string, service_secrets?: string, port?: number, replaced?: Record<string, string>,
 *   vpc?: string[], entry?: string, keeps_objects?: boolean, without?: string[], beside?: Record<string, unknown>[], variables?: Record<string, string>, miniflare?: Record<string, unknown>}} options @returns {Promise<RunningWorker>} */
export async function start_worker({
  policy,
  signing_keys,
  service_secrets = '',
  port = 0,
  replaced = {},
  vpc = [],
  entry = edge_entry,
  keeps_objects = entry === edge_entry,
  without = [],
  beside = [],
  variables = {},
  miniflare = {},
}) {
  const { durableObjects, ...deployed } = deployed_options('wrangler.toml');
  const objects = Object.entries(durableObjects).filter(([name]) => keeps_objects && !without.includes(name));
  const edge = {
    name: edge_name,
    modules: edge_modules(entry, policy, replaced),
    bindings: { SALLYPORT_SIGNING_KEYS: signing_keys, SALLYPORT_SERVICE_SECRETS: service_secrets, SALLYPORT_BUILD: 'demo', ...variables },
    serviceBindings: Object.fromEntries(vpc.map((name) => [name, { network: { allow: ['127.0.0.0/8'] } }])),
    ...deployed,
    durableObjects: Object.fromEntries(objects),
    ...miniflare,
  };
  // Some options are of the whole runtime, such as where objects are stored; the others are not read there.
  return start_workerd(beside.length === 0 ? edge : { ...miniflare, workers: [edge, ...beside] }, { port });
}

/** The issuer Worker, which serves the public keys of `signing_keys`. @param {{issuer: string, public_keys: string, port?: number}} options */
export async function start_issuer_worker({ issuer, public_keys, port = 0 }) {
  return start_workerd(
    {
      name: 'sallyport-issuer',
      modules: modules_from('worker-shim/issuer.js'),
      bindings: { SALLYPORT_ISSUER: issuer, SALLYPORT_PUBLIC_KEYS: public_keys },
      ...deployed_options('wrangler.issuer.toml'),
    },
    { port },
  );
}

/** The modules of the gate's Worker, with this policy. @param {string} entry @param {string} policy @param {Record<string, string>} [replaced] */
export function edge_modules(entry, policy, replaced = {}) {
  return [...modules_from(entry, replaced), { type: /** @type {const} */ ('Text'), path: `${root}policy.jsonc`, contents: policy }];
}

/** What wrangler bundles, file by file; the entry first, because the first one is taken for it. @param {string} entry
 * @param {Record<string, string>} [replaced] */
function modules_from(entry, replaced = {}) {
  if (!existsSync(root + core_module)) throw new Error('the core is not built; run: cmake --preset wasm && cmake --build --preset wasm');
  const scripts = readdirSync(`${root}worker-shim`, { recursive: true, encoding: 'utf8' })
    .map((name) => `worker-shim/${name}`)
    .filter((path) => path.endsWith('.js') && path !== entry);
  return [
    ...[entry, ...scripts, core_module].map((path) => ({
      type: /** @type {const} */ ('ESModule'),
      path: root + path,
      ...(replaced[path] !== undefined && { contents: replaced[path] }),
    })),
    { type: /** @type {const} */ ('CompiledWasm'), path: `${root}build/wasm/sallyport.wasm` },
  ];
}

/** As the configuration says, which is what ships. @param {string} file */
export function deployed_options(file) {
  const text = readFileSync(root + file, 'utf8');
  const value = (/** @type {string} */ name) => JSON.parse(new RegExp(`^${name} = (.+)$`, 'm').exec(text)?.[1] ?? 'null');
  const objects = [...text.matchAll(/^\[\[durable_objects\.bindings\]\]\nname = "(\w+)"\nclass_name = "(\w+)"$/gm)];
  return {
    compatibilityDate: value('compatibility_date'),
    compatibilityFlags: value('compatibility_flags'),
    durableObjects: Object.fromEntries(objects.map(([, name, class_name]) => [name, { className: class_name, useSQLite: true }])),
  };
}

/** Starts any Worker in a workerd of its own. Miniflare puts Workers of its own before and behind it that play Cloudflare's part:
 * country and address of the caller, encodings, what is sent on. demo/parts/workerd.mjs does without.
 * @param {Record<string, unknown>} options of miniflare @param {{port?: number}} [place]
 * @returns {Promise<RunningWorker>} */
export async function start_workerd(options, { port = 0 } = {}) {
  let text = '';
  const before = workerd_children();
  const handlers = signal_handlers();
  const miniflare = new Miniflare(
    /** @type {any} */ ({
      modulesRoot: root,
      host: '127.0.0.1',
      port,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (/** @type {NodeJS.ReadableStream} */ out, /** @type {NodeJS.ReadableStream} */ err) => {
        for (const stream of [out, err])
          stream.on('data', (piece) => {
            text += piece;
          });
      },
      ...options,
    }),
  );
  // Miniflare would end the whole process at a signal; here, whoever starts a Worker also stops it.
  for (const [signal, handler] of signal_handlers())
    if (!handlers.some((known) => known[1] === handler)) process.removeListener(signal, handler);
  const url = await miniflare.ready;
  const pid = workerd_children().find((child) => !before.includes(child)) ?? 0;
  let stopping = /** @type {Promise<void> | undefined} */ (undefined);
  return { port: Number(url.port), pid, miniflare, output: () => text, stop: () => (stopping ??= miniflare.dispose()) };
}

/** @returns {[NodeJS.Signals, NodeJS.SignalsListener][]} */
function signal_handlers() {
  const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM']);
  return signals.flatMap((signal) =>
    process.listeners(signal).map((handler) => /** @type {[NodeJS.Signals, NodeJS.SignalsListener]} */ ([signal, handler])),
  );
}

/** Miniflare does not say which process it started. */
function workerd_children() {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd');
}
