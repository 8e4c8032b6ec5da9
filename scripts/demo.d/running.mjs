// What a running demo leaves for scripts/demo-token: where its provider is. Gone when the demo stops.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from '../../tests/support/worker.mjs';

const folder = `${root}build/demo`;
const file = `${folder}/running.json`;

/** @param {{issuer: string, machine_secret: string}} provider */
export function note_running({ issuer, machine_secret }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify({ issuer, machine_secret }), { mode: 0o600 });
}

export const forget_running = () => rmSync(file, { force: true });

/** @returns {{issuer: string, machine_secret: string} | null} */
export function running_provider() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
