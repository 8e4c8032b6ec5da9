// A large file over real connections, kept in use while it passes: its client hears how long it is, gets all of it, and sees
// when it breaks off.
import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { root, start_workerd } from '../../demo/parts/worker.mjs';

const large = Buffer.alloc(17 << 20, 'sallyport ');
const coded = gzipSync(large, { level: 0 });

const service = createServer((request, response) => {
  if (request.url === '/coded')
    return void response.writeHead(200, { 'Content-Length': coded.length, 'Content-Encoding': 'gzip' }).end(coded);
  response.writeHead(200, { 'Content-Length': large.length });
  if (request.url === '/whole') response.end(large);
  else response.write(large.subarray(0, 1 << 20), () => response.destroy());
});
/** @type {import('../../demo/parts/worker.mjs').RunningWorker} */
let worker;
before(async () => {
  await new Promise((resolve) => service.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (service.address());
  const passing_on = `import { keep_in_use } from './worker-shim/reach/long_answers.js';
    export default { async fetch(request, _, context) {
      return keep_in_use(await fetch('http://127.0.0.1:${port}' + new URL(request.url).pathname, { headers: request.headers }), 60000, () => {}, context);
    } };`;
  const modules = [
    { type: 'ESModule', path: `${root}passing_on.mjs`, contents: passing_on },
    { type: 'ESModule', path: `${root}worker-shim/reach/long_answers.js` },
  ];
  worker = await start_workerd({ modules, compatibilityDate: '2026-07-30' });
});
after(async () => {
  await worker.stop();
  service.close();
});

/** @param {string} path @param {string} [coding] @returns {Promise<{length: string | undefined, bytes: Buffer, whole: boolean}>} */
const fetched = (path, coding = 'identity') =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: worker.port, path, headers: { 'accept-encoding': coding }, agent: false }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
      response.on('close', () =>
        resolve({ length: response.headers['content-length'], bytes: Buffer.concat(chunks), whole: response.complete }),
      );
    }).on('error', reject);
  });

test('a large file arrives with its length, whole', async () => {
  const { length, bytes, whole } = await fetched('/whole');
  assert.deepEqual([length, whole], [String(large.length), true]);
  assert.ok(bytes.equals(large));
});

test('a large file that breaks off does not look whole', async () => {
  const { length, bytes, whole } = await fetched('/cut');
  assert.deepEqual([length, whole], [String(large.length), false]);
  assert.ok(bytes.length < large.length);
});

test('a large file that is coded arrives whole', async () => {
  const { bytes, whole } = await fetched('/coded', 'gzip');
  assert.ok(whole);
  assert.ok(gunzipSync(bytes).equals(large));
});
