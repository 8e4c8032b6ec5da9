// The AWS account of the demo: scripts/local-aws with a cluster of services that sleep, a job, and one role for the gate.
// A task is a real agent with a real app behind it, on an address of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start_child } from './parts/child.mjs';
import { root } from './parts/worker.mjs';

export const account = '123456789012';
export const region = 'us-east-1';
export const cluster = 'demo';
export const gate_role = `arn:aws:iam::${account}:role/sallyport-gate`;
/** Services by name, and how many tasks the policy wakes. */
export const sleepers = ['archive', 'ledger', 'payments', 'tax', 'stock', 'broken', 'late', 'invite', 'vault'];

/**
 * @typedef {object} Cloud
 * @property {string} url where STS and ECS answer
 * @property {() => Promise<State>} state
 * @property {() => Promise<TrailEvent[]>} trail what CloudTrail would have
 * @property {(changes: Record<string, unknown>) => Promise<void>} faults what goes wrong from now on (demo/local_aws/faults.mjs)
 * @property {(service: string) => Promise<void>} deploy replaces its tasks, as somebody's pipeline does
 * @property {() => Promise<void>} stop
 */
/** @typedef {{taskArn: string, group: string, lastStatus: string, healthStatus: string, pids: number[], output: Record<string, string>}} TaskState */
/** @typedef {{updates: number, services: {cluster: string, name: string, desired: number}[], tasks: TaskState[]}} State */
/** @typedef {{eventName: string, errorCode?: string, requestParameters: Record<string, any>, responseElements?: Record<string, string>,
 *   userIdentity?: {arn: string, sessionContext: {sourceIdentity: string, principalTags: Record<string, string>}}}} TrailEvent */

/**
 * What tasks run, and how long AWS takes to start them.
 * @typedef {object} TaskKind
 * @property {string} sallyport the agent
 * @property {string} app
 * @property {number} port of the agent in the task
 * @property {number} admin_port
 * @property {number} app_port
 * @property {string} policy_file
 * @property {string} jwks_url
 * @property {number} provision_ms
 * @property {number} pull_ms
 */

/** @param {string} folder for its configuration @param {string} issuer whose tokens it takes @param {TaskKind} kind @returns {Promise<Cloud>} */
export async function start_cloud(folder, issuer, kind) {
  const file = join(folder, 'local-aws.json');
  writeFileSync(file, JSON.stringify(configuration(issuer, kind)));
  const child = start_child('local-aws', process.execPath, [`${root}demo/local_aws/main.mjs`, '--config', file], { at_exit: 'TERM' });
  const [, url] = await child.saw(/listening on (http:\S+)/);
  const ask = async (/** @type {string} */ what, /** @type {RequestInit} */ how = {}) => (await fetch(`${url}/_local/${what}`, how)).json();
  return {
    url,
    state: () => ask('state'),
    trail: () => ask('trail'),
    faults: (changes) => ask('faults', { method: 'POST', body: JSON.stringify(changes) }),
    deploy: (service) => ask('deploy', { method: 'POST', body: JSON.stringify({ cluster, service }) }),
    stop: child.stop,
  };
}

/** @param {string} issuer @param {TaskKind} kind */
function configuration(issuer, kind) {
  return {
    account,
    region,
    settings: { quotas: 'aws' },
    oidc_providers: [{ issuer, client_ids: ['sts.amazonaws.com'] }],
    roles: { 'sallyport-gate': { trust_policy: trust_policy(issuer), policy: permissions } },
    clusters: { [cluster]: { services: Object.fromEntries(sleepers.map((name) => [name, service_of(name)])) } },
    task_definitions: {
      ...Object.fromEntries(sleepers.map((name) => [`${name}:1`, service_definition(name, kind)])),
      'export:1': { execution_role: 'demo-tasks', provision_ms: kind.provision_ms, containers: [export_container] },
    },
  };
}

/** As docs/guide/deploy.md has it. @param {string} issuer */
function trust_policy(issuer) {
  const provider = issuer.replace(/^https?:\/\//, '');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: {
          StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com' },
          StringLike: { [`${provider}:sub`]: 'sallyport:*' },
          StringNotLike: { [`${provider}:sub`]: 'sallyport:@*' },
        },
      },
    ],
  };
}

const ecs = `arn:aws:ecs:${region}:${account}`;
/** The tag is what lets the gate's session for it reach it. @param {string} name */
const service_of = (name) => ({ task_definition: `${name}:1`, desired: 0, tags: { sallyport_target: `${cluster}/${name}` } });
const of_its_own = { StringEquals: { 'aws:ResourceTag/sallyport_target': '${aws:PrincipalTag/sallyport_target}' } };
const in_cluster = { ArnEquals: { 'ecs:cluster': `${ecs}:cluster/${cluster}` } };
/** The most that the gate may do; session policies leave much less of it. */
const permissions = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['ecs:UpdateService', 'ecs:DescribeServices'],
      Resource: `${ecs}:service/${cluster}/*`,
      Condition: of_its_own,
    },
    { Effect: 'Deny', Action: 'ecs:UpdateService', Resource: '*', Condition: { Null: { 'ecs:task-definition': 'false' } } },
    { Effect: 'Deny', Action: 'ecs:UpdateService', Resource: '*', Condition: { Bool: { 'ecs:enable-execute-command': 'true' } } },
    { Effect: 'Allow', Action: ['ecs:ListTasks'], Resource: '*', Condition: in_cluster },
    { Effect: 'Allow', Action: ['ecs:DescribeTasks', 'ecs:StopTask'], Resource: `${ecs}:task/${cluster}/*` },
    { Effect: 'Allow', Action: ['ecs:RunTask'], Resource: `${ecs}:task-definition/export:*`, Condition: in_cluster },
    {
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: `arn:aws:iam::${account}:role/demo-tasks`,
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
  ],
};

/** The apps of services that have one of their own. @type {Record<string, (app: string, address: string) => string[]>} */
const app_commands = {
  broken: () => ['/bin/sh', '-c', 'echo no database; exit 3'],
  // Its agent is there six seconds sooner.
  late: (app, address) => ['/bin/sh', '-c', 'sleep 6; exec "$0" "$1"', app, address],
};

/** The app behind its agent. @param {string} name @param {TaskKind} kind */
function service_definition(name, kind) {
  const admin = `{address}:${kind.admin_port}`;
  const app = {
    name: 'app',
    command: (app_commands[name] ?? ((app, address) => [app, address]))(kind.app, `{address}:${kind.app_port}`),
  };
  const agent = {
    name: 'sallyport',
    // The app is there until its agent has finished, as docs/guide/deploy.md has it.
    depends_on: ['app'],
    command: [kind.sallyport, 'agent'],
    environment: {
      SALLYPORT_SERVICE: name,
      SALLYPORT_POLICY_FILE: kind.policy_file,
      SALLYPORT_EDGE_JWKS_URL: kind.jwks_url,
      SALLYPORT_LISTEN: `{address}:${kind.port}`,
      SALLYPORT_ADMIN_LISTEN: admin,
      SALLYPORT_UPSTREAM_ADDRESS: `{address}:${kind.app_port}`,
      SALLYPORT_THREADS: '1',
    },
    health: { command: [kind.sallyport, 'healthcheck', '--address', admin], interval_ms: 100, retries: 1000 },
  };
  return { provision_ms: kind.provision_ms, pull_ms: kind.pull_ms, containers: [app, agent] };
}

/** A job that takes a moment, and fails for a month that there is not. */
const export_container = { name: 'export', command: ['/bin/sh', '-c', 'sleep 1; echo "exported $MONTH"; test "$MONTH" != 2026-13'] };
