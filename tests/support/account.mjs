// The AWS account of tests: local-aws with a role for the gate, and the issuer Worker whose keys it trusts.
import { check_config } from '../../demo/local_aws/config.mjs';
import { start_local_aws } from '../../demo/local_aws/main.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { start_issuer_worker } from '../../demo/parts/worker.mjs';
import { signing_key } from './edge.mjs';

export const account = '123456789012';
export const region = 'us-east-1';
export const cluster = 'prod';
export const role = `arn:aws:iam::${account}:role/gate`;

/** Times of the state machine, short enough for tests. */
const quick = {
  poll_first: 40,
  poll_then: 40,
  poll_most: 80,
  expected_start: 80,
  pause_first: 40,
  pause_most: 400,
  retry_first: 40,
  refresh: 40,
  refresh_incomplete: 40,
  call_timeout: 8_000,
  start_timeout: 240_000,
  leftovers_settle: 40,
};

/** @typedef {import('../../demo/local_aws/types.d.ts').Definition & {desired?: number}} Service with the tasks that run from the start */

/** Starts both; a service of the cluster runs the task definition of its name.
 * @param {(issuer: string) => {services: Record<string, Service>, subjects?: string[], more?: object}} describe by the issuer of the edge;
 *   `subjects`: whom the role trusts; `more`: further members of local-aws's configuration
 * @param {import('../../demo/local_aws/light_agent.mjs').Checks} [light_checks] what light tasks leave to the core */
export async function start_account(describe, light_checks) {
  const key = await signing_key();
  const { d, ...public_key } = key;
  const port = await free_port();
  const issuer = `http://127.0.0.1:${port}`;
  const aws = await start_local_aws({ config: check_config(config_of(issuer, describe(issuer))), light_checks });
  const issuer_worker = await start_issuer_worker({ issuer, public_keys: JSON.stringify({ keys: [public_key] }), port });
  return {
    aws,
    issuer,
    issuer_worker,
    key,
    /** What a gate must know to use it. @param {Record<string, number>} [tuning] @param {boolean} [as_shipped] with the machine's own times */
    variables: (tuning, as_shipped = false) => ({
      SALLYPORT_AWS_ROLE: role,
      SALLYPORT_AWS_ENDPOINT: aws.url,
      SALLYPORT_WAKE_TUNING: JSON.stringify({ ...(!as_shipped && quick), ...tuning }),
    }),
    /** What AWS was asked and did, by name of the call; what a fault kept from being done is not among it. @param {string} name */
    calls: (name) => aws.trail.events.filter((event) => event.eventName === name),
    stop: async () => void (await Promise.all([issuer_worker.stop(), aws.stop()])),
  };
}

/** @param {string} issuer @param {ReturnType<Parameters<typeof start_account>[0]>} described */
function config_of(issuer, { services, subjects = ['sallyport:*'], more }) {
  const names = Object.keys(services);
  return {
    account,
    region,
    oidc_providers: [{ issuer, client_ids: ['sts.amazonaws.com'] }],
    roles: {
      gate: { trust: { issuer, sub: subjects }, policy: [{ Effect: 'Allow', Action: ['ecs:*'], Resource: '*' }] },
      looks: { trust: { issuer, sub: ['sallyport:@looks'] }, policy: [{ Effect: 'Allow', Action: ['ecs:*'], Resource: '*' }] },
    },
    clusters: {
      [cluster]: {
        services: Object.fromEntries(names.map((name) => [name, { task_definition: `${name}:1`, desired: services[name].desired ?? 0 }])),
      },
    },
    task_definitions: Object.fromEntries(names.map((name) => [`${name}:1`, services[name]])),
    ...more,
  };
}
