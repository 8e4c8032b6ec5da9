// The actions of Amazon ECS (API 2014-11-13) that Sallyport calls, with their errors.
import { isDeepStrictEqual } from 'node:util';

import { authorize } from './authorization.mjs';
import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Parameters} Parameters */
/** @typedef {import('./types.d.ts').Principal} Principal */
/** @typedef {import('./types.d.ts').Service} Service */
/** @typedef {import('./types.d.ts').World} World */
/** @typedef {import('./task.mjs').Task} Task */

const max_overrides_characters = 8192;

/** @param {string} message */
const invalid = (message) => new AwsError(400, 'InvalidParameterException', message);

/** The last part of a name that may be an ARN. @param {unknown} name @param {string} [mark] */
const tail_of = (name, mark = '/') =>
  String(name ?? '')
    .split(mark)
    .pop() ?? '';

/** @param {World} world @param {string} rest */
function arn_of({ config }, rest) {
  return `arn:aws:ecs:${config.region}:${config.account}:${rest}`;
}

/** @param {World} world @param {Parameters} parameters */
function cluster_of(world, parameters) {
  const cluster = tail_of(parameters.cluster ?? 'default');
  if (!world.scheduler.cluster_exists(cluster)) throw new AwsError(400, 'ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

/** @param {World} world @param {string} cluster */
function context(world, cluster) {
  return { 'ecs:cluster': arn_of(world, `cluster/${cluster}`) };
}

/** @param {World} world @param {string} cluster @param {unknown} name */
function service_of(world, cluster, name) {
  const service = world.scheduler.find_service(cluster, tail_of(name));
  if (service === undefined) throw new AwsError(400, 'ServiceNotFoundException', 'Service not found.');
  return service;
}

/** @param {World} world @param {string} cluster @param {unknown} name */
function task_of(world, cluster, name) {
  const text = String(name ?? '');
  const arn = text.startsWith('arn:') ? text : arn_of(world, `task/${cluster}/${text}`);
  return { arn, task: world.scheduler.tasks.get(arn) };
}

/** @param {World} world @param {Service} service */
function describe_service(world, service) {
  const tasks = world.scheduler.tasks_of(service);
  const count = (/** @type {string} */ status) => tasks.filter((task) => task.lastStatus === status).length;
  return {
    serviceArn: arn_of(world, `service/${service.cluster}/${service.name}`),
    serviceName: service.name,
    clusterArn: arn_of(world, `cluster/${service.cluster}`),
    status: 'ACTIVE',
    desiredCount: service.desired,
    runningCount: count('RUNNING'),
    pendingCount: count('PROVISIONING') + count('PENDING'),
    taskDefinition: arn_of(world, `task-definition/${service.definition_name}`),
    events: service.events.slice(0, 10),
  };
}

/** @param {World} world @param {Task} task */
function describe_task(world, task) {
  return task.describe(arn_of(world, `cluster/${task.cluster}`));
}

/** RunTask passes the roles that the task definition names. @param {World} world @param {Principal} session
 * @param {import('./types.d.ts').Definition} definition */
function authorize_passing(world, session, { execution_role, task_role }) {
  for (const role of [execution_role, task_role].filter((each) => each !== undefined)) {
    authorize(session, 'iam:PassRole', `arn:aws:iam::${world.config.account}:role/${role}`, {
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    });
  }
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function run_task(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const name = tail_of(parameters.taskDefinition, 'task-definition/');
  authorize(session, 'ecs:RunTask', arn_of(world, `task-definition/${name}`), context(world, cluster));
  const definition = world.config.task_definitions?.[name];
  if (definition === undefined) throw new AwsError(400, 'ClientException', 'TaskDefinition not found.');
  authorize_passing(world, session, definition);
  if (JSON.stringify(parameters.overrides ?? {}).length > max_overrides_characters)
    throw invalid('Container Overrides length must be at most 8192');
  if ((parameters.clientToken ?? '').length > 64) throw invalid('clientToken must be at most 64 characters');
  if (!/^[\w/-]{0,128}$/.test(parameters.startedBy ?? '')) throw invalid('startedBy is not valid');
  const earlier = parameters.clientToken && world.scheduler.remembered.get(`${cluster}/${parameters.clientToken}`);
  if (earlier) {
    if (isDeepStrictEqual(earlier.parameters, parameters)) return { tasks: [describe_task(world, earlier.task)], failures: [] };
    throw new AwsError(400, 'ConflictException', 'The clientToken was used with other parameters.');
  }
  const failures = world.faults.take_run_failures();
  if (failures.length > 0) return { tasks: [], failures };
  const { startedBy, overrides } = parameters;
  const task = world.scheduler.launch(cluster, name, { startedBy, overrides, group: `family:${name.split(':')[0]}` });
  if (parameters.clientToken) world.scheduler.remembered.set(`${cluster}/${parameters.clientToken}`, { parameters, task });
  return { tasks: [describe_task(world, task)], failures: [] };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function describe_tasks(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const names = parameters.tasks ?? [];
  if (names.length === 0 || names.length > 100) throw invalid('tasks must name 1 to 100 tasks');
  const tasks = [];
  /** @type {import('./types.d.ts').Failure[]} */
  const failures = [];
  for (const name of names) {
    const { arn, task } = task_of(world, cluster, name);
    authorize(session, 'ecs:DescribeTasks', arn, context(world, cluster));
    if (task === undefined) failures.push({ arn, reason: 'MISSING' });
    else tasks.push(describe_task(world, task));
  }
  return { tasks, failures };
}

/** One page of a list, and the token of the next one where there is one. @param {Task[]} tasks @param {Parameters} parameters @param {number} size */
function page_of(tasks, { nextToken }, size) {
  const from = nextToken === undefined ? 0 : Number(Buffer.from(String(nextToken), 'base64url').toString());
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('nextToken is not valid');
  const to = from + size;
  const more = to < tasks.length && { nextToken: Buffer.from(String(to)).toString('base64url') };
  return { taskArns: tasks.slice(from, to).map((task) => task.arn), ...more };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function list_tasks(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  authorize(session, 'ecs:ListTasks', '*', context(world, cluster));
  const service = parameters.serviceName && service_of(world, cluster, parameters.serviceName);
  const status = parameters.desiredStatus ?? 'RUNNING';
  const found = [...world.scheduler.tasks.values()].filter(
    (task) => task.cluster === cluster && task.desiredStatus === status && (!service || task.service === service),
  );
  return page_of(found, parameters, world.faults.current.page_size || parameters.maxResults || 100);
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function stop_task(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const { arn, task } = task_of(world, cluster, parameters.task);
  authorize(session, 'ecs:StopTask', arn, context(world, cluster));
  if (task === undefined) throw invalid('The referenced task was not found.');
  void task.stop('UserInitiated', parameters.reason ?? 'Task stopped by user');
  return { task: describe_task(world, task) };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function update_service(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const name = tail_of(parameters.service);
  authorize(session, 'ecs:UpdateService', arn_of(world, `service/${cluster}/${name}`), context(world, cluster));
  const service = service_of(world, cluster, name);
  if (parameters.desiredCount !== undefined) world.scheduler.set_desired(service, parameters.desiredCount);
  return { service: describe_service(world, service) };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
async function describe_services(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const services = [];
  /** @type {import('./types.d.ts').Failure[]} */
  const failures = [];
  for (const each of parameters.services ?? []) {
    const name = tail_of(each);
    const arn = arn_of(world, `service/${cluster}/${name}`);
    authorize(session, 'ecs:DescribeServices', arn, context(world, cluster));
    const service = world.scheduler.find_service(cluster, name);
    if (service === undefined) failures.push({ arn, reason: 'MISSING' });
    else services.push(describe_service(world, service));
  }
  return { services, failures };
}

/** @type {Record<string, (world: World, session: Principal, parameters: Parameters) => Promise<object>>} */
export const ecs_actions = {
  RunTask: run_task,
  DescribeTasks: describe_tasks,
  ListTasks: list_tasks,
  StopTask: stop_task,
  UpdateService: update_service,
  DescribeServices: describe_services,
};
