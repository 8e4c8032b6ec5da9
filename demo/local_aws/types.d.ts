// The shapes that the parts of local-aws share.
import type { ChildProcess } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import type { Lateness } from './facts.mjs';
import type { Current, Faults } from './faults.mjs';
import type { Quotas } from './quotas.mjs';
import type { Scheduler } from './scheduler.mjs';
import type { Service } from './service.mjs';
import type { SessionStore } from './sts.mjs';
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
  /** Of its task, with ECS's condition START: it stops before them. */
  depends_on?: string[];
  health?: { command: string[]; interval_ms?: number; retries?: number };
};
/** See light.mjs. */
export type Light = {
  port?: number;
  admin_port?: number;
  app_ms?: number;
  health_ms?: number;
  health?: boolean;
  healthy?: boolean;
  balancer_ms?: number;
  exit_ms?: number;
  exit_code?: number;
};
export type Definition = {
  provision_ms?: number;
  pull_ms?: number;
  stop_ms?: number;
  /** Units, 1024 a vCPU; default 256. */
  cpu?: number;
  network?: 'awsvpc' | 'awsvpc-ipv6' | 'bridge' | 'host';
  execution_role?: string;
  task_role?: string;
  tags?: Record<string, string>;
  /** These, or `light`. */
  containers?: Container[];
  light?: Light;
};
export type ServiceConfig = {
  task_definition: string;
  desired?: number;
  scheduling?: 'REPLICA' | 'DAEMON';
  /** Machines of the cluster: a DAEMON runs one task on each. */
  instances?: number;
  tags?: Record<string, string>;
  propagate_tags?: 'SERVICE' | 'TASK_DEFINITION';
};
/** See config.mjs. */
export type Config = {
  account: string;
  region: string;
  oidc_providers?: { issuer: string; client_ids: string[] }[];
  roles?: Record<string, Role>;
  clusters?: Record<string, { services?: Record<string, ServiceConfig> }>;
  task_definitions?: Record<string, Definition>;
  settings?: Partial<Current>;
};

export type World = {
  config: Config;
  trail: Trail;
  faults: Faults;
  quotas: Quotas;
  scheduler: Scheduler;
  sessions: SessionStore;
  lateness: Lateness;
};

/** A container as it is now. */
export type ContainerState = {
  container: Container;
  lastStatus: string;
  healthStatus: string;
  output: string;
  exitCode?: number;
  reason?: string;
  process?: ChildProcess;
};
/** What a task is made of: processes, or listeners of this process. */
export type Body = {
  containers: ContainerState[];
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly has_check: boolean;
  readonly interval_ms: number;
  health(): Promise<string>;
};

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

export type Overrides = { containerOverrides?: { name: string; environment?: { name: string; value: string }[] }[] };
/** What a task is started with, besides its definition. */
export type LaunchOptions = {
  group?: string;
  startedBy?: string;
  overrides?: Overrides;
  service?: Service;
  deployment?: string;
  tags?: Record<string, string>;
};
export type Failure = { arn?: string; reason: string };
/** Of every action of ECS together, as its model has them. */
export type Parameters = {
  cluster?: string;
  taskDefinition?: string;
  overrides?: Overrides;
  clientToken?: string;
  startedBy?: string;
  count?: number;
  tags?: { key: string; value: string }[];
  propagateTags?: string;
  include?: string[];
  enableExecuteCommand?: boolean;
  forceNewDeployment?: boolean;
  protectionEnabled?: boolean;
  expiresInMinutes?: number;
  family?: string;
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
/** AWS's request headers come once each. */
export type Request = IncomingMessage & { headers: Record<string, string | undefined> };
export type Answer = { status: number; type: string; body: string; cut?: boolean; fields?: Record<string, string> };
