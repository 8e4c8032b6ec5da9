// The whole path as it is deployed: the Worker in workerd alone, the native agent, and an app of the test that answers byte
// for byte what it likes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start_plain_workerd } from '../../demo/parts/workerd.mjs';
import { start_agent } from '../../demo/parts/agent.mjs';
import { signing_key } from './edge.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { send_raw } from '../../demo/parts/raw_http.mjs';
import { deployed_options, edge_entry, edge_modules, root } from '../../demo/parts/worker.mjs';

/**
 * @param {(head: string) => string} answer what the app says to a request, by its head
 * @param {{issuers?: object, service?: object, route?: object}} [policy] further members
 */
export async function start_plain_path(answer, { issuers = {}, service = {}, route = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-path-'));
  /** @type {string[]} */
  const seen = [];
  const app = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (head) => {
      seen.push(head.toString('latin1'));
      socket.write(Buffer.from(answer(/** @type {string} */ (seen.at(-1))), 'latin1'));
    });
  });
  await new Promise((resolve) => app.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port: upstream_port } = /** @type {import('node:net').AddressInfo} */ (app.address());
  const port = await free_port();
  const policy = JSON.stringify({
    name: 'path',
    edge: { issuer: 'https://edge.acme.example' },
    issuers,
    services: { app: { origin: `http://127.0.0.1:${port}`, ...service } },
    routes: [{ id: 'all', host: 'app.acme.example', path: '/**', service: 'app', anonymous: true, allow: 'true', ...route }],
  });
  const key = await signing_key();
  const { d, ...public_key } = key;
  const [policy_file, jwks_file] = [join(folder, 'policy.jsonc'), join(folder, 'jwks.json')];
  writeFileSync(policy_file, policy);
  writeFileSync(jwks_file, JSON.stringify({ keys: [public_key] }));
  const agent = await start_agent({ program: `${root}build/dev/sallyport`, service: 'app', upstream_port, policy_file, jwks_file, port });
  const { compatibilityDate, compatibilityFlags } = deployed_options('wrangler.toml');
  const bindings = { SALLYPORT_SIGNING_KEYS: JSON.stringify({ keys: [key] }), SALLYPORT_SERVICE_SECRETS: '', SALLYPORT_BUILD: 'test' };
  const worker = await start_plain_workerd({ modules: edge_modules(edge_entry, policy), bindings, compatibilityDate, compatibilityFlags });
  return {
    seen,
    agent,
    /** @param {string} path @param {string} [lines] further field lines @param {string} [method] @param {string} [body] */
    ask: (path, lines = '', method = 'GET', body = '') =>
      send_raw(
        worker.port,
        Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: app.acme.example\r\nConnection: close\r\n${lines}\r\n${body}`, 'latin1'),
      ),
    async stop() {
      await Promise.all([worker.stop(), agent.stop()]);
      app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
