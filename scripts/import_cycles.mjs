// Cycles among the modules of a folder: two files that need each other are one file in two places. Types count, too.
import { dirname, normalize } from 'node:path/posix';

const imported = /(?:\bfrom |\bimport\(|^import )'(\.[^']+)'/gm;

/**
 * @param {Map<string, string>} sources by path
 * @returns {string[]} one a cycle: `a.js > b.js > a.js`
 */
export function import_cycles(sources) {
  const edges = new Map([...sources].map(([path, text]) => [path, imports_of(path, text).filter((other) => sources.has(other))]));
  /** @type {string[]} */
  const cycles = [];
  const done = new Set();
  const visit = (/** @type {string} */ path, /** @type {string[]} */ trail) => {
    const at = trail.indexOf(path);
    if (at >= 0) return void cycles.push([...trail.slice(at), path].join(' > '));
    if (done.has(path)) return;
    for (const other of edges.get(path) ?? []) visit(other, [...trail, path]);
    done.add(path);
  };
  for (const path of [...sources.keys()].sort()) visit(path, []);
  return cycles;
}

/** @param {string} path @param {string} text */
function imports_of(path, text) {
  const others = [...text.matchAll(imported)].map(([, other = '']) => normalize(`${dirname(path)}/${other}`));
  return [...new Set(others)].sort();
}
