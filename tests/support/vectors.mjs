// Third-party vectors stay outside the repository; this finds them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = process.env.SALLYPORT_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url));

/** For node:test's `skip`: false, or why the cases are skipped and where they come from. */
export const vectors_absent = existsSync(root) ? false : `${root} is absent: set SALLYPORT_VECTORS to the folder of third-party vectors`;

/** The JSON document at `path` below the folder of vectors. Numbers keep their spelling with `exactNumbers`. */
export function read_vectors(path, { exactNumbers = false } = {}) {
  const text = readFileSync(`${root}/${path}`, 'utf8');
  return exactNumbers ? JSON.parse(text, spelled) : JSON.parse(text);
}

/** Paths below the folder of vectors of the JSON files in one of its folders. */
export function list_vectors(folder) {
  return readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`);
}

// 1.0 is a decimal and 1 an integer in structured fields; a JavaScript number forgets which it was.
function spelled(_key, value, { source }) {
  return typeof value === 'number' ? JSON.rawJSON(source) : value;
}

export function base64(text, encoding = 'utf8') {
  return Buffer.from(text, encoding).toString('base64');
}

/** A raw message with CRLF out of one written with LF. */
export function with_crlf(text) {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
