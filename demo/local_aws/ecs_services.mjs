// The actions of ECS on services.
import { authorize } from './authorization.mjs';
import { AwsError } from './errors.mjs';
import { arn_of, cluster_of, context, invalid, resource_arn, tail_of, told_tags } from './names.mjs';

/** @typedef {import('./types.d.ts').Parameters} Parameters */
/** @typedef {import('./types.d.ts').Principal} Principal */
/** @typedef {import('./service.mjs').Service} Service */
/** @typedef {import('./types.d.ts').World} World */

const max_services_a_call = 10;
const pending = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** @param {World} world @param {string} cluster @param {unknown} name */
function service_of(world, cluster, name) {
  const arn = resource_arn(world, 'service', cluster, name);
  return { arn, service: world.scheduler.find_service(cluster, tail_of(arn)) };
}

/** @param {(NonNullable<ReturnType<import('./task.mjs').Task['describe']>>)[]} tasks */
const counts_of = (tasks) => ({
  runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
  pendingCount: tasks.filter(({ lastStatus }) => pending.has(lastStatus)).length,
});

/** The service as it is, or as it was then. @param {World} world @param {Service} service @param {number} [time] */
function describe_service(world, service, time) {
  const fact = service.timeline.at(time);
  if (fact === undefined) return undefined;
  const tasks = [...service.tasks].flatMap((task) => task.describe(time) ?? []);
  const definition_arn = (/** @type {string} */ name) => arn_of(world, `task-definition/${name}`);
  return {
    serviceArn: arn_of(world, `service/${service.cluster}/${service.name}`),
    serviceName: service.name,
    clusterArn: arn_of(world, `cluster/${service.cluster}`),
    status: 'ACTIVE',
    schedulingStrategy: service.scheduling,
    desiredCount: fact.desired,
    ...counts_of(tasks),
    taskDefinition: definition_arn(fact.definition_name),
    deployments: fact.deployments.map((each, at) => ({
      id: each.id,
      status: at === 0 ? 'PRIMARY' : 'ACTIVE',
      taskDefinition: definition_arn(each.definition_name),
      desiredCount: fact.desired,
      ...counts_of(tasks.filter(({ startedBy }) => startedBy === each.id)),
      failedTasks: each.failed,
      createdAt: each.created_at / 1000,
      rolloutState: each.complete ? 'COMPLETED' : 'IN_PROGRESS',
    })),
    events: fact.events,
  };
}

/** @param {World} world @param {string} cluster @param {Service | undefined} service @param {Parameters} parameters */
function context_of_update(world, cluster, service, { taskDefinition, enableExecuteCommand }) {
  return {
    ...context(world, cluster, service?.tags),
    ...(taskDefinition !== undefined && { 'ecs:task-definition': arn_of(world, `task-definition/${tail_of(taskDefinition)}`) }),
    ...(enableExecuteCommand !== undefined && { 'ecs:enable-execute-command': String(enableExecuteCommand) }),
  };
}

/** @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function update_service(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const { arn, service } = service_of(world, cluster, parameters.service);
  authorize(session, 'ecs:UpdateService', arn, context_of_update(world, cluster, service, parameters));
  if (service === undefined) throw new AwsError(400, 'ServiceNotFoundException', 'Service not found.');
  const { desiredCount, taskDefinition, forceNewDeployment } = parameters;
  const definition_name = taskDefinition === undefined ? undefined : tail_of(taskDefinition);
  if (definition_name !== undefined && world.scheduler.definition(definition_name) === undefined)
    throw new AwsError(400, 'ClientException', 'TaskDefinition not found.');
  if (desiredCount !== undefined && service.scheduling === 'DAEMON')
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.',
    );
  world.scheduler.update(service, { desired: desiredCount, definition_name, force: forceNewDeployment });
  return { service: describe_service(world, service) };
}

/** One ARN that is denied denies the whole call. @param {World} world @param {Principal} session @param {Parameters} parameters */
export async function describe_services(world, session, parameters) {
  const cluster = cluster_of(world, parameters);
  const names = parameters.services ?? [];
  if (names.length === 0) throw invalid('Services cannot be empty.');
  if (names.length > max_services_a_call) throw invalid('services must name 1 to 10 services');
  const found = names.map((name) => service_of(world, cluster, name));
  for (const { arn, service } of found) authorize(session, 'ecs:DescribeServices', arn, context(world, cluster, service?.tags));
  const time = world.lateness.next_read();
  const told = found.map(({ arn, service }) => ({ arn, service, described: service && describe_service(world, service, time) }));
  const with_tags = parameters.include?.includes('TAGS');
  return {
    services: told.flatMap(({ service, described }) =>
      described === undefined ? [] : [{ ...described, ...(with_tags && { tags: told_tags(service?.tags ?? {}) }) }],
    ),
    failures: told.filter(({ described }) => described === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
}
