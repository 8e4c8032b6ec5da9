// The whole way, client, edge, agent, app: whose bytes on a shared connection to the app are whose.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start_agent } from '../../demo/parts/agent.mjs';
import { policy_for, send, signing_key } from '../support/edge.mjs';
import { start_issuer } from '../support/issuer.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { root, start_worker } from '../../demo/parts/worker.mjs';

/** @typedef {(head: string, to: import('node:net').Socket) => void} Answer */

const folder = mkdtempSync(join(tmpdir(), 'sallyport-shared-'));
/** @type {(() => unknown)[]} */
const stops = [() => rmSync(folder, { recursive: true, force: true })];
/** @type {Awaited<ReturnType<typeof start_issuer>>} */
let issuer;
/** @type {Awaited<ReturnType<typeof start_worker>>} */
let worker;
/** @type {import('../../demo/parts/agent.mjs').RunningAgent} */
let agent;
/** @type {Answer} */
let answer = () => {};

before(async () => {
  const server = createServer((socket) => {
    let text = '';
    socket.setNoDelay().on('error', () => {});
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        answer(head, socket);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  stops.push(() => server.close());
  const { port: upstream_port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  issuer = await start_issuer();
  stops.push(() => issuer.stop());
  const [key, port] = [await signing_key(), await free_port()];
  const { d, ...public_key } = key;
  const policy = policy_for(issuer.issuer, `http://127.0.0.1:${port}`);
  const [policy_file, jwks_file] = [join(folder, 'policy.jsonc'), join(folder, 'jwks.json')];
  writeFileSync(policy_file, policy);
  writeFileSync(jwks_file, JSON.stringify({ keys: [public_key] }));
  agent = await start_agent({
    program: `${root}build/dev/sallyport`,
    service: 'app',
    upstream_port,
    policy_file,
    jwks_file,
    port,
    threads: 1,
  });
  stops.push(() => agent.stop());
  worker = await start_worker({ policy, signing_keys: JSON.stringify({ keys: [key] }) });
  stops.push(() => worker.stop());
});
after(async () => {
  for (const each of stops.reverse()) await each();
});

/** @param {string} sub @param {string} path @param {string} [method] */
async function ask(sub, path, method = 'GET') {
  return send(worker.port, path, { method, headers: { authorization: `Bearer ${await issuer.token({ sub })}` } });
}

const response = (/** @type {string} */ body) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("content that an app sends behind a response without any, or behind a whole one, is never another caller's", async () => {
  const poison = response('what mallory wrote');
  /** @type {Record<string, (to: import('node:net').Socket) => void>} what the app does to mallory's requests */
  const habits = {
    '/head': (to) => {
      to.write(`HTTP/1.1 200 OK\r\nContent-Length: ${poison.length}\r\n\r\n`);
      setImmediate(() => to.write(poison));
    },
    '/unchanged': (to) => {
      to.write('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n');
      setTimeout(() => to.write(poison), 1);
    },
    '/twice': (to) => {
      to.write(response('one'));
      setImmediate(() => to.write(poison));
    },
  };
  answer = (head, to) => {
    const path = head.split(' ')[1];
    (habits[path] ?? (() => to.write(response('yours'))))(to);
  };
  for (const path of Object.keys(habits)) {
    let going = true;
    const mallory = Array.from({ length: 3 }, async () => {
      while (going) await ask('mallory', path, path === '/head' ? 'HEAD' : 'GET');
    });
    const alice = Array.from({ length: 3 }, async () => {
      for (let i = 0; i < 40; i += 1) assert.equal((await ask('alice', '/page')).body.toString(), 'yours', path);
    });
    await Promise.all(alice).finally(() => {
      going = false;
    });
    await Promise.all(mallory);
  }
});
