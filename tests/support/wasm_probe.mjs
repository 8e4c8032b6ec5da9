// The probe as Wasm: the same C++ as build/<preset>/tests/probe, with node:crypto behind the crypto port.
import { readFileSync } from 'node:fs';
import { CryptoHost } from '../../worker-shim/host/crypto.js';

/** @typedef {{_probe_reserve: (size: number) => number, _probe_respond: () => number, _probe_answer: () => number, HEAPU8: Uint8Array}} Probe */

/** Where the Wasm build is; SALLYPORT_WASM_BUILD names another than the preset's. */
export const wasm_build = new URL(`file://${process.env.SALLYPORT_WASM_BUILD ?? new URL('../../build/wasm', import.meta.url).pathname}/`);

/**
 * Loads the probe.
 * @returns {Promise<(line: Uint8Array) => Uint8Array>} answers one line (both without line feed); the answer is a view
 *   into Wasm memory, valid until the next call
 */
export async function load_probe() {
  const module = new WebAssembly.Module(readFileSync(new URL('tests/probe.wasm', wasm_build)));
  const { default: create } = await import(new URL('tests/probe.js', wasm_build).href);
  return connect(await create({ crypto: new CryptoHost(), instantiateWasm: instantiate(module) }));
}

/** The synchronous instantiateWasm hook over a compiled module. @param {WebAssembly.Module} module */
export function instantiate(module) {
  return (
    /** @type {WebAssembly.Imports} */ imports,
    /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ done,
  ) => {
    const instance = new WebAssembly.Instance(module, imports);
    done(instance, module);
    return instance.exports;
  };
}

/** The probe's calls (tests/probe/wasm/main.cpp) as one function. @param {Probe} probe */
export function connect(probe) {
  return (/** @type {Uint8Array} */ line) => {
    const place = probe._probe_reserve(line.length);
    probe.HEAPU8.set(line, place);
    const size = probe._probe_respond();
    const answer = probe._probe_answer();
    return probe.HEAPU8.subarray(answer, answer + size);
  };
}
