// The documents name only what is there: every link leads somewhere, every file and folder exists, every command takes the
// options and subcommands it is shown with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { root } from '../../demo/parts/worker.mjs';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n');
const folders = new Set(
  files.flatMap((file) =>
    file
      .split('/')
      .slice(0, -1)
      .map((_, depth, parts) => parts.slice(0, depth + 1).join('/')),
  ),
);
const known = new Set([...files, ...folders, ...files.map((file) => posix.basename(file))]);
// A page that has moved is a link at its old place, where a test of the core or a message of the program still names it.
const documents = files.filter((file) => file.endsWith('.md'));

/** Text leaves out where below these a file is, and how a file of the core ends: `gate/edge_head`. */
const below = ['', 'shared/', 'agent/', 'worker-shim/', 'tests/'];
const endings = ['', '.cpp', '.hpp', '.js', '.mjs'];
const is_there = (/** @type {string} */ path) =>
  below.some((start) => endings.some((end) => known.has(start + path.replace(/\/$/, '') + end)));
/** Whether a word speaks of a file of ours: below one of our folders, or with an ending that only ours have. JSON is what people make. */
const is_ours = (/** @type {string} */ word) =>
  word.includes('/') ? below.some((start) => folders.has(start + word.split('/')[0])) : /\.(js|mjs|cpp|hpp|def|md|toml)$/.test(word);

/** Lines outside of code blocks, with their numbers. @param {string} file @returns {[string, number][]} */
function prose(file) {
  let inside = false;
  return readFileSync(root + file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const fence = line.trimStart().startsWith('```');
      if (fence) inside = !inside;
      return fence || inside ? [] : [/** @type {[string, number]} */ ([line, index + 1])];
    });
}

/** As GitHub makes them of headings. @param {string} file */
const anchors = (file) =>
  prose(file)
    .filter(([line]) => /^#+ /.test(line))
    .map(([line]) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );

for (const document of documents) {
  test(`${document}: every link leads somewhere, every file that it names exists`, () => {
    for (const [line, number] of prose(document)) {
      for (const [, target = ''] of line.matchAll(/(?:\]\(|src="|^\[[\w-]+\]: )([^)"\s]+)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? document : posix.join(posix.dirname(document), path).replace(/\/$/, '');
        assert.ok(known.has(file), `${document}:${number}: ${target}`);
        if (anchor !== undefined) assert.ok(anchors(file).includes(anchor), `${document}:${number}: ${target}`);
      }
      for (const word of words_of(line)) assert.ok(!is_ours(word) || is_there(word), `${document}:${number}: ${word}`);
    }
  });
}

/** The words of a line that are set as code and look like a path. @param {string} line */
function words_of(line) {
  return [...line.matchAll(/`([^`]+)`/g)]
    .flatMap(([, code = '']) => code.split(/\s+/))
    .map((word) => word.replace(/^\.\//, '').replace(/[,;:]$/, ''))
    .filter((word) => /^[\w./-]+$/.test(word));
}

test('every command that the documents show takes the options that it is shown with', () => {
  for (const document of documents) {
    const shown = [...readFileSync(root + document, 'utf8').matchAll(/(?:\.\/)?(scripts\/[\w-]+)((?: --?[\w-]+)*)/g)];
    for (const [whole, script = '', options = ''] of shown) {
      assert.ok(known.has(script) || is_there(script), `${document}: ${whole}`);
      for (const option of options.split(' ').filter(Boolean))
        assert.ok(readFileSync(root + script, 'utf8').includes(option), `${document}: ${whole}`);
    }
  }
});

test('every subcommand and option of sallyport that the documents show is one', () => {
  const source = files
    .filter((file) => file.startsWith('agent/cli/'))
    .map((file) => readFileSync(root + file, 'utf8'))
    .join('');
  for (const document of documents) {
    for (const [whole, words = '', rest = ''] of readFileSync(root + document, 'utf8').matchAll(
      /(?<=`|^)sallyport((?: [a-z]+)+)(?![\w.-])([^`#|\n]*)/gm,
    )) {
      const options = rest.match(/--[a-z-]+/g) ?? [];
      for (const word of [...words.trim().split(' '), ...options])
        assert.ok(source.includes(`"${word}"`) || source.includes(`"${word},-`), `${document}: ${whole}: ${word}`);
    }
  }
});
