// A Worker in a workerd of its own and nothing else: no other Worker before or behind it, and its log goes nowhere. On
// Cloudflare no line of a log wakes a process that reads a pipe, and that costs several times what the line does.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listens, start_child, until } from './child.mjs';
import { free_port } from './ports.mjs';
import { root, workerd_program } from './worker.mjs';

/** By the type that miniflare gives a module, the one of workerd's schema. */
const member_of = { ESModule: 'esModule', Text: 'text', CompiledWasm: 'wasm' };

/**
 * @typedef {{type: keyof typeof member_of, path: string, contents?: string}} Module the first one is the entry; `contents` in place of the file's
 * @typedef {{modules: Module[], bindings: Record<string, string>, compatibilityDate: string, compatibilityFlags: string[]}} PlainWorker
 * @typedef {{port: number, pid: number, stop: () => Promise<void>}} RunningWorker
 */

/** @param {PlainWorker} worker @returns {Promise<RunningWorker>} */
export async function start_plain_workerd(worker) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-workerd-'));
  const port = await free_port();
  writeFileSync(join(folder, 'config.capnp'), configuration(worker, port, folder));
  const child = start_child('workerd', 'sh', ['-c', 'exec "$0" serve "$1" >/dev/null', workerd_program, join(folder, 'config.capnp')]);
  await until('workerd listens', () => listens(port));
  const stop = async () => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, pid: child.pid, stop };
}

/** @param {Parameters<typeof start_plain_workerd>[0]} worker @param {number} port @param {string} folder for the modules */
function configuration({ modules, bindings, compatibilityDate, compatibilityFlags }, port, folder) {
  const text = (/** @type {string} */ value) => JSON.stringify(value);
  const module_lines = modules.map(({ type, path, contents }) => {
    const name = relative(root, path);
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), contents ?? readFileSync(path));
    return `(name = ${text(name)}, ${member_of[type]} = embed ${text(name)})`;
  });
  const binding_lines = Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["local", "private", "public"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [${module_lines.join(', ')}],
  bindings = [${binding_lines.join(', ')}],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}]
);
`;
}
