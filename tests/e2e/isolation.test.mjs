// One service down never slows another: half of the services are black holes, which take connections and say nothing, or
// do not even take connections, and the other half is asked meanwhile.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { build } from '../../demo/stack.mjs';
import { listens, start_child, until } from '../../demo/parts/child.mjs';
import { policy_for, send, signing_key } from '../support/edge.mjs';
import { start_issuer } from '../support/issuer.mjs';
import { start_origin } from '../support/origin.mjs';
import { start_worker } from '../../demo/parts/worker.mjs';

const healthy = ['h0', 'h1', 'h2', 'h3', 'h4'];
const silent = ['b0', 'b1', 'b2'];
const deaf = ['b3', 'b4'];
/** More than a listener keeps that nobody accepts from. */
const each_black_hole = 12;

/** @type {Awaited<ReturnType<typeof start_origin>>} */
let origin;
/** @type {Awaited<ReturnType<typeof start_black_hole>>} */
let hole;
/** @type {Awaited<ReturnType<typeof start_deaf>>} */
let stopped;
/** @type {Awaited<ReturnType<typeof start_issuer>>} */
let issuer;
/** @type {Awaited<ReturnType<typeof start_worker>>} */
let worker;

before(async () => {
  [issuer, origin, hole, stopped] = await Promise.all([start_issuer(), start_origin(), start_black_hole(), start_deaf()]);
  const place = (/** @type {string} */ name) => (healthy.includes(name) ? origin.url : silent.includes(name) ? hole.url : stopped.url);
  const names = [...healthy, ...silent, ...deaf];
  const policy = JSON.stringify({
    ...JSON.parse(policy_for(issuer.issuer, origin.url)),
    services: { ...Object.fromEntries(names.map((name) => [name, { origin: place(name) }])), failing: { origin: hole.url } },
    routes: [
      ...names.map((name) => ({ id: name, host: `${name}.acme.example`, path: '/**', service: name, allow: 'true' })),
      { id: 'failing', host: 'failing.acme.example', path: '/**', service: 'failing', allow: 'true', timeout: '1s' },
    ],
  });
  worker = await start_worker({ policy, signing_keys: JSON.stringify({ keys: [await signing_key()] }) });
});
after(async () => {
  await hole?.stop();
  await Promise.all([worker?.stop(), origin?.stop(), stopped?.stop(), issuer?.stop()]);
});

/** @param {string} service @param {string} path @param {import('../support/edge.mjs').SendOptions} [options] */
async function ask(service, path, options) {
  return send(worker.port, path, {
    ...options,
    headers: { host: `${service}.acme.example`, authorization: `Bearer ${await issuer.token()}` },
  });
}

/** Takes connections, reads what comes, and says nothing, until it is told to answer. */
async function start_black_hole() {
  const counted = { connections: 0, answers: false };
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    counted.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      if (counted.answers) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nback');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${port}`, counted, open: () => sockets.size, stop };
}

/** A program that is halted: the kernel takes a few connections for it, then none. */
async function start_deaf() {
  const program = start_child('a halted app', `${build}/demo_app`, ['127.0.0.1:0']);
  const port = Number((await program.saw(/listening on [\d.]+:(\d+)/))[1]);
  await until('it listens', () => listens(port));
  program.signal('SIGSTOP');
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      program.signal('SIGCONT');
      return program.stop();
    },
  };
}

test('while requests hang at half of the services, every request to the other half is answered', async () => {
  let ended = 0;
  const hanging = [...silent, ...deaf].flatMap((name) =>
    Array.from({ length: each_black_hole }, (_, i) =>
      ask(name, `/${i}`)
        .catch(() => ({ status: 0 }))
        .finally(() => {
          ended += 1;
        }),
    ),
  );
  await until('the black holes hold their requests', () => hole.open() >= silent.length * each_black_hole);
  const seen = await Promise.all(healthy.flatMap((name) => Array.from({ length: 40 }, (_, i) => ask(name, `/${name}/${i}`))));
  assert.deepEqual([...new Set(seen.map(({ status }) => status))], [200]);
  assert.equal(origin.seen.length, healthy.length * 40);
  assert.equal(ended, 0, 'none of those that hang had ended when the last of the others was answered');
  assert.equal(hanging.length, 60);
});

test('a service that does not answer in the time of its route is a 504; after five in a row it is left alone', async () => {
  const seen = await Promise.all(Array.from({ length: 5 }, () => ask('failing', '/')));
  assert.deepEqual(
    seen.map(({ status, body }) => `${status} ${JSON.parse(body.toString()).code}`),
    Array(5).fill('504 upstream_timeout'),
  );
  const asked = hole.counted.connections;
  const refused = await Promise.all(Array.from({ length: 20 }, () => ask('failing', '/')));
  assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503]);
  assert.equal(JSON.parse(refused[0].body.toString()).code, 'unavailable');
  assert.ok(Number(refused[0].headers['retry-after']) >= 1);
  assert.equal(hole.counted.connections, asked, 'nothing was sent');
});

test('after the pause one request probes, and what it sees decides for all', async () => {
  const asked = hole.counted.connections;
  const statuses = /** @type {number[]} */ ([]);
  const burst = () => Promise.all(Array.from({ length: 10 }, async () => statuses.push((await ask('failing', '/')).status)));
  await until('a probe went out', async () => {
    await burst();
    return hole.counted.connections > asked;
  });
  assert.equal(hole.counted.connections, asked + 1);
  assert.deepEqual([...new Set(statuses)].sort(), [503, 504]);
  assert.equal(statuses.filter((status) => status === 504).length, 1);
  hole.counted.answers = true;
  await until('it is used again', async () => (await ask('failing', '/')).status === 200);
  assert.deepEqual(
    (await Promise.all(Array.from({ length: 10 }, () => ask('failing', '/')))).map(({ status }) => status),
    Array(10).fill(200),
  );
});
