// The gate with its objects, the issuer Worker and local-aws, wired together as in a deployment: what tests of waking and
// jobs stand on.
import assert from 'node:assert/strict';
import { cluster, region, start_account } from './account.mjs';
import { check_told_once } from './records.mjs';
import { start_worker } from '../../demo/parts/worker.mjs';
import { call_object, object_caller } from './objects.mjs';

/** A task that is healthy at once and does nothing. */
export const sleeper = { name: 'app', command: ['sleep', '1000'], health: { command: ['true'], interval_ms: 20 } };

/** Who calls: as the gate names callers to its objects. @param {string} subject */
export const caller = (subject) => ({
  key: Buffer.from(subject).toString('base64url'),
  issuer: 'okta',
  subject,
  kind: 'user',
  route: 'all',
});

/**
 * @typedef {import('../../demo/local_aws/types.d.ts').Definition & {desired?: number, wake?: object, origin?: string}} TaskDefinition
 *   with the count that the service starts with, and its `wake` and `origin` in the policy
 * @typedef {Awaited<ReturnType<typeof start_aws_edge>>} AwsEdge
 */

/** One service of the policy and of local-aws for each entry of `services`, under the same name, in the cluster `prod`.
 * @param {{services: Record<string, TaskDefinition>, tuning?: Record<string, number>, ecs?: Record<string, unknown>, policy?: Record<string, unknown>,
 *   aws?: Record<string, unknown>, light_checks?: Parameters<typeof start_account>[1], governed?: boolean, as_shipped?: boolean, worker?: Partial<Parameters<typeof start_worker>[0]>}} options `ecs`: further members of each service's
 *   `ecs`; `policy` and `aws`: further members of the policy and of local-aws's configuration; `governed`: Regions say when AWS is called, which most tests
 *   have no time for; `as_shipped`: with the state machine's own times */
export async function start_aws_edge({
  services,
  tuning = {},
  ecs = {},
  policy = {},
  aws: more = {},
  light_checks,
  governed = false,
  as_shipped = false,
  worker: options = {},
}) {
  const account = await start_account(() => ({ services, more }), light_checks);
  const { aws, issuer, issuer_worker, key, calls } = account;
  /** @param {Partial<Parameters<typeof start_worker>[0]>} [other] */
  const start = (other) =>
    start_worker({
      policy: JSON.stringify(policy_of(issuer, services, ecs, policy)),
      signing_keys: JSON.stringify({ keys: [key] }),
      vpc: ['VPC'],
      without: governed ? [] : ['REGION'],
      ...(options.entry === undefined && { entry: 'tests/support/breakable_edge.mjs', keeps_objects: true, beside: [object_caller()] }),
      ...options,
      variables: {
        ...account.variables(tuning, as_shipped),
        ...options.variables,
      },
      ...other,
    });
  let worker = await start();
  /** @param {string} service @param {string} method @param {object} [request] */
  const wake = (service, method, request) => call_object(worker, 'WAKE', service, method, ...(request ? [{ service, ...request }] : []));
  return {
    aws,
    issuer,
    issuer_worker,
    key,
    get worker() {
      return worker;
    },
    /** The whole runtime ends, and comes back with what it stored; `other`: with other options. @param {Partial<Parameters<typeof start_worker>[0]>} [other] */
    async restart(other) {
      await worker.stop();
      worker = await start(other);
    },
    /** The coordinator of a service, as the gate calls it. @param {string} service */
    wake: (service) => ({
      ensure: (/** @type {string} */ subject, hold_ms = 240_000) => wake(service, 'ensure', { caller: caller(subject), hold_ms }),
      touch: (/** @type {string} */ subject) => wake(service, 'touch', { caller: caller(subject) }),
      lost: (/** @type {string} */ task_arn) => wake(service, 'lost', { task_arn }),
      status: () => wake(service, 'status'),
      /** Ends it in the middle of whatever it does; what it stored stays. */
      end: () => assert.rejects(wake(service, 'end'), /ended by the test/),
    }),
    calls,
    async stop() {
      await Promise.all([worker.stop(), account.stop()]);
      check_told_once(worker.output());
    },
  };
}

/** @param {string} issuer @param {Record<string, TaskDefinition>} services @param {Record<string, unknown>} ecs @param {Record<string, unknown>} more */
function policy_of(issuer, services, ecs, more) {
  const names = Object.keys(services);
  const service = (/** @type {string} */ name) => ({
    vpc: 'VPC',
    ...(services[name].origin !== undefined && { origin: services[name].origin }),
    ecs: { region, cluster, service: name, port: 8443, ready: 'health', wake: services[name].wake ?? {}, ...ecs },
  });
  return {
    name: 'test',
    edge: { issuer },
    issuers: { okta: { issuer: 'https://acme.okta.example', audiences: ['api://acme'], kind: 'user' } },
    services: Object.fromEntries(names.map((name) => [name, service(name)])),
    routes: names.map((name) => ({ id: name, host: `${name}.acme.example`, path: '/**', service: name, allow: 'true' })),
    ...more,
  };
}
