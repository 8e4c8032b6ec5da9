// The shapes that the parts of local-aws share.
import type { IncomingMessage } from 'node:http';
import type { Faults } from './faults.mjs';
import type { Scheduler } from './scheduler.mjs';
import type { SessionStore } from './sts.mjs';
import type { Task } from './task.mjs';
import type { Trail } from './trail.mjs';

/** One value or a list of them, as IAM writes both. */
export type OneOrMore<T> = T | T[];
export type Conditions = Record<string, Record<string, OneOrMore<string | boolean>>>;
export type Statement = {
  Effect: string;
  Action: OneOrMore<string>;
  Resource?: OneOrMore<string>;
  Principal?: { Federated?: OneOrMore<string> };
  Condition?: Conditions;
};
export type PolicyDocument = { Version?: string; Statement: Statement[] };
/** What conditions are about, by its key; a key that has no value holds for no condition. */
export type Context = Record<string, unknown>;

export type Role = {
  trust?: { issuer: string; aud?: string; sub: string[] };
  trust_policy?: PolicyDocument;
  policy: Statement[] | PolicyDocument;
};
export type Container = {
  name: string;
  essential?: boolean;
  command: string[];
  environment?: Record<string, string>;
  health?: { command: string[]; interval_ms?: number; retries?: number };
};
export type Definition = {
  provision_ms?: number;
  pull_ms?: number;
  execution_role?: string;
  task_role?: string;
  containers: Container[];
};
/** See config.mjs. */
export type Config = {
  account: string;
  region: string;
  oidc_providers?: { issuer: string; client_ids: string[] }[];
  roles?: Record<string, Role>;
  clusters?: Record<string, { services?: Record<string, { task_definition: string; desired?: number }> }>;
  task_definitions?: Record<string, Definition>;
};

export type World = { config: Config; trail: Trail; faults: Faults; scheduler: Scheduler; sessions: SessionStore };

/** Somebody who assumed a role. */
export type Principal = {
  arn: string;
  rolePolicy: Statement[];
  sessionPolicy?: Statement[];
  subject: string;
  sourceIdentity?: string;
  tags: Record<string, string>;
};
export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken: string; expires: number };
export type Session = Principal & { keys: Keys };

export type Service = {
  cluster: string;
  name: string;
  definition_name: string;
  desired: number;
  failures: number;
  events: { message: string; createdAt: number }[];
};
export type Overrides = { containerOverrides?: { name: string; environment?: { name: string; value: string }[] }[] };
/** What a task is started with, besides its definition. */
export type LaunchOptions = { group?: string; startedBy?: string; overrides?: Overrides; service?: Service };
export type Failure = { arn?: string; reason: string };
/** Of every action of ECS together, as its model has them. */
export type Parameters = {
  cluster?: string;
  taskDefinition?: string;
  overrides?: Overrides;
  clientToken?: string;
  startedBy?: string;
  tasks?: string[];
  task?: string;
  reason?: string;
  serviceName?: string;
  service?: string;
  services?: string[];
  desiredStatus?: string;
  desiredCount?: number;
  maxResults?: number;
  nextToken?: string;
};
export type Remembered = { parameters: Parameters; task: Task };

/** AWS's request headers come once each. */
export type Request = IncomingMessage & { headers: Record<string, string | undefined> };
export type Answer = { status: number; type: string; body: string; cut?: boolean; fields?: Record<string, string> };
