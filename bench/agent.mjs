// See bench/agent. Every proxy has one thread on the first processor; load and upstream share the second.
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { cpu_seconds, run } from '../demo/parts/child.mjs';
import { start_agent } from '../demo/parts/agent.mjs';
import { root } from '../demo/parts/worker.mjs';
import { start_haproxy } from './lib/haproxy.mjs';
import { start_nginx, start_upstream } from './lib/nginx.mjs';
import { least, median, print_table, print_target } from './lib/report.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '7' },
    connections: { type: 'string', default: '32' },
  },
});
const requests = Number(values.requests);
const rounds = Number(values.rounds);
const build = `${root}build/release`;
const path = '/api/reports/april?format=json';
const host = 'reports.acme.example';
/** Each has an assertion of their own, which the agent verifies once and the edge uses again while it lives. */
const callers = 20;
const measured = ['taskset', '-c', '0'];
const helpers = ['taskset', '-c', '1'];

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
/** @type {{stop: () => Promise<void>}[]} */
const running = [];

/** @typedef {{name: string, port: number, pid: number, prepare: () => Promise<string>, costs: number[], rates: number[]}} Contender */

async function main() {
  const upstream = await started(start_upstream(helpers));
  const contenders = [
    await nginx(upstream.port),
    await haproxy(upstream.port),
    await agent(upstream.port, { how: 'ES256', name: 'ES256, "channel": false' }),
    await agent(upstream.port, { how: 'channel', name: 'channel (default)' }),
    await agent(upstream.port, { how: 'channel', name: 'channel, each assertion new', tokens: requests }),
    await agent(upstream.port, { how: 'HS256', name: 'HMAC, shared secret' }),
  ];
  console.log(`${rounds} rounds of ${requests} requests each, ${values.connections} connections, GET ${path}`);
  for (const contender of contenders) await measure(contender);
  for (const contender of contenders) contender.costs.length = contender.rates.length = 0;
  for (let round = 0; round < rounds; ++round) {
    for (const contender of contenders) await measure(contender);
    console.log(`round ${round + 1}: ${contenders.map((each) => each.costs[round].toFixed(1)).join('  ')} us`);
  }
  report(contenders, await openssl_verify_us());
}

/** @template {{stop: () => Promise<void>}} T @param {Promise<T>} starting */
async function started(starting) {
  const program = await starting;
  running.push(program);
  return program;
}

