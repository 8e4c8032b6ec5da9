// The actions of ECS on tasks.
import { authorize, keys_of_tags } from './authorization.mjs';
import { AwsError } from './errors.mjs';
import { arn_of, cluster_of, context, invalid, resource_arn, tags_of, tail_of, told_tags } from './names.mjs';

/** @typedef {import('./types.d.ts').Parameters} Parameters */
/** @typedef {import('./types.d.ts').Principal} Principal */
/** @typedef {import('./types.d.ts').World} World */
/** @typedef {import('./task.mjs').Task} Task */

const max_overrides_characters = 8192;
const max_tasks_a_call = 100;
const max_count = 10;
const minute_ms = 60_000;
const default_protection_minutes = 120;

/** @param {World} world @param {string} cluster @param {unknown} name */
function task_of(world, cluster, name) {
  const arn = resource_arn(world, 'task', cluster, name);
  return { arn, task: world.scheduler.tasks.get(arn) };
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

/** A family without a revision is its newest one, and that is what the caller must be allowed. @param {World} world @param {Parameters} parameters */
function definition_name_of({ config }, { taskDefinition }) {
  const name = tail_of(taskDefinition, 'task-definition/');
  if (name.includes(':')) return name;
  const revisions = Object.keys(config.task_definitions ?? {}).filter((each) => each.split(':')[0] === name);
  const newest = Math.max(...revisions.map((each) => Number(each.split(':')[1])));
  return revisions.length === 0 ? name : `${name}:${newest}`;
}

/** @param {Parameters} parameters */
function check_run(parameters) {
  const { overrides = {}, clientToken = '', startedBy = '', count = 1 } = parameters;
  if (JSON.stringify(overrides).length > max_overrides_characters) throw invalid('Container Overrides length must be at most 8192');
  if (clientToken.length > 64) throw invalid('clientToken must be at most 64 characters');
  if (!/^[\w/-]{0,128}$/.test(startedBy)) throw invalid('startedBy is not valid');
  if (!(count >= 1 && count <= max_count)) throw invalid('count must be 1 to 10');
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters @param {string} cluster @param {string} name */
function authorize_run(world, session, parameters, cluster, name) {
  const definition = world.scheduler.definition(name);
  authorize(session, 'ecs:RunTask', arn_of(world, `task-definition/${name}`), {
    ...context(world, cluster, definition?.tags),
    ...keys_of_tags('aws:RequestTag', tags_of(parameters.tags)),
    'ecs:enable-execute-command': String(parameters.enableExecuteCommand ?? false),
  });
  if (definition === undefined) throw new AwsError(400, 'ClientException', 'TaskDefinition not found.');
  authorize_passing(world, session, definition);
  if (parameters.tags === undefined) return definition;
  authorize(session, 'ecs:TagResource', arn_of(world, `task/${cluster}/*`), {
    ...keys_of_tags('aws:RequestTag', tags_of(parameters.tags)),
    'ecs:CreateAction': 'RunTask',
  });
  return definition;
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function run_task(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const name = definition_name_of(world, parameters);
  const definition = authorize_run(world, session, parameters, cluster, name);
  check_run(parameters);
  const told = (/** @type {Task[]} */ tasks) => ({ tasks: tasks.map((task) => task.describe()), failures: [] });
  const earlier = parameters.clientToken ? world.scheduler.tokens.find(cluster, parameters) : undefined;
  if (earlier !== undefined) return told(earlier);
  const { count = 1 } = parameters;
  if (!world.quotas.take('launches', count)) world.quotas.refuse('RunTask');
  const failures = world.faults.take_run_failures();
  const refusal = world.scheduler.placement.refusal(definition);
  // As it was seen with Fargate: a failure that names nothing, not a refusal of the call.
  if (refusal !== '') failures.push({ reason: refusal });
  if (failures.length > 0) return { tasks: [], failures };
  const tasks = Array.from({ length: count }, () => world.scheduler.launch(cluster, name, launch_options(parameters, definition, name)));
  if (parameters.clientToken) world.scheduler.tokens.remember(cluster, parameters, tasks);
  return told(tasks);
}

/** @param {Parameters} parameters @param {import('./types.d.ts').Definition} definition @param {string} name */
function launch_options({ startedBy, overrides, tags, propagateTags }, definition, name) {
  const propagated = propagateTags === 'TASK_DEFINITION' ? definition.tags : {};
  return { startedBy, overrides, tags: { ...propagated, ...tags_of(tags) }, group: `family:${name.split(':')[0]}` };
}

/** One ARN that is denied denies the whole call. @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function describe_tasks(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const names = parameters.tasks ?? [];
  if (names.length === 0) throw invalid('Tasks cannot be empty.');
  if (names.length > max_tasks_a_call) throw invalid('tasks must name 1 to 100 tasks');
  const found = names.map((name) => task_of(world, cluster, name));
  for (const { arn, task } of found) authorize(session, 'ecs:DescribeTasks', arn, context(world, cluster, task?.tags));
  const time = world.lateness.next_read();
  const told = found.map(({ arn, task }) => ({ arn, task, described: task?.describe(time) }));
  const with_tags = parameters.include?.includes('TAGS');
  return {
    tasks: told.flatMap(({ task, described }) =>
      described === undefined ? [] : [{ ...described, ...(with_tags && { tags: told_tags(task?.tags ?? {}) }) }],
    ),
    failures: told.filter(({ described }) => described === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
}

/** One page of a list, and the token of the next one where there is one. @param {string[]} arns @param {Parameters} parameters @param {number} size */
function page_of(arns, { nextToken }, size) {
  const from = nextToken === undefined ? 0 : Number(Buffer.from(String(nextToken), 'base64url').toString());
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('nextToken is not valid');
  const to = from + size;
  const more = to < arns.length && { nextToken: Buffer.from(String(to)).toString('base64url') };
  return { taskArns: arns.slice(from, to), ...more };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function list_tasks(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  authorize(session, 'ecs:ListTasks', '*', { 'ecs:cluster': arn_of(world, `cluster/${cluster}`) });
  const { serviceName, startedBy, family, desiredStatus = 'RUNNING' } = parameters;
  const service = serviceName === undefined ? undefined : world.scheduler.find_service(cluster, tail_of(serviceName));
  if (serviceName !== undefined && service === undefined) throw new AwsError(400, 'ServiceNotFoundException', 'Service not found.');
  const time = world.lateness.next_read();
  const of = service === undefined ? world.scheduler.tasks.values() : service.tasks;
  const asked = [...of].filter(
    (task) =>
      task.cluster === cluster &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (family === undefined || task.definition_name.split(':')[0] === family) &&
      task.describe(time)?.desiredStatus === desiredStatus,
  );
  const arns = asked.map((task) => task.arn);
  return page_of(arns, parameters, world.faults.current.page_size || parameters.maxResults || 100);
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function stop_task(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const { arn, task } = task_of(world, cluster, parameters.task);
  authorize(session, 'ecs:StopTask', arn, context(world, cluster, task?.tags));
  if (task === undefined) throw invalid('The referenced task was not found.');
  void task.stop('UserInitiated', parameters.reason ?? 'Task stopped by user');
  return { task: task.describe() };
}

/** Scale-in and deployments spare a protected task; it is called by the task itself. @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function update_task_protection(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const found = (parameters.tasks ?? []).map((name) => task_of(world, cluster, name));
  for (const { arn, task } of found) authorize(session, 'ecs:UpdateTaskProtection', arn, context(world, cluster, task?.tags));
  const { protectionEnabled = false, expiresInMinutes = default_protection_minutes } = parameters;
  const protected_tasks = found.flatMap(({ arn, task }) => {
    if (task?.service === undefined) return [];
    world.scheduler.protect(task, protectionEnabled ? expiresInMinutes * minute_ms : 0);
    const expires = protectionEnabled && { expirationDate: task.protected_until / 1000 };
    return [{ taskArn: arn, protectionEnabled, ...expires }];
  });
  const failures = found.filter(({ task }) => task?.service === undefined).map(({ arn }) => ({ arn, reason: 'TASK_NOT_VALID' }));
  return { protectedTasks: protected_tasks, failures };
}
