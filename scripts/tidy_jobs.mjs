// For scripts/tidy: prints each C++ source of the product that a build folder compiles, and on the next line a hash over
// everything its analysis depends on: the rules, the command, the file and our headers that it includes.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = join(root, process.argv[2]);
const asked = process.argv.slice(3);

/** @param {string} command @param {string[]} parts */
const output_of = (command, ...parts) => execFileSync(command, parts, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** Our own headers per object file, from Ninja's dependency log. @returns {Map<string, string[]>} */
function dependencies() {
  const found = new Map();
  let current = '';
  for (const line of output_of('ninja', '-C', build, '-t', 'deps').split('\n')) {
    const object = /^(\S+\.o): /.exec(line)?.[1];
    if (object) found.set((current = object), []);
    else if (line.startsWith('    ')) found.get(current)?.push(join(build, line.trim()));
  }
  return found;
}

/** @type {Map<string, Buffer>} */
const contents = new Map();
/** @param {string} path */
function content_of(path) {
  const known = contents.get(path) ?? readFileSync(path);
  contents.set(path, known);
  return known;
}

/** @param {string} command of the compiler */
function without_precompiled(command) {
  return command.replace(
    / (?:-Xclang -include-pch -Xclang \S+|(?:-Xclang )?-include (?:-Xclang )?\S+cmake_pch\.hxx|-Winvalid-pch|-fpch-preprocess|-Xclang -fno-pch-timestamp)/g,
    '',
  );
}

const rules = [content_of(join(root, '.clang-tidy')), output_of('clang-tidy', '--version')];
const headers = dependencies();
/** @type {{file: string, command: string, output: string}[]} */
const compiled = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'));
// The agent is compiled once more for the sanitizers; once is enough to look at it.
const entries = compiled.filter(({ command }) => !command.includes('_sanitized.dir/'));
for (const entry of entries) entry.command = without_precompiled(entry.command);
// clang-tidy cannot read what another compiler precompiled; and so each file is seen to include what it uses.
writeFileSync(join(root, 'build/tidy/compile_commands.json'), JSON.stringify(entries));
for (const { file, command, output } of entries) {
  const path = relative(root, file);
  if (!/^(shared|agent)\//.test(path) || (asked.length > 0 && !asked.includes(path))) continue;
  const hash = createHash('sha256');
  for (const part of [...rules, command, content_of(file)]) hash.update(part);
  const object = output ?? / -o (\S+)/.exec(command)?.[1] ?? '';
  const own = (headers.get(object) ?? []).filter((header) => header.startsWith(root) && !header.startsWith(build));
  for (const header of own.sort()) hash.update(content_of(header));
  console.log(`${path}\n${hash.digest('hex')}`);
}
