// Jobs around the gate: an issuer of tokens, a policy with jobs that end, fail or run on, and calls as their callers make them.
import assert from 'node:assert/strict';
import { account, region } from './account.mjs';
import { start_aws_edge } from './aws_edge.mjs';
import { until } from '../../demo/parts/child.mjs';
import { send } from './edge.mjs';
import { start_issuer } from './issuer.mjs';
import { call_object } from './objects.mjs';

/**
 * @typedef {Awaited<ReturnType<typeof start_jobs_edge>>} JobsEdge
 * @typedef {Awaited<ReturnType<JobsEdge['call']>>} Answer
 */

const node = process.execPath;
/** Writes what it was given, and ends as it was told. */
const exporter = [node, '-e', 'console.log(JSON.stringify(process.env)); process.exit(Number(process.env.CODE))'];
const endless = [node, '-e', 'setInterval(() => {}, 1000)'];
const no_faults = { throttle: {}, fail: {}, delay_ms: {}, lose: {}, run_failures: [], pull_error: '' };

/** @param {string} name @param {string} container @param {Record<string, unknown>} [more] @param {Record<string, unknown>} [ecs] */
const job = (name, container, more = {}, ecs = {}) => ({
  [name]: { ecs: { region, cluster: 'batch', task_definition: `${name}:1`, container, ...ecs }, ...more },
});
/** @param {string} name @param {string[]} command */
const definition = (name, command) => ({ provision_ms: 10, pull_ms: 10, containers: [{ name, command }] });

function jobs_of_policy() {
  const input = { MONTH: { pattern: '20[0-9]{2}-[0-9]{2}' }, CODE: { pattern: '[0-9]{1,3}', default: '0' } };
  const inspect = "'audit' in identity.groups";
  return {
    ...job('export', 'export', { input, inspect }),
    ...job('endless', 'app', { inspect }),
    ...job('short', 'app', { timeout: '1s' }),
    ...job('passing', 'app'),
    ...job('unwelcome', 'app', {}, { role: `arn:aws:iam::${account}:role/unwelcome` }),
  };
}

/** @param {{storage: string}} where the objects store what they remember */
export async function start_jobs_edge({ storage }) {
  const issuer = await start_issuer();
  const jobs = jobs_of_policy();
  const routes = Object.keys(jobs).map((name) => ({
    id: name,
    host: 'app.acme.example',
    path: `/run/${name}`,
    methods: ['POST'],
    job: name,
    allow: "'finance' in identity.groups",
  }));
  const edge = await start_aws_edge({
    services: {},
    worker: { miniflare: { durableObjectsPersist: storage } },
    policy: { issuers: { okta: { issuer: issuer.issuer, audiences: ['api://acme'], kind: 'user' } }, jobs, routes },
    aws: {
      clusters: { batch: {} },
      task_definitions: {
        'export:1': definition('export', exporter),
        'endless:1': definition('app', endless),
        'short:1': definition('app', endless),
        'passing:1': { ...definition('app', endless), task_role: 'export-task' },
        'unwelcome:1': definition('app', endless),
      },
    },
  });
  // The role of the gate may pass roles; what may not is the session. The other one trusts nobody of ours.
  const { roles = {} } = edge.aws.scheduler.config;
  roles.gate.policy = [{ Effect: 'Allow', Action: ['ecs:*', 'iam:PassRole'], Resource: '*' }];
  roles.unwelcome = { ...roles.gate, trust: { issuer: edge.issuer, sub: ['sallyport:other'] } };
  return around(edge, issuer);
}

/** @param {Awaited<ReturnType<typeof start_aws_edge>>} edge @param {import('./issuer.mjs').RunningIssuer} issuer */
function around(edge, issuer) {
  const alice = () => issuer.token();
  let keys = 0;

  /** @param {string} path @param {{method?: string, token?: Promise<string>, headers?: Record<string, string>, body?: string}} [options] */
  async function call(path, { method = 'GET', token = alice(), headers = {}, body } = {}) {
    const received = await send(edge.worker.port, path, { method, headers: { authorization: `Bearer ${await token}`, ...headers }, body });
    const text = received.body.toString();
    return { ...received, text, location: received.headers.location ?? '', json: text === '' ? null : JSON.parse(text) };
  }
  /** @returns {any[]} */
  const all_tasks = () => edge.aws.scheduler.describe().tasks;

  return {
    edge,
    issuer,
    alice,
    call,
    all_tasks,
    bob: () => issuer.token({ sub: 'bob', email: 'bob@acme.example' }),
    auditor: () => issuer.token({ sub: 'carol', email: 'carol@acme.example', groups: ['audit'] }),
    fresh_key: () => ({ 'idempotency-key': `key-${(keys += 1)}` }),
    /** @param {string} name @param {Record<string, string>} [input] @param {Record<string, string>} [headers] @param {Promise<string>} [token] */
    run: (name, input = {}, headers = {}, token = alice()) =>
      call(`/run/${name}`, {
        method: 'POST',
        token,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(input),
      }),
    /** @param {string} location @param {Promise<string>} [token] */
    finished: (location, token = alice()) => call(location, { token, headers: { prefer: 'wait=20' } }),
    /** @param {string} location @param {Promise<string>} [token] */
    stop_run: (location, token = alice()) => call(location, { method: 'DELETE', token }),
    /** Waits until it is in this state. @param {{location: string}} answer @param {string} state @param {Promise<string>} [token] */
    reaches: ({ location }, state, token = alice()) =>
      until(`the run is ${state}`, async () => (await call(location, { token })).json.state === state),
    /** The tasks of a run, told by its request. @param {{json: any}} answer */
    tasks_of: ({ json }) => all_tasks().filter((task) => task.startedBy === json.request_id),
    faults: (/** @type {object} */ faults) => edge.aws.faults.set(faults),
    no_faults: () => edge.aws.faults.set(structuredClone(no_faults)),
    /** Calls that arrived, those among them that are not answered yet. @param {string} action @returns {number} */
    arrived: (action) => edge.aws.faults.begun.get(action) ?? 0,
    /** Log lines of a request. @param {{headers: Record<string, any>}} answer */
    logged: ({ headers }) =>
      edge.worker
        .output()
        .split('\n')
        .filter((line) => line.includes(headers['sallyport-request-id'])),
    /** Ends the object of a job in the middle of whatever it does; what it stored stays. @param {string} name */
    end_object: (name) => assert.rejects(call_object(edge.worker, 'JOBS', name, 'end'), /ended by the test/),
    async stop() {
      await edge.stop();
      await issuer.stop();
    },
  };
}
