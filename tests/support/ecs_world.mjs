// ECS of local-aws alone, without network, signatures and processes, and with a clock that a test moves: what it does is the
// same each time.
import { ManualClock } from '../../demo/local_aws/clock.mjs';
import { check_config, statements_of } from '../../demo/local_aws/config.mjs';
import { ecs_actions } from '../../demo/local_aws/ecs.mjs';
import { Lateness } from '../../demo/local_aws/facts.mjs';
import { Faults } from '../../demo/local_aws/faults.mjs';
import { Quotas } from '../../demo/local_aws/quotas.mjs';
import { Scheduler } from '../../demo/local_aws/scheduler.mjs';
import { SessionStore } from '../../demo/local_aws/sts.mjs';
import { Trail } from '../../demo/local_aws/trail.mjs';

/** @typedef {import('../../demo/local_aws/types.d.ts').Definition} Definition */
/** @typedef {import('../../demo/local_aws/types.d.ts').ServiceConfig} ServiceConfig */
/** @typedef {import('../../demo/local_aws/types.d.ts').Statement} Statement */
/** @typedef {import('../../demo/local_aws/types.d.ts').Parameters} Parameters */
/** @typedef {ReturnType<typeof start_ecs>} Ecs */

export const ecs_arn = 'arn:aws:ecs:us-east-1:123456789012';
/** Starts in a second, and is healthy half a second later. @type {Definition} */
export const light_definition = { provision_ms: 400, pull_ms: 600, light: { health_ms: 500 } };

/** A service `billing` of the cluster `prod`, unless others are given.
 * @param {{services?: Record<string, ServiceConfig>, definitions?: Record<string, Definition>, settings?: object}} [options] */
export function start_ecs({ services, definitions = {}, settings = {} } = {}) {
  const config = check_config({
    account: '123456789012',
    region: 'us-east-1',
    clusters: { prod: { services: services ?? { billing: { task_definition: 'billing:1' } } }, dev: {} },
    task_definitions: { 'billing:1': light_definition, 'billing:2': light_definition, ...definitions },
  });
  const clock = new ManualClock(1_000_000_000_000);
  const sessions = new SessionStore();
  const faults = new Faults(sessions, settings);
  const quotas = new Quotas(clock, faults);
  const scheduler = new Scheduler(config, { clock, faults, quotas });
  const world = { config, trail: new Trail(undefined), faults, quotas, scheduler, sessions, lateness: new Lateness(clock, faults) };
  /** @param {string} action @param {Parameters} [parameters] @param {{policy?: Statement[], tags?: Record<string, string>}} [who] @returns {Promise<any>} */
  const call = async (action, parameters = {}, { policy = [{ Effect: 'Allow', Action: '*', Resource: '*' }], tags = {} } = {}) => {
    quotas.admit(action);
    const session = { arn: 'the caller', rolePolicy: statements_of(policy), subject: 'sallyport:test', tags };
    // As over the wire: what is told does not change any more.
    return JSON.parse(JSON.stringify(await ecs_actions[action](world, session, { cluster: 'prod', ...parameters })));
  };
  return {
    clock,
    faults,
    quotas,
    scheduler,
    call,
    update: (/** @type {Parameters} */ changes, service = 'billing') => call('UpdateService', { service, ...changes }),
    look: async (service = 'billing') => (await call('DescribeServices', { services: [service] })).services[0],
    /** All tasks of the service that are to run, or to stop. @param {'RUNNING' | 'STOPPED'} [wanted] @returns {Promise<any[]>} */
    async tasks(wanted = 'RUNNING', service = 'billing') {
      const { taskArns } = await call('ListTasks', { serviceName: service, desiredStatus: wanted });
      return taskArns.length === 0 ? [] : (await call('DescribeTasks', { tasks: taskArns })).tasks;
    },
  };
}
