// Names and ARNs in calls of ECS, and what a call is about in the terms of IAM's conditions.
import { keys_of_tags } from './authorization.mjs';
import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Parameters} Parameters */
/** @typedef {import('./types.d.ts').World} World */

/** @param {string} message */
export const invalid = (message) => new AwsError(400, 'InvalidParameterException', message);

/** The last part of a name that may be an ARN. @param {unknown} name @param {string} [mark] */
export const tail_of = (name, mark = '/') =>
  String(name ?? '')
    .split(mark)
    .pop() ?? '';

/** @param {World} world @param {string} rest */
export function arn_of({ config }, rest) {
  return `arn:aws:ecs:${config.region}:${config.account}:${rest}`;
}

/** The cluster of a call: each call is for one. @param {World} world @param {Parameters} parameters */
export function cluster_of(world, parameters) {
  const cluster = tail_of(parameters.cluster ?? 'default');
  if (!world.scheduler.cluster_exists(cluster)) throw new AwsError(400, 'ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

/** The ARN of a service or task, which may have been named by it: that of another cluster is an error.
 * @param {World} world @param {'service' | 'task'} kind @param {string} cluster @param {unknown} name */
export function resource_arn(world, kind, cluster, name) {
  const text = String(name ?? '');
  if (!text.startsWith('arn:')) return arn_of(world, `${kind}/${cluster}/${text}`);
  const [, of] = text.split('/');
  if (text.split('/').length === 3 && of !== cluster)
    throw invalid(`Invalid identifier: Identifier is for cluster ${of}. Your cluster is ${cluster}`);
  return text;
}

/** Tags of a call as a record. @param {{key: string, value: string}[]} [tags] */
export const tags_of = (tags = []) => Object.fromEntries(tags.map(({ key, value }) => [key, value]));

/** Tags as answers have them. @param {Record<string, string>} tags */
export const told_tags = (tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** What a call on a resource of a cluster is about. @param {World} world @param {string} cluster @param {Record<string, string>} [tags] of the resource */
export function context(world, cluster, tags = {}) {
  return { 'ecs:cluster': arn_of(world, `cluster/${cluster}`), ...keys_of_tags('aws:ResourceTag', tags) };
}
