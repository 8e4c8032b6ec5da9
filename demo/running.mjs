// What running demos leave for scripts/demo-token: where their providers are, a file for each, named by the provider's port.
// Gone when the demo stops; what one that was killed has left counts for nothing.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from './parts/worker.mjs';

/** @typedef {{issuer: string, machine_secret: string, pid: number}} RunningProvider */

const folder = `${root}build/demo`;
const file_of = (/** @type {string} */ port) => `${folder}/running-${port}.json`;
/** @param {{issuer: string}} provider */
export const port_of = ({ issuer }) => new URL(issuer).port;

/** @param {{issuer: string, machine_secret: string}} provider */
export function note_running({ issuer, machine_secret }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file_of(port_of({ issuer })), JSON.stringify({ issuer, machine_secret, pid: process.pid }), { mode: 0o600 });
}

/** @param {{issuer: string}} provider */
export const forget_running = (provider) => rmSync(file_of(port_of(provider)), { force: true });

/** The provider at this port; without one that of the lowest, which is the usual port wherever a demo has it.
 * @param {string} [port] @returns {RunningProvider | null} */
export function running_provider(port) {
  if (port !== undefined) return read(file_of(port));
  const found = notes()
    .map(read)
    .filter((each) => each !== null);
  return found.sort((a, b) => Number(port_of(a)) - Number(port_of(b)))[0] ?? null;
}

function notes() {
  try {
    return readdirSync(folder)
      .filter((name) => /^running-\d+\.json$/.test(name))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** @param {string} file @returns {RunningProvider | null} */
function read(file) {
  try {
    const noted = JSON.parse(readFileSync(file, 'utf8'));
    process.kill(noted.pid, 0);
    return noted;
  } catch {
    return null;
  }
}
