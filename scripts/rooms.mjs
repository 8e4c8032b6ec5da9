// Which rooms of JavaScript may need which others: arrows point down, so that what runs the product never leans on what tests it.
import { dirname, normalize } from 'node:path/posix';

/** @type {Record<string, string[]>} */
const may_need = {
  'worker-shim': [],
  demo: ['worker-shim'],
  scripts: ['demo'],
  bench: ['demo', 'worker-shim'],
  tests: ['demo', 'scripts', 'worker-shim'],
};

/** A path from the file itself, or from `root`: imports, `new URL` and programs that are started alike. */
const named = /(['"`])(\.\.?\/[^'"`\s]+)\1|\$\{root\}([\w./-]+)/g;

/**
 * @param {Map<string, string>} sources by path
 * @returns {string[]} one a forbidden arrow: `demo/a.mjs needs tests/b.mjs`
 */
export function forbidden_arrows(sources) {
  return [...sources].flatMap(([path, text]) => {
    const allowed = may_need[room_of(path)];
    const others = [...code_of(text).matchAll(named)].map(([, , relative, whole]) => whole ?? normalize(`${dirname(path)}/${relative}`));
    return others
      .filter((other) => allowed && room_of(other) in may_need && room_of(other) !== room_of(path) && !allowed.includes(room_of(other)))
      .map((other) => `${path} needs ${other}`);
  });
}

/** Types count as much as values; what a comment says in prose does not. @param {string} text */
const code_of = (text) => text.replace(/^\s*\/\/.*$/gm, '');

/** @param {string} path */
const room_of = (path) => path.split('/')[0] ?? '';
