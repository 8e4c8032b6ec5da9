// The Worker in workerd (miniflare), from the same files that wrangler ships, with a policy and secrets of the caller's
// choice. The core must be built: cmake --build --preset wasm.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Log, LogLevel, Miniflare } from 'miniflare';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const core_module = 'build/wasm/sallyport.js';

/**
 * @typedef {object} RunningWorker
 * @property {number} port
 * @property {number} pid of workerd
 * @property {() => string} output what it logged so far
 * @property {() => Promise<void>} stop safe to call twice
 */

/** `replaced`: other contents for a file of the Worker, by its path; `miniflare`: further options of miniflare.
 * @param {{policy: string, signing_keys: string, service_secrets?: string, port?: number, direct?: boolean, replaced?: Record<string, string>,
 *   miniflare?: Record<string, unknown>}} options @returns {Promise<RunningWorker>} */
export async function start_worker({ policy, signing_keys, service_secrets = '', port = 0, replaced = {}, miniflare = {}, direct = false }) {
  if (!existsSync(root + core_module)) throw new Error('the core is not built; run: cmake --preset wasm && cmake --build --preset wasm');
  return start_workerd({
    modules: edge_modules(policy, replaced),
    bindings: { SALLYPORT_SIGNING_KEYS: signing_keys, SALLYPORT_SERVICE_SECRETS: service_secrets, SALLYPORT_BUILD: 'demo' },
    ...deployed_options(),
    ...miniflare,
  }, { port, direct });
}

/** What wrangler bundles, file by file; index.js first, because the first one is the entry. @param {string} policy
 * @param {Record<string, string>} replaced */
function edge_modules(policy, replaced) {
  const scripts = readdirSync(`${root}worker-shim`).filter((name) => name.endsWith('.js') && name !== 'index.js');
  const files = ['worker-shim/index.js', ...scripts.map((name) => `worker-shim/${name}`), core_module];
  return [
    ...files.map((path) => ({ type: /** @type {const} */ ('ESModule'), path: root + path, ...(replaced[path] !== undefined && { contents: replaced[path] }) })),
    { type: /** @type {const} */ ('CompiledWasm'), path: `${root}build/wasm/sallyport.wasm` },
    { type: /** @type {const} */ ('Text'), path: `${root}policy.jsonc`, contents: policy },
  ];
}

/** As wrangler.toml says, which is what ships. */
function deployed_options() {
  const text = readFileSync(`${root}wrangler.toml`, 'utf8');
  const value = (/** @type {string} */ name) => JSON.parse(new RegExp(`^${name} = (.+)$`, 'm').exec(text)?.[1] ?? 'null');
  return { compatibilityDate: value('compatibility_date'), compatibilityFlags: value('compatibility_flags') };
}

/** Starts any Worker in a workerd of its own. Miniflare puts a Worker of its own in front that plays Cloudflare's part: country and
 * address of the caller, encodings. `direct` leaves it out, so that only the Worker itself is measured.
 * @param {Record<string, unknown>} options of miniflare @param {{port?: number, direct?: boolean}} [place]
 * @returns {Promise<RunningWorker>} */
export async function start_workerd(options, { port = 0, direct = false } = {}) {
  let text = '';
  const before = workerd_children();
  const handlers = signal_handlers();
  const miniflare = new Miniflare(/** @type {any} */ ({
    modulesRoot: root,
    host: '127.0.0.1',
    port,
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (/** @type {NodeJS.ReadableStream} */ out, /** @type {NodeJS.ReadableStream} */ err) => {
      for (const stream of [out, err]) stream.on('data', (piece) => { text += piece; });
    },
    ...(direct ? { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] } : {}),
    ...options,
  }));
  // Miniflare would end the whole process at a signal; here, whoever starts a Worker also stops it.
  for (const [signal, handler] of signal_handlers()) if (!handlers.some((known) => known[1] === handler)) process.removeListener(signal, handler);
  const ready = await miniflare.ready;
  const url = direct ? await miniflare.unsafeGetDirectURL() : ready;
  const pid = workerd_children().find((child) => !before.includes(child)) ?? 0;
  let stopping = /** @type {Promise<void> | undefined} */ (undefined);
  return { port: Number(url.port), pid, output: () => text, stop: () => (stopping ??= miniflare.dispose()) };
}

/** @returns {[NodeJS.Signals, NodeJS.SignalsListener][]} */
function signal_handlers() {
  const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM']);
  return signals.flatMap((signal) => process.listeners(signal).map((handler) => /** @type {[NodeJS.Signals, NodeJS.SignalsListener]} */ ([signal, handler])));
}

/** Miniflare does not say which process it started. */
function workerd_children() {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number)
    .filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd');
}
