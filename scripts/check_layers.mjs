#!/usr/bin/env node
// Checks what the architecture promises: an include points left only, shared/ stays a pure library of functions over
// values; no two modules of the Worker need each other, and one of them writes its log; the demo stands without the tests.
//
//   scripts/check_layers.mjs              the sources alone: include arrows, allowed headers, forbidden words; of the
//                                         Worker cycles of imports, and uses of the console; of all JavaScript which
//                                         room needs which
//   scripts/check_layers.mjs --objects D  also what was built in D (default build/dev when it exists): every symbol that
//                                         the core needs from outside is on the list below, and it keeps no state
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { import_cycles } from './import_cycles.mjs';
import { log_writers } from './log_writers.mjs';
import { allowed_layers, allowed_std_headers, allowed_symbols, forbidden_words } from './layers.mjs';
import { forbidden_arrows } from './rooms.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @type {string[]} */
const complaints = [];

/** Every file of a kind below a folder. @param {string} folder @returns {string[]} */
function sources(folder, kind = /\.(cpp|hpp|def)$/) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && kind.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The layer of a file or of an include path: `shared/cel/value.hpp` and `cel/value.hpp` are both `cel`, and
 * `policy/load/node.hpp` is `policy/load`, a layer inside the folder of another one.
 * @param {string} path */
function layer_of(path) {
  const [folder, inside] = path.replace(/^shared\//, '').split('/');
  const inner = `${folder}/${inside}`;
  return inner in allowed_layers ? inner : folder;
}

/** @param {string} path */
function check_includes(path) {
  const own = layer_of(path);
  const allowed = allowed_layers[own];
  if (!allowed) return complaints.push(`${path}: no rule for the folder ${own}; add it to scripts/layers.mjs`);
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    const where = `${path}:${index + 1}`;
    const quoted = /^\s*#\s*include\s+"([^"]+)"/.exec(line)?.[1];
    if (quoted && !allowed.includes(layer_of(quoted))) {
      complaints.push(`${where}: ${own} may not include ${quoted}; left of it stand: ${allowed.join(', ')}`);
    }
    const system = /^\s*#\s*include\s+<([^>]+)>/.exec(line)?.[1];
    if (system && path.startsWith('shared/') && !allowed_std_headers.has(system)) {
      complaints.push(`${where}: shared/ may not include <${system}> (scripts/layers.mjs has the list)`);
    }
  }
}

/** Text without comments and string literals, line by line, so that prose may speak of clocks. @param {string} text */
function code_only(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|R"(\w*)\([\s\S]*?\)\1"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'/g, (found) =>
    found.replace(/[^\n]/g, ' '),
  );
}

/** @param {string} path */
function check_words(path) {
  const lines = code_only(readFileSync(join(root, path), 'utf8')).split('\n');
  for (const [index, line] of lines.entries()) {
    for (const { pattern, why } of forbidden_words) {
      const found = pattern.exec(line);
      if (found) complaints.push(`${path}:${index + 1}: "${found[0].trim()}" in shared/: ${why}`);
    }
  }
}

/** @param {string[]} given */
const run = (...given) =>
  execFileSync(given[0], given.slice(1), { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });

/** What the archives of the core need and none of them defines. @param {string[]} archives */
function check_symbols(archives) {
  const needed = new Map();
  const defined = new Set();
  for (const archive of archives) {
    for (const line of run('nm', '--demangle', archive).split('\n')) {
      const parts = /^[0-9a-f ]*\b([A-Za-z]) (.+)$/.exec(line);
      if (!parts) continue;
      if (parts[1] === 'U') needed.set(parts[2], archive);
      else defined.add(parts[2]);
    }
  }
  for (const [symbol, archive] of needed) {
    if (defined.has(symbol) || allowed_symbols.some((pattern) => pattern.test(symbol))) continue;
    complaints.push(`${relative(root, archive)}: needs ${symbol} from outside, which is not on the list in scripts/layers.mjs`);
  }
}

/** Objects in writable sections are state that outlives a call. @param {string} archive @param {string} layer */
function check_state(archive, layer) {
  const text = sources(`shared/${layer}`)
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  for (const line of run('objdump', '--syms', '--demangle', archive).split('\n')) {
    const parts = / O \.(?!data\.rel\.ro)((?:data|bss|tdata|tbss)\S*)\t[0-9a-f]+ +(?:\.hidden )?(.+)$/.exec(line);
    if (!parts || parts[2].startsWith('DW.ref.')) continue;
    // g++ 12 keeps some constexpr tables of pointers in a writable section.
    const name = parts[2].split('::').pop() ?? '';
    if (new RegExp(`constexpr[^;={]*\\b${name.replace(/\W.*/, '')}\\b`).test(text)) continue;
    complaints.push(`${relative(root, archive)}: ${parts[2]} is mutable state in .${parts[1]}; time, entropy and caches are arguments`);
  }
}

/** @param {string} build */
function check_objects(build) {
  const layers = Object.keys(allowed_layers).filter((layer) => existsSync(join(root, 'shared', layer)));
  /** @param {string} layer */
  const archive_of = (layer) => join(build, `libsallyport_${layer.replace('/', '_')}.a`);
  const built = layers.filter((layer) => existsSync(archive_of(layer)));
  if (built.length === 0) return complaints.push(`${build}: no libsallyport_*.a there; build it first`);
  const archives = built.map(archive_of);
  check_symbols(archives);
  archives.forEach((archive, i) => check_state(archive, built[i]));
  console.log(`layers: symbols of ${built.length} archives in ${relative(root, build)} looked at`);
}

/** Every JavaScript file below these folders, by its path. @param {string[]} folders */
const modules_of = (...folders) =>
  new Map(folders.flatMap((folder) => sources(folder, /\.m?js$/)).map((path) => [path, readFileSync(join(root, path), 'utf8')]));

function check_rooms() {
  const modules = modules_of('worker-shim', 'demo', 'scripts', 'bench', 'tests');
  for (const arrow of forbidden_arrows(modules)) complaints.push(`${arrow}: scripts/rooms.mjs says which rooms may need which`);
  console.log(`layers: rooms of ${modules.size} modules looked at`);
}

function check_modules() {
  const modules = modules_of('worker-shim');
  for (const cycle of import_cycles(modules)) complaints.push(`import cycle: ${cycle}`);
  for (const place of log_writers(modules)) complaints.push(`${place}: only worker-shim/observe.js writes to the log`);
  console.log(`layers: imports and log of ${modules.size} modules looked at`);
}

function main() {
  const files = ['shared', 'wasm', 'agent'].flatMap((folder) => sources(folder));
  files.forEach(check_includes);
  files.filter((path) => path.startsWith('shared/')).forEach(check_words);
  console.log(`layers: includes and words of ${files.length} files looked at`);
  check_modules();
  check_rooms();
  const at = process.argv.indexOf('--objects');
  const build = at >= 0 ? process.argv[at + 1] : join(root, 'build/dev');
  if (at >= 0 || existsSync(build)) check_objects(join(build));
  complaints.forEach((complaint) => console.error(complaint));
  console.log(complaints.length === 0 ? 'layers: all arrows point left, shared/ is pure' : `layers: ${complaints.length} complaints`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}

main();
