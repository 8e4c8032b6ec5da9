// Many services that wake at AWS's own quotas, each a light task: what a Region is for. The test wakes a few of them, bench/many_wakes
// three hundred.
import { until } from '../../demo/parts/child.mjs';
import { account } from './account.mjs';
import { start_aws_edge } from './aws_edge.mjs';

const status_type = 'application/vnd.sallyport.agent+json';
const looks_role = `arn:aws:iam::${account}:role/looks`;

/** As an agent whose policy is whatever the edge has. @param {import('node:http').IncomingMessage} request
 * @param {import('../../demo/local_aws/light_agent.mjs').AgentStatus} told */
async function status({ headers }, { task, ready, why, in_flight, idle_ms, up_ms }) {
  const id = /id="([^"]+)"/.exec(String(headers['sallyport-context']))?.[1];
  const body = { v: 1, id, task, ready, why, in_flight, upgraded: 0, idle_ms, policy: ['digest'], agent: '0.1', up_ms };
  return { status: 200, fields: { 'Content-Type': status_type, 'Sallyport-Agent': '1' }, body: JSON.stringify(body) };
}

/** @typedef {Awaited<ReturnType<typeof start_many>>} Many */

/** @param {{count: number, looks: boolean, tuning?: Record<string, number>, app_ms?: number}} options */
export async function start_many({ count, looks, tuning = {}, app_ms = 1_000 }) {
  const names = Array.from({ length: count }, (_, i) => `many${i}`);
  const light = { port: 8443, health: false, app_ms };
  const edge = await start_aws_edge({
    services: Object.fromEntries(names.map((name) => [name, { light, provision_ms: 500, pull_ms: 1_500 }])),
    ecs: { ready: 'agent' },
    policy: { aws: { prod: { account, ...(looks && { looks_role }) } } },
    aws: { settings: { quotas: 'aws' } },
    light_checks: { status },
    governed: true,
    as_shipped: true,
    tuning,
  });
  const began = Date.now();
  /** When each was first ready, and what the first who asked was told. @type {Map<string, {ready_ms: number, first: any}>} */
  const seen = new Map();
  return {
    edge,
    names,
    seen,
    /** All are asked, one after the other over so long, and again until they are ready. @param {number} spread_ms */
    async wake(spread_ms) {
      await Promise.all(names.map((name, i) => wake_one(name, (i * spread_ms) / count)));
    },
    counts: () => {
      const seconds = (Date.now() - began) / 1000;
      const of = (/** @type {string} */ name) => edge.calls(name).length;
      const { throttled } = edge.aws.scheduler.describe();
      const calls = Object.fromEntries(
        ['DescribeServices', 'DescribeTasks', 'ListTasks', 'UpdateService', 'AssumeRoleWithWebIdentity'].map((name) => [name, of(name)]),
      );
      return { seconds, calls, refused: Object.fromEntries(edge.aws.quotas.refused), throttled };
    },
    stop: () => edge.stop(),
  };

  /** @param {string} name @param {number} after_ms */
  async function wake_one(name, after_ms) {
    await new Promise((resolve) => setTimeout(resolve, after_ms));
    const asked_at = Date.now();
    /** @type {any} */
    let first;
    await until(`${name} is ready`, async () => {
      const told = await edge.wake(name).ensure('alice', first === undefined ? 0 : 5_000);
      first ??= told;
      if (told.answer === 'ready') seen.set(name, { ready_ms: Date.now() - asked_at, first });
      return told.answer === 'ready';
    });
  }
}
