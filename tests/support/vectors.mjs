// Third-party vectors stay outside the repository; this finds them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = process.env.SALLYPORT_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url));

/** For node:test's `skip`: false, or why the cases are skipped and where they come from. */
export const vectors_absent = existsSync(root) ? false : `${root} is absent: set SALLYPORT_VECTORS to the folder of third-party vectors`;

/** An example of RFC 9421, as rfc9421/signatures.json has it.
 * @typedef {{id: string, message: string, request?: string, scheme: string, label: string, key: string, alg: string, expect_valid: boolean,
 *   signature_base: string | null}} SignedExample */

/** The JSON document at `path` below the folder of vectors. Numbers keep their spelling with `exactNumbers`.
 * @param {string} path @param {{exactNumbers?: boolean}} [options] @returns {any} whatever its authors wrote */
export function read_vectors(path, { exactNumbers = false } = {}) {
  const text = readFileSync(`${root}/${path}`, 'utf8');
  return exactNumbers
    ? JSON.parse(text, /** @type {(this: unknown, key: string, value: unknown) => unknown} */ (spelled))
    : JSON.parse(text);
}

/** Paths below the folder of vectors of the JSON files in one of its folders. @param {string} folder */
export function list_vectors(folder) {
  return readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`);
}

/** 1.0 is a decimal and 1 an integer in structured fields; a JavaScript number forgets which it was.
 * @param {string} _key @param {unknown} value @param {{source: string}} context */
function spelled(_key, value, { source }) {
  return typeof value === 'number'
    ? /** @type {{rawJSON: (text: string) => unknown}} */ (/** @type {unknown} */ (JSON)).rawJSON(source)
    : value;
}

/** @param {string | Uint8Array} data @param {BufferEncoding} [encoding] of a text */
export function base64(data, encoding = 'utf8') {
  return (typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)).toString('base64');
}

/** A raw message with CRLF out of one written with LF. @param {string} text */
export function with_crlf(text) {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
