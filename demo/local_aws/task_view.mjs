// A task in the shape of DescribeTasks.
import { attachments_of, container_network } from './network.mjs';

/** awsJson1.1 writes a time as seconds with a fraction. @param {number | undefined} time */
const seconds = (time) => (time === undefined ? undefined : time / 1000);

/** @param {import('./task.mjs').Task} task */
export function described(task) {
  const [, , , region, account] = task.arn.split(':');
  const { cpu = 256 } = task.definition;
  return {
    taskArn: task.arn,
    clusterArn: task.cluster_arn,
    taskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/${task.definition_name}`,
    version: task.version,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: task.healthStatus,
    group: task.group,
    startedBy: task.startedBy,
    cpu: String(cpu),
    stopCode: task.stop_code,
    stoppedReason: task.stopped_reason,
    createdAt: seconds(task.createdAt),
    pullStartedAt: seconds(task.pull_started_at),
    pullStoppedAt: seconds(task.pull_stopped_at),
    startedAt: seconds(task.started_at),
    stoppingAt: seconds(task.stopping_at),
    stoppedAt: seconds(task.stopped_at),
    attachments: attachments_of(task),
    containers: task.containers.map(({ container, lastStatus, exitCode, reason, healthStatus }) => ({
      name: container.name,
      lastStatus,
      exitCode,
      reason,
      healthStatus,
      ...container_network(task),
    })),
  };
}
