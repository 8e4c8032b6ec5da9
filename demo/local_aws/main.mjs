// Answers the calls of AWS STS and Amazon ECS that Sallyport makes, on loopback, with the checks that AWS makes:
// web identity tokens are verified against the issuer's published keys, requests by AWS's own SigV4 signer, actions and
// ARNs by role and session policy. A task is a group of real processes on a loopback address of its own, or a light task, which
// this process plays (light.mjs). It is quick and generous unless it is told to be as slow, narrow and late as AWS (settings.mjs).
//
//   scripts/local-aws --config FILE [--listen 127.0.0.1:0] [--trail FILE]
//
// Prints one line `local-aws listening on http://…` when ready; stops every task on SIGTERM and SIGINT.
// Beside the AWS calls: GET /_local/state, GET /_local/trail, POST /_local/faults (see faults.mjs), and what others do to the
// account: POST /_local/interrupt {"task": ARN} takes a Spot task back, POST /_local/use_up {"update_service": 50} uses quotas up,
// POST /_local/deploy {"cluster": NAME, "service": NAME} replaces its tasks by a rolling deployment.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { wall_clock } from './clock.mjs';
import { load_config, message_of } from './config.mjs';
import { AwsError, error_answer } from './errors.mjs';
import { ecs_actions } from './ecs.mjs';
import { Lateness } from './facts.mjs';
import { Faults } from './faults.mjs';
import { Listeners } from './light.mjs';
import { Quotas } from './quotas.mjs';
import { Scheduler } from './scheduler.mjs';
import { authenticate } from './signature.mjs';
import { SessionStore, assume_role_with_web_identity } from './sts.mjs';
import { Trail } from './trail.mjs';

/** @typedef {import('./types.d.ts').Answer} Answer */
/** @typedef {import('./types.d.ts').Request} Request */
/** @typedef {import('./types.d.ts').World} World */

const max_body_bytes = 1 << 20;

/** @typedef {Awaited<ReturnType<typeof start_local_aws>>} LocalAws */

/** Starts a local AWS.
 * @param {{config: import('./types.d.ts').Config, listen?: string, trailFile?: string, clock?: import('./clock.mjs').Clock,
 *   light_checks?: import('./light_agent.mjs').Checks}} options `light_checks`: what light tasks leave to the core */
export async function start_local_aws({ config, listen = '127.0.0.1:0', trailFile, clock = wall_clock, light_checks }) {
  const trail = new Trail(trailFile);
  const sessions = new SessionStore();
  const faults = new Faults(sessions, config.settings);
  const quotas = new Quotas(clock, faults);
  const scheduler = new Scheduler(config, { clock, faults, quotas, light: new Listeners(light_checks) });
  const world = { config, trail, faults, quotas, scheduler, sessions, lateness: new Lateness(clock, faults) };
  const server = createServer((request, response) => void serve(world, /** @type {Request} */ (request), response));
  const [host, port] = split_address(listen);
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve(undefined)));
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `http://${host}:${taken}`;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await scheduler.stop_all();
  };
  return { url, stop, trail, scheduler, faults, quotas, sessions };
}

/** @param {World} world @param {Request} request @param {import('node:http').ServerResponse} response */
async function serve(world, request, response) {
  const request_id = crypto.randomUUID();
  /** @type {Answer} */
  let answer;
  let lost = false;
  try {
    const body = await read_body(request);
    answer = request.url?.startsWith('/_local/') ? control(world, request, body) : await dispatch(world, request, body, request_id);
    lost = world.faults.take_loss(action_of(request, body));
  } catch (problem) {
    answer = error_answer(problem, request, request_id);
  }
  if (lost) return void response.destroy();
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'x-amzn-requestid': request_id,
    ...(answer.cut && { 'content-length': answer.body.length * 2 }),
    ...(answer.fields ?? {}),
  });
  if (answer.cut) response.write(answer.body, () => response.destroy());
  else response.end(answer.body);
}

