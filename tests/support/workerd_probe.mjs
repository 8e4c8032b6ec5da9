// The probe where the edge really runs: the Wasm of tests/probe.mjs in workerd, with workerd's node:crypto behind it.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text as text_of } from 'node:stream/consumers';
import { Miniflare } from 'miniflare';
import { wasm_build } from './wasm_probe.mjs';

/** What the crypto host of the Worker is made of, beside the names. */
export const HOST_MODULES = ['host/crypto.js', 'host/gcm.js', 'host/table.js'];

/** Lines a request: enough to make round trips cheap, few enough to keep memory small. */
const batch = 500;

const driver = `
import create from './probe.js';
import wasm from './probe.wasm';
import { CryptoHost } from './host/crypto.js';
import { connect } from './wasm_probe.js';
let respond;
async function load() {
  const instantiateWasm = (imports, done) => { const instance = new WebAssembly.Instance(wasm, imports); done(instance, wasm); return instance.exports; };
  return connect(await create({ crypto: new CryptoHost(), instantiateWasm }));
}
export default {
  async fetch(request) {
    respond ??= await load();
    const data = new Uint8Array(await request.arrayBuffer());
    const answers = [];
    for (let start = 0; start < data.length; ) {
      const end = data.indexOf(10, start);
      answers.push(respond(data.subarray(start, end)).slice(), new Uint8Array([10]));
      start = end + 1;
    }
    return new Response(new Blob(answers));
  },
};`;

/** @returns {Promise<{answer: (lines: string[]) => Promise<string[]>, stop: () => Promise<void>}>} */
export async function start_workerd_probe() {
  const text = (/** @type {string | URL} */ path) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const connect = text('./wasm_probe.mjs').match(/export function connect[\s\S]*?\n}\n/)?.[0] ?? '';
  const host_modules = HOST_MODULES.map((path) => ({
    type: /** @type {const} */ ('ESModule'),
    path,
    contents: text(`../../worker-shim/${path}`),
  }));
  const miniflare = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'driver.js', contents: driver },
      { type: 'ESModule', path: 'wasm_probe.js', contents: connect },
      ...host_modules,
      { type: 'ESModule', path: 'core/names.js', contents: text('../../worker-shim/core/names.js') },
      { type: 'ESModule', path: 'probe.js', contents: text(new URL('tests/probe.js', wasm_build)) },
      { type: 'CompiledWasm', path: 'probe.wasm', contents: readFileSync(new URL('tests/probe.wasm', wasm_build)) },
    ],
    compatibilityDate: '2026-07-30',
    compatibilityFlags: ['nodejs_compat'],
  });
  const url = await miniflare.ready;
  return { answer: (lines) => answer_all(url, lines), stop: () => miniflare.dispose() };
}

/** @param {URL} url @param {string[]} lines */
async function answer_all(url, lines) {
  const answers = [];
  for (let at = 0; at < lines.length; at += batch) {
    const some = lines.slice(at, at + batch);
    const { status, text } = await post(url, some.map((line) => `${line}\n`).join(''));
    if (status !== 200) throw new Error(`the probe in workerd failed between line ${at} and ${at + some.length}: ${text}`);
    answers.push(...text.split('\n').slice(0, -1));
  }
  return answers;
}

/** Over a connection of its own: a kept one may be closed just when it is used again, because the native probe takes its time
 * in between. @param {URL} url @param {string} body @returns {Promise<{status: number, text: string}>} */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent: false }, (response) => {
      text_of(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sending.on('error', reject).end(body);
  });
}
