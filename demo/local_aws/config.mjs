// The configuration: an account, who may assume which role, and what runs in which cluster.
//
// {
//   "account": "123456789012", "region": "us-east-1",
//   "oidc_providers": [{ "issuer": "http://127.0.0.1:8701", "client_ids": ["sts.amazonaws.com"] }],
//   "roles": { "gate": {
//     "trust": { "issuer": "http://127.0.0.1:8701", "aud": "sts.amazonaws.com", "sub": ["sallyport:*"] },
//     "policy": [{ "Effect": "Allow", "Action": ["ecs:*"], "Resource": "*" }] } },
//     // or both as IAM takes them: "trust_policy": {"Version": …, "Statement": […]}, "policy": {"Version": …, "Statement": […]}
//   "clusters": { "prod": { "services": { "billing": { "task_definition": "billing:1", "desired": 0 } } } },
//   "task_definitions": { "billing:1": {
//     "provision_ms": 50, "pull_ms": 100, "execution_role": "tasks", "task_role": "billing",
//     "containers": [{ "name": "app", "essential": true, "command": ["app", "--listen", "{address}:8080"],
//                      "environment": { "A": "b" }, "health": { "command": ["…"], "interval_ms": 200, "retries": 3 } }] } },
//   "settings": { "quotas": "aws", "facts_late_ms": 3000 }     see settings.mjs and faults.mjs
// }
//
// Services, task definitions may have "tags" (a record), services "propagate_tags", "scheduling": "DAEMON" with "instances"; a
// task definition "cpu" (units), "network": "awsvpc" (default), "awsvpc-ipv6", "bridge" or "host", and "light" in place of
// containers (light.mjs); a container "depends_on" (names of others, with ECS's condition START: it stops before them).
// `{address}` and `{task}` stand for the task's loopback address and id in commands and environment. AWS wants issuers
// on https; here http on loopback is taken as well.
import { readFileSync } from 'node:fs';

import { unknown_key } from './condition.mjs';

/** @typedef {import('./types.d.ts').Config} Config */
/** @typedef {import('./types.d.ts').Role} Role */

const account_form = /^[0-9]{12}$/;

/** @param {string} file */
export function load_config(file) {
  let config;
  try {
    config = JSON.parse(readFileSync(file, 'utf8'));
  } catch (problem) {
    throw new Error(`local-aws: ${file}: ${message_of(problem)}`);
  }
  return check_config(config);
}

/** @param {unknown} problem */
export const message_of = (problem) => (problem instanceof Error ? problem.message : String(problem));

/** The statements of a policy document, or of a list that is only them. @param {Role['policy']} policy */
export const statements_of = (policy) => (Array.isArray(policy) ? policy : policy?.Statement);

/** Refuses what cannot work, naming the member. @param {Config} config as read: it may be anything @returns {Config} */
export function check_config(config) {
  const need = (/** @type {unknown} */ condition, /** @type {string} */ message) => {
    if (!condition) throw new Error(`local-aws: configuration: ${message}`);
  };
  need(account_form.test(config.account ?? ''), 'account must be 12 digits');
  need(typeof config.region === 'string', 'region is missing');
  for (const provider of config.oidc_providers ?? []) {
    need(/^https?:\/\//.test(provider.issuer ?? ''), 'oidc_providers[].issuer must be a URL');
    need(Array.isArray(provider.client_ids), `oidc_providers[].client_ids is missing for ${provider.issuer}`);
  }
  for (const [name, role] of Object.entries(config.roles ?? {})) {
    const trust = role.trust_policy?.Statement ?? role.trust?.sub ?? [];
    need(trust.length > 0, `roles.${name} needs trust.sub with at least one subject, or trust_policy`);
    need(Array.isArray(statements_of(role.policy)), `roles.${name}.policy must be a list of statements, or a policy document`);
    const unknown = unknown_key(statements_of(role.policy));
    need(unknown === undefined, `roles.${name}.policy: no condition key of these calls is called ${unknown}`);
  }
  for (const [cluster, { services }] of Object.entries(config.clusters ?? {})) {
    for (const [name, service] of Object.entries(services ?? {})) {
      const known = config.task_definitions?.[service.task_definition] !== undefined;
      need(known, `clusters.${cluster}.services.${name}.task_definition names no task definition`);
    }
  }
  for (const [name, definition] of Object.entries(config.task_definitions ?? {})) {
    need(definition.light ?? definition.containers?.length, `task_definitions.${name}.containers is empty`);
    // Only those above it, so that nothing waits in a circle; they are started in this order.
    const above = new Set();
    for (const container of definition.containers ?? []) {
      const missing = container.depends_on?.find((each) => !above.has(each));
      need(missing === undefined, `task_definitions.${name}: container ${container.name} depends on ${missing}, which is not above it`);
      above.add(container.name);
      need(container.command?.length, `task_definitions.${name}: container ${container.name} has no command`);
    }
  }
  return config;
}