/** @param {World} world @param {Request} request @param {Buffer} body @param {string} request_id @returns {Promise<Answer>} */
async function dispatch(world, request, body, request_id) {
  const called = action_of(request, body);
  await world.faults.before_call(called);
  world.quotas.admit(called);
  const instead = world.faults.take_answer(called, request, body);
  if (instead !== undefined) return instead;
  const target = request.headers['x-amz-target'];
  if (target === undefined) return assume_role_with_web_identity(world, request, body, request_id);
  const action = action_of(request, body);
  const run = target.startsWith('AmazonEC2ContainerServiceV20141113.') ? ecs_actions[action] : undefined;
  if (run === undefined) throw new AwsError(400, 'UnknownOperationException', `unknown operation ${target}`);
  const session = await authenticate(world, request, body);
  const parameters = parse_parameters(body);
  try {
    const out = await run(world, session, parameters);
    world.trail.record({ request_id, action: `ecs:${action}`, session, parameters });
    return { status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(out) };
  } catch (problem) {
    world.trail.record({ request_id, action: `ecs:${action}`, session, parameters, error: problem });
    throw problem;
  }
}

/** @param {Request} request @param {Buffer} body */
function action_of(request, body) {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return target.split('.')[1] ?? '';
  return new URLSearchParams(body.toString()).get('Action') ?? '';
}

/** @param {Buffer} body */
function parse_parameters(body) {
  try {
    return JSON.parse(body.toString() || '{}');
  } catch {
    throw new AwsError(400, 'SerializationException', 'the request body is not JSON');
  }
}

/** @param {World} world @param {Request} request @param {Buffer} body @returns {Answer} */
function control(world, request, body) {
  const run = controls[`${request.method} ${request.url?.slice('/_local/'.length)}`];
  if (run === undefined) throw new AwsError(404, 'NotFound', 'no such control');
  const told = run(world, request.method === 'POST' ? JSON.parse(body.toString()) : {});
  return { status: 200, type: 'application/json', body: JSON.stringify(told ?? {}) };
}

/** @type {Record<string, (world: World, given: any) => unknown>} */
const controls = {
  'GET state': ({ scheduler }) => scheduler.describe(),
  'GET trail': ({ trail }) => trail.events,
  'POST faults': ({ faults }, given) => faults.set(given),
  'POST deploy': ({ scheduler }, { cluster, service }) => {
    const found = scheduler.find_service(cluster, service);
    if (found === undefined) throw new AwsError(404, 'NotFound', 'no such service');
    scheduler.update(found, { force: true });
  },
  'POST interrupt': ({ scheduler }, { task }) => void scheduler.interrupt(task),
  'POST use_up': ({ quotas }, given) => {
    for (const [bucket, count] of Object.entries(given)) quotas.use_up(bucket, count);
  },
};

/** @param {Request} request */
async function read_body(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > max_body_bytes) throw new AwsError(413, 'RequestEntityTooLargeException', 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param {string} text @returns {[string, number]} */
function split_address(text) {
  const [, host, port] = /^(.+):([0-9]{1,5})$/.exec(text) ?? [];
  if (host === undefined) throw new Error(`--listen ${text}: not an address and a port`);
  return [host, Number(port)];
}

const usage = 'usage: scripts/local-aws --config FILE [--listen 127.0.0.1:0] [--trail FILE]';

async function main() {
  const values = read_arguments();
  const running = await start_local_aws({
    config: load_config(values.config),
    listen: values.listen,
    trailFile: values.trail,
  });
  console.log(`local-aws listening on ${running.url}`);
  const stop = () => void running.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

function read_arguments() {
  const options = /** @type {const} */ ({
    config: { type: 'string' },
    listen: { type: 'string', default: '127.0.0.1:0' },
    trail: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  try {
    const { values } = parseArgs({ options });
    if (values.help) leave(usage, 0);
    if (values.config !== undefined) return { ...values, config: values.config };
    throw new Error('--config is missing');
  } catch (problem) {
    return leave(`local-aws: ${message_of(problem)}\n${usage}`, 2);
  }
}

/** Whoever starts it wants to know what is wrong with the arguments or the configuration, not where that was noticed.
 * @param {string} text @param {number} status @returns {never} */
function leave(text, status) {
  (status === 0 ? console.log : console.error)(text);
  process.exit(status);
}

if (import.meta.main ?? process.argv[1] === new URL(import.meta.url).pathname) {
  await main().catch((problem) => leave(message_of(problem).replace(/^(?!local-aws: )/, 'local-aws: '), 1));
}
