// Code blocks of the documents, so that tests hold them to what they claim.
import { readFileSync } from 'node:fs';
import { root } from '../../demo/parts/worker.mjs';

/** @typedef {{language: string, text: string, line: number}} Fence */

/** @param {string} file below the repository @returns {Fence[]} */
export function fences_of(file) {
  const lines = readFileSync(root + file, 'utf8').split('\n');
  /** @type {Fence[]} */
  const found = [];
  /** @type {Fence | undefined} */
  let open;
  lines.forEach((line, index) => {
    if (open && line.trim() === '```') open = void found.push(open);
    else if (open) open.text += `${line}\n`;
    else if (line.startsWith('```')) open = { language: line.slice(3).trim(), text: '', line: index + 1 };
  });
  if (open) throw new Error(`${file}:${open.line}: the code block does not end`);
  return found;
}

/** JSON with comments as a value. @param {string} text */
export function parse_jsonc(text) {
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? ''));
}

/** All that a page has its readers type. @param {string} file */
export const shell_of = (file) =>
  fences_of(file)
    .filter((fence) => fence.language === 'sh')
    .map((fence) => fence.text)
    .join('');

/** A shell function of a page, as it stands. @param {string} file @param {string} name */
export function shell_function(file, name) {
  return new RegExp(`^${name}\\(\\) \\{\\n[\\s\\S]*?^\\}\\n`, 'm').exec(shell_of(file))?.[0] ?? '';
}
