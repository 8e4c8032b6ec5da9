// Third chapter: services in ECS that sleep, woken by whom policy allows, with credentials that are made for the moment.
import { ECSClient, RunTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { until } from '../parts/child.mjs';
import { log_in } from '../provider.mjs';
import { take_apart } from '../parts/raw_http.mjs';
import { cluster, region } from '../cloud.mjs';
import { start_load } from './load.mjs';
import { app_saw, call, refusal } from './look.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */
/** @typedef {import('./play.mjs').Player} Player */

/** Twice the idle_stop of archive in the policy of the demo: a busy machine is late. */
const idle_patience_ms = 120_000;

/** @param {Player} tour @param {Stack} stack */
export async function play_sleep(tour, stack) {
  tour.chapter('In AWS: services that sleep, and no static key');
  const alice = await log_in(stack.provider, 'alice');
  const bob = await log_in(stack.provider, 'bob');
  await tour.step(
    'bob (sales) asks a service that sleeps',
    '403 policy_not_allowed, 0 starts',
    async () =>
      `${await refusal(stack, await call(stack, '/archive/2025', { token: bob }), 'edge')}, ${await starts_of(stack, 'archive')} starts`,
  );
  await play_first_wake(tour, stack, alice);
  await tour.step('100 first requests at one time', '100 times 200, 1 start', async () => {
    const seen = await Promise.all(Array.from({ length: 100 }, () => call(stack, '/payments/run', { token: alice })));
    return `${statuses(seen)}, ${await starts_of(stack, 'payments')} start`;
  });
  await play_bad_days(tour, stack, alice);
  await play_replacement(tour, stack, alice);
}

/** A service that was woken sleeps again when nobody asked for its idle_stop, which is a minute.
 * @param {Player} tour @param {Stack} stack */
export async function play_idle(tour, stack) {
  const desired = async () => (await stack.cloud.state()).services.find((service) => service.name === 'archive')?.desired ?? -1;
  if ((await desired()) > 0) tour.note('waiting for the rest of the minute without a request to archive');
  await tour.step('archive, a minute without a request: it sleeps again', 'desired count 0', async () => {
    const end = Date.now() + idle_patience_ms;
    while ((await desired()) !== 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    return `desired count ${await desired()}`;
  });
}

/** @param {Player} tour @param {Stack} stack @param {string} alice */
async function play_first_wake(tour, stack, alice) {
  const assumed = stack.ways.aws.next_request();
  await tour.step('alice (finance) asks it, and does not wait', '503 starting, and when to ask again', async () => {
    const answer = await fetch(`${stack.edge}/archive/2025`, { headers: { authorization: `Bearer ${alice}`, prefer: 'wait=0' } });
    const problem = await answer.json();
    return `${answer.status} ${problem.state}, and ${Number(answer.headers.get('retry-after')) > 0 ? 'when to ask again' : 'not when to ask again'}`;
  });
  await tour.step('she asks again until it is up', '200, app sees alice, 1 start', async () => {
    let seen = await call(stack, '/archive/2025', { token: alice });
    await until(
      'archive is up',
      async () => seen.status !== 503 || (seen = await call(stack, '/archive/2025', { token: alice })).status !== 503,
    );
    return `${seen.status}, app sees ${app_saw(seen).headers['sallyport-subject']}, ${await starts_of(stack, 'archive')} start`;
  });
  await tour.step('the trail of AWS: who started it', 'alice <alice@acme.example> by route archive', async () => {
    const { sourceIdentity, principalTags } = (await events(stack, 'UpdateService', 'archive'))[0]?.userIdentity?.sessionContext ?? {
      sourceIdentity: 'nobody',
      principalTags: {},
    };
    return `${sourceIdentity} <${principalTags.email}> by route ${principalTags.route}`;
  });
  await tour.step(
    'its credentials, stolen: its own service, another, a job',
    'allowed, AccessDeniedException, AccessDeniedException',
    async () => {
      const client = await thief(stack, await assumed);
      const tried = [
        new UpdateServiceCommand({ cluster, service: 'archive', desiredCount: 1 }),
        new UpdateServiceCommand({ cluster, service: 'ledger', desiredCount: 1 }),
        new RunTaskCommand({ cluster, taskDefinition: 'export:1' }),
      ].map((command) =>
        client.send(/** @type {any} */ (command)).then(
          () => 'allowed',
          (problem) => problem.name,
        ),
      );
      return (await Promise.all(tried)).join(', ');
    },
  );
}

/** Somebody who has what the edge sent to STS, and with it what STS gave. @param {Stack} stack @param {Buffer} assumed */
async function thief(stack, assumed) {
  const { body } = take_apart(assumed);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const answer = await (await fetch(stack.cloud.url, { method: 'POST', headers, body: new Uint8Array(body) })).json();
  const { AccessKeyId, SecretAccessKey, SessionToken } =
    answer.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials;
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return new ECSClient({ region, endpoint: stack.cloud.url, maxAttempts: 1, credentials });
}

/** @param {Player} tour @param {Stack} stack @param {string} alice */
async function play_bad_days(tour, stack, alice) {
  await tour.step(
    'a service whose app ends as soon as it starts',
    '503 start_failed, the operator reads why, the caller does not',
    async () => {
      const seen = await call(stack, '/broken/', { token: alice });
      const told = (/** @type {string} */ text) => text.includes('container app exited with 3');
      const operator_reads = () =>
        stack
          .worker_output()
          .split('\n')
          .some((line) => line.includes(seen.id) && told(line));
      await until('the log says why', operator_reads);
      return `${seen.status} ${JSON.parse(seen.text).code}, the operator reads why, the caller ${told(seen.text) ? 'too' : 'does not'}`;
    },
  );
  await tour.step('ECS throttles the next 2 calls of each kind', '200, 1 start', async () => {
    await stack.cloud.faults({ throttle: { DescribeServices: 2, UpdateService: 2, ListTasks: 2, DescribeTasks: 2 } });
    const seen = await call(stack, '/tax/2025', { token: alice });
    return `${seen.status}, ${await starts_of(stack, 'tax')} start`;
  });
  await tour.step('credentials end in the middle of a start', '200, 1 start, 2 sets of credentials', async () => {
    const answer = call(stack, '/stock/today', { token: alice });
    await until('it was started', async () => (await starts_of(stack, 'stock')) > 0);
    await stack.cloud.faults({ expire_sessions: true });
    const seen = await answer;
    const sets = (await stack.cloud.trail()).filter(
      (event) =>
        event.eventName === 'AssumeRoleWithWebIdentity' && event.responseElements?.subjectFromWebIdentityToken === 'sallyport:stock',
    );
    return `${seen.status}, ${await starts_of(stack, 'stock')} start, ${sets.length} sets of credentials`;
  });
}

/** One of two tasks is replaced while four callers ask without a pause: as when ECS stops it, its agent gets SIGTERM, finishes what runs
 * and ends, and the app with it. @param {Player} tour @param {Stack} stack @param {string} alice */
async function play_replacement(tour, stack, alice) {
  await tour.step('one of two tasks is replaced under load', 'another task in its place, 0 requests failed', async () => {
    await call(stack, '/ledger/2025', { token: alice });
    const before = await healthy(stack, 'ledger');
    const load = start_load(`${stack.edge}/ledger/2025`, alice);
    try {
      await load.turned_over();
      const [, agent_pid] = before[0].pids;
      process.kill(agent_pid, 'SIGTERM');
      await until('another task is healthy in its place', async () => {
        const now = await healthy(stack, 'ledger');
        return now.length === 2 && now.every((task) => task.taskArn !== before[0].taskArn);
      });
      await load.turned_over();
    } finally {
      await load.stop();
    }
    const { sent, failed } = load.counts();
    tour.note(`${sent} requests meanwhile`);
    return `another task in its place, ${failed.length} requests failed${failed.length > 0 ? `: ${failed[0]}` : ''}`;
  });
}

/** @param {Stack} stack @param {string} service */
export async function healthy(stack, service) {
  const { tasks } = await stack.cloud.state();
  return tasks.filter((task) => task.group === `service:${service}` && task.lastStatus === 'RUNNING' && task.healthStatus === 'HEALTHY');
}

/** Successful calls of this kind for a service, the newest last. @param {Stack} stack @param {string} name @param {string} service */
async function events(stack, name, service) {
  return (await stack.cloud.trail()).filter(
    (event) => event.eventName === name && event.requestParameters.service === service && !event.errorCode,
  );
}

/** How often the gate raised a service from zero. @param {Stack} stack @param {string} service */
export async function starts_of(stack, service) {
  return (await events(stack, 'UpdateService', service)).filter((event) => event.requestParameters.desiredCount > 0).length;
}

/** @param {{status: number}[]} seen */
function statuses(seen) {
  const kinds = [...new Set(seen.map(({ status }) => status))];
  return kinds.map((status) => `${seen.filter((each) => each.status === status).length} times ${status}`).join(' and ');
}
