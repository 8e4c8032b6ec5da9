// Workers, agents and the middle between them, for the tests of channels: the Workers know no place yet, the agents no channel.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start_agent } from '../../demo/parts/agent.mjs';
import { until } from '../../demo/parts/child.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { root, start_worker } from '../../demo/parts/worker.mjs';
import { policy_for, send, signing_key } from './edge.mjs';
import { start_issuer } from './issuer.mjs';
import { start_middle } from './middle.mjs';
import { start_origin } from './origin.mjs';

/**
 * @typedef {object} PathOptions
 * @property {object} [service] more of the service in the policy
 * @property {Record<string, unknown>} [more] more of the policy
 * @property {number} [workers]
 * @property {number} [agents]
 * @property {Record<string, string>} [env] variables of the agents
 * @property {number} [ahead] by how many seconds the clocks of the Workers are ahead; without it, nobody moves them
 * @property {import('./origin.mjs').Answering} [answer] what the app does
 * @typedef {{app: import('./origin.mjs').RunningOrigin, middle: import('./middle.mjs').Middle, agents: RunningAgent[],
 *   workers: RunningWorker[], policy: any, key: any, authorization: string, start: Starting}} Parts
 * @typedef {import('../../demo/parts/agent.mjs').RunningAgent} RunningAgent
 * @typedef {import('../../demo/parts/worker.mjs').RunningWorker} RunningWorker
 * @typedef {{agent: (at: number) => Promise<RunningAgent>, worker: (keys: any[], policy: any) => Promise<RunningWorker>,
 *   write: (keys: any[], policy: any) => void}} Starting
 */

/** @param {{headers: import('node:http').IncomingHttpHeaders}} request */
const keyid_of = ({ headers }) => /;keyid="([^"]*)"/.exec(String(headers['signature-input']))?.[1] ?? '';
/** @param {string} keyid */
export const is_channel = (keyid) => keyid.startsWith('ch1.') && keyid.length === 47;

/** What the paths of a file have in common, and an end to all that a test has left. */
export class Paths {
  #folder = mkdtempSync(join(tmpdir(), 'sallyport-channels-'));
  /** @type {Set<Path>} */
  #left = new Set();

  /** @param {Awaited<ReturnType<typeof start_issuer>>} issuer @param {any} key of the edge @param {string} authorization */
  constructor(issuer, key, authorization) {
    this.issuer = issuer;
    this.key = key;
    this.authorization = authorization;
  }

  static async prepare() {
    const [issuer, key] = await Promise.all([start_issuer(), signing_key()]);
    // For Workers whose clock is behind, too.
    const iat = Math.floor(Date.now() / 1000) - 120;
    return new Paths(issuer, key, `Bearer ${await issuer.token({ iat })}`);
  }

