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
  if (request.method === 'HEAD') return void response.writeHead(200, { 'Content-Length': large.length }).end();
  if (request.url === '/part')
    return void response.writeHead(206, { 'Content-Length': 10, 'Content-Encoding': 'gzip' }).end(coded.subarray(5, 15));
  if (request.url === '/coded' || request.url === '/decoded')
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
  const passing_on = `import { Use } from './worker-shim/reach/in_use.js';
    export default { async fetch(request, _, context) {
      const { pathname } = new URL(request.url);
      const as_it_comes = !pathname.startsWith('/decoded');
      const use = new Use(60000, () => {});
      const answer = await fetch('http://127.0.0.1:${port}' + pathname, {
        method: request.method, headers: request.headers, ...(as_it_comes && { encodeResponseBody: 'manual' }) });
      return use.until_over(new Response(answer.body, answer), Promise.resolve(), as_it_comes, context);
    } };`;
  const modules = [
    { type: 'ESModule', path: `${root}passing_on.mjs`, contents: passing_on },
    { type: 'ESModule', path: `${root}worker-shim/reach/in_use.js` },
  ];
  worker = await start_workerd({ modules, compatibilityDate: '2026-07-30' });
});
after(async () => {
  await worker.stop();
  service.close();
});

/** @param {string} path @param {string} [coding] @param {string} [method] @returns {Promise<{length: string | undefined, bytes: Buffer, whole: boolean}>} */
const fetched = (path, coding = 'identity', method = 'GET') =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: worker.port, path, method, headers: { 'accept-encoding': coding }, agent: false }, (response) => {
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

test('a coded body arrives octet for octet, with its length, and so does part of one', async () => {
  const all = await fetched('/coded', 'gzip');
  assert.deepEqual([all.length, all.whole, all.bytes.equals(coded)], [String(coded.length), true, true]);
  const part = await fetched('/part', 'gzip');
  assert.deepEqual([part.length, part.bytes.equals(coded.subarray(5, 15))], ['10', true]);
});

test('a coded body that is decoded on its way arrives whole', async () => {
  const { bytes, whole } = await fetched('/decoded', 'gzip');
  assert.ok(whole);
  assert.ok(gunzipSync(bytes).equals(large));
});

test('the length in a response to HEAD is kept', async () => {
  const { length, bytes, whole } = await fetched('/whole', 'identity', 'HEAD');
  assert.deepEqual([length, bytes.length, whole], [String(large.length), 0, true]);
});