/** @param {number} upstream @returns {Promise<Contender>} */
async function nginx(upstream) {
  const proxy = await started(
    start_nginx(
      'nginx',
      (port) => `
    upstream app { server 127.0.0.1:${upstream}; keepalive 64; }
    server {
      listen 127.0.0.1:${port} backlog=1024;
      location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
    }`,
      measured,
    ),
  );
  return { name: 'nginx, plain proxy', ...proxy, prepare: prepare_plain, costs: [], rates: [] };
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const issuer = 'https://idp.acme.example';
const audience = 'api://acme';

/** @param {number} upstream @returns {Promise<Contender>} */
async function haproxy(upstream) {
  const public_key = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const proxy = await started(start_haproxy({ upstream, public_key, issuer, audience, pin: measured }));
  return { name: 'HAProxy, bearer token RS256', ...proxy, prepare: prepare_plain, costs: [], rates: [] };
}

/** Requests with bearer tokens, as a client sends them. @returns {Promise<string>} the file */
async function prepare_plain() {
  const file = join(folder, 'plain');
  const now = Math.floor(Date.now() / 1000);
  const pieces = await Promise.all(
    Array.from({ length: callers }, async (_, index) => {
      const token = await new SignJWT({ email: `caller-${index}@acme.example`, groups: ['finance', 'staff'] })
        .setProtectedHeader({ alg: 'RS256', kid: 'bench', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(`caller-${index}`)
        .setIssuedAt(now)
        .setExpirationTime(now + 3600)
        .sign(rsa.privateKey);
      return with_length(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n`,
      );
    }),
  );
  const whole = Array.from({ length: requests }, (_, index) => pieces[index % callers]);
  writeFileSync(file, Buffer.concat(whole));
  return file;
}

/** @param {string} request */
function with_length(request) {
  const bytes = Buffer.from(request, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @typedef {{how: 'ES256' | 'HS256' | 'channel', name: string, tokens?: number}} Signing */

/** @param {number} upstream @param {Signing} signing @returns {Promise<Contender>} */
async function agent(upstream, { how, name, tokens: of = callers }) {
  const id = `${how}-${of}`;
  const files = write_keys_and_policy(how, id);
  const channel_secret = randomBytes(32).toString('base64url');
  const proxy = await started(
    start_agent({
      program: `${build}/sallyport`,
      pin: measured,
      threads: 1,
      service: 'app',
      upstream_port: upstream,
      policy_file: files.policy,
      jwks_file: files.public_keys,
      secrets_file: how === 'HS256' ? files.secrets : undefined,
      audit: join(folder, `audit-${id}`),
      env: how === 'channel' ? { SALLYPORT_CHANNEL_SECRET: channel_secret } : {},
    }),
  );
  const prepare = async () => {
    const file = join(folder, `signed-${id}`);
    const secrets = { HS256: files.secrets, ES256: '-', channel: `channel:${channel_secret}` }[how];
    await run(
      'sh',
      ['-c', 'exec "$0" "$@" > "$OUT"', `${build}/bench_sign`, files.policy, files.keys, secrets, host, path, String(requests), String(of)],
      { env: { OUT: file } },
    );
    return file;
  };
  return {
    name: `sallyport agent, ${name}`,
    port: proxy.port,
    pid: proxy.pid,
    prepare,
    costs: [],
    rates: [],
  };
}

const member_for = { HS256: { signature: 'hmac-sha256' }, ES256: { channel: false }, channel: {} };

/** @param {Signing['how']} how @param {string} id of the agent that they are for */
function write_keys_and_policy(how, id) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const shape = { alg: 'ES256', use: 'sig', kid: `edge-${how}` };
  const contents = {
    keys: { keys: [{ ...privateKey.export({ format: 'jwk' }), ...shape }] },
    public_keys: { keys: [{ ...createPublicKey(privateKey).export({ format: 'jwk' }), ...shape }] },
    secrets: { keys: [{ kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'HS256', kid: 'shared' }] },
    policy: {
      name: 'bench',
      edge: { issuer: 'https://edge.acme.example' },
      issuers: { bench: { issuer, jwks_uri: `${issuer}/jwks`, audiences: [audience], kind: 'user' } },
      services: { app: { origin: 'https://app.origin.acme.example', ...member_for[how] } },
      routes: [
        { id: 'reports-read', host, path: '/api/**', methods: ['GET', 'HEAD'], service: 'app', allow: "'finance' in identity.groups" },
      ],
    },
  };
  const written = (/** @type {keyof typeof contents} */ name) => {
    const file = join(folder, `${name}-${id}.json`);
    writeFileSync(file, JSON.stringify(contents[name]), { mode: 0o600 });
    return file;
  };
  return { keys: written('keys'), public_keys: written('public_keys'), secrets: written('secrets'), policy: written('policy') };
}

/** @param {Contender} contender */
async function measure(contender) {
  const file = await contender.prepare();
  const before = cpu_seconds(contender.pid);
  const [program, ...args] = [...helpers, `${build}/bench_load`, String(contender.port), file, String(values.connections)];
  const [answered, seconds] = (await run(program, args)).trim().split(' ').map(Number);
  contender.costs.push(((cpu_seconds(contender.pid) - before) / answered) * 1e6);
  contender.rates.push(answered / seconds);
}

/** What one verification costs the library itself, on the same processor in the same run. */
async function openssl_verify_us() {
  const text = await run('taskset', ['-c', '0', 'openssl', 'speed', '-seconds', '2', 'ecdsap256']);
  const per_second = /256 bits ecdsa \(nistp256\).*\s([\d.]+)\s*$/m.exec(text)?.[1];
  return 1e6 / Number(per_second);
}

/** @param {Contender[]} contenders @param {number} verify_us */
function report(contenders, verify_us) {
  const [plain, rs256, es256, channel, , hmac] = contenders.map((each) => least(each.costs));
  console.log('\nCPU of the proxy per request, in microseconds: the least of its rounds, and their median');
  print_table(
    ['proxy', 'CPU', 'median', 'to nginx', 'requests/s'],
    contenders.map((each) => [
      each.name,
      least(each.costs),
      median(each.costs),
      `${(least(each.costs) / plain).toFixed(2)}x`,
      median(each.rates).toFixed(0),
    ]),
  );
  console.log(`\nopenssl speed: one ES256 verification ${verify_us.toFixed(1)} us`);
  const met = [
    print_target('channel within 1.6 times nginx', channel <= 1.6 * plain, `${channel.toFixed(1)} us, at most ${(1.6 * plain).toFixed(1)}`),
    print_target('channel below half of HAProxy', channel < rs256 / 2, `${channel.toFixed(1)} us, below ${(rs256 / 2).toFixed(1)}`),
    print_target('HMAC within 1.25 times nginx', hmac <= 1.25 * plain, `${hmac.toFixed(1)} us, at most ${(1.25 * plain).toFixed(1)}`),
    print_target(
      'ES256 within 25 us of nginx and one ES256 verification',
      es256 <= plain + verify_us + 25,
      `${es256.toFixed(1)} us, at most ${(plain + verify_us + 25).toFixed(1)}`,
    ),
  ];
  process.exitCode = met.every(Boolean) ? 0 : 1;
}

try {
  await main();
} finally {
  for (const program of running.reverse()) await program.stop();
  rmSync(folder, { recursive: true, force: true });
}