  /** @param {PathOptions} [how] */
  async start(how = {}) {
    const { service, more, workers = 1, agents = 1, ahead, answer } = how;
    const { key, authorization } = this;
    const app = await start_origin({ answer });
    const ports = await Promise.all(Array.from({ length: agents }, () => free_port()));
    const middle = await start_middle(...ports);
    const policy = JSON.parse(policy_for(this.issuer.issuer, middle.url, more));
    Object.assign(policy.services.app, service);
    const start = this.#starting(how, ports, app.port);
    start.write([key], policy);
    const running = await Promise.all(ports.map((_, at) => start.agent(at)));
    const edges = await Promise.all(Array.from({ length: workers }, () => start.worker([key], policy)));
    const path = new Path({ app, middle, agents: running, workers: edges, policy, key, authorization, start }, this.#left);
    if (ahead !== undefined) await path.set_ahead(ahead);
    return path;
  }

  /** @param {PathOptions} how @param {number[]} ports of the agents @param {number} upstream_port @returns {Starting} */
  #starting({ env, ahead }, ports, upstream_port) {
    const [policy_file, jwks_file] = ['jsonc', 'json'].map((kind) => join(this.#folder, `${ports[0]}.${kind}`));
    const program = `${root}build/dev/sallyport`;
    const clocked = ahead === undefined ? {} : { entry: 'tests/support/clocked_edge.mjs', keeps_objects: true };
    return {
      agent: (at) => start_agent({ program, service: 'app', upstream_port, policy_file, jwks_file, port: ports[at], env }),
      worker: (keys, policy) => start_worker({ policy: JSON.stringify(policy), signing_keys: JSON.stringify({ keys }), ...clocked }),
      write(keys, policy) {
        writeFileSync(policy_file, JSON.stringify(policy));
        writeFileSync(jwks_file, JSON.stringify({ keys: keys.map(({ d: _, ...open }) => open) }));
      },
    };
  }

  async stop() {
    await Promise.all([...this.#left].map((each) => each.stop()));
    await this.issuer.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Workers that know no place yet, agents that know no channel, and the middle. */
export class Path {
  #authorization;
  #start;
  #left;

  /** @param {Parts} parts @param {Set<Path>} left */
  constructor({ app, middle, agents, workers, policy, key, authorization, start }, left) {
    this.app = app;
    this.middle = middle;
    this.agents = agents;
    this.workers = workers;
    this.policy = policy;
    this.key = key;
    this.#authorization = authorization;
    this.#start = start;
    this.#left = left.add(this);
  }

  /** @param {import('./edge.mjs').SendOptions} [what] @param {string} [to] @param {number} [from] which Worker */
  ask(what = {}, to = '/x', from = 0) {
    return send(this.workers[from].port, to, { ...what, headers: { authorization: this.#authorization, ...what.headers } });
  }

  /** Until the place has a channel: three requests with the published key, and the probe. @param {number} [from] which Worker */
  async open(from = 0) {
    for (let i = 0; i < 4; i += 1) assert.equal((await this.ask({}, '/x', from)).status, 200);
    assert.equal(is_channel(this.keyids().at(-1) ?? ''), true, this.keyids().join());
  }

  keyids() {
    return this.middle.passed.map(keyid_of);
  }

  grants() {
    return this.middle.passed.map(({ headers }) => headers['sallyport-channel-grant']);
  }

  /** The channel of each request that was sent under one. */
  channels() {
    return this.keyids().filter(is_channel);
  }

  /** Channels that were refused. */
  refused_channels() {
    return new Set(
      this.middle.passed
        .filter(({ status }) => status === 401)
        .map(keyid_of)
        .filter(is_channel),
    );
  }

  /** Moves the clocks of the Workers. @param {number} seconds from the true time @param {{wrong_keys?: boolean}} [fault] what they derive */
  async set_ahead(seconds, { wrong_keys = false } = {}) {
    const headers = { 'test-clock-ahead': String(seconds), ...(wrong_keys && { 'test-wrong-agreement': '1' }) };
    for (const { port } of this.workers) assert.equal((await send(port, '/', { headers })).status, 200);
  }

  async restart_agent() {
    await this.agents[0].stop();
    this.agents[0] = await this.#start.agent(0);
  }

  /** The agents get other files. @param {any[]} keys of the edge @param {any} policy */
  async give_agents(keys, policy) {
    this.#start.write(keys, policy);
    for (const each of this.agents) {
      const before = each.output().length;
      each.signal('SIGHUP');
      await until('the agent has read its files again', () => each.output().includes('"reloaded"', before));
    }
  }

  /** A further Worker, as a deployment is one. @param {any[]} keys @param {any} policy @returns {Promise<number>} which it is */
  async deploy(keys, policy) {
    return this.workers.push(await this.#start.worker(keys, policy)) - 1;
  }

  /** A metric of an agent. @param {string} name @param {number} [at] which one */
  async metric(name, at = 0) {
    const text = await (await fetch(`${this.agents[at].admin}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  }

  async stop() {
    this.#left.delete(this);
    await Promise.all([...this.workers, ...this.agents, this.middle].map((each) => each.stop()));
    await this.app.stop();
  }
}
