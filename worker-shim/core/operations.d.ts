// What goes into each operation of the core and what comes out (shared/operations/operation.def says what it means):
// core.operate is checked by this map. tests/worker-shim/operations.test.mjs holds its names to the table.
import type { AwsErrorKind, Reason, WakeAnswer, WakeCall, WakePhase } from './names.js';
import type { CachePlan, Caller, Fields, JobOrder } from './wire.js';

/** The core cannot do it. `detail` is for operators. */
export interface Failure {
  error: Reason;
  detail: string;
  refused?: undefined;
}

/** An operation whose input can be at fault for it. */
export type Possible<T> = (T & { error?: undefined }) | Failure;

/** What AWS answered: what was asked for, or its refusal. */
export type Answered<T> = (T & { refused?: undefined; error?: undefined }) | { refused: AwsRefusal; error?: undefined };

// AWS

/** Code, message and request id are for operators, never for callers. */
export interface AwsRefusal {
  kind_name: AwsErrorKind;
  code: string;
  message: string;
  request_id: string;
  http_status: number;
  retryable: boolean;
  reason: Reason;
}

/** A request to AWS, to be sent by POST as it is. */
export interface AwsCall {
  host: string;
  path: string;
  fields: Fields;
  body: string;
}

export interface AwsReply {
  status: number;
  fields: Fields;
  body: string;
}

export interface AwsKeys {
  access_key_id: string;
  secret_access_key: string;
  session_token: string;
}

/** `expires` in Unix seconds. */
export interface Session {
  credentials: AwsKeys;
  expires: number;
  session: string;
}

/** What a session may do, and nothing else. */
export type Purpose =
  | { service: string; cluster: string }
  | { task_definition: string; cluster: string; passed_roles?: string[] }
  | { stop: string; cluster: string }
  | { watch: 'tasks'; cluster: string }
  | { looks: 'cluster'; cluster: string }
  | { invoke: string; host: string; resource: string };

/** `target`: the service or job, which trust policies know as `sallyport:<target>`. */
export interface Who {
  region: string;
  role: string;
  target: string;
  purpose: Purpose;
  caller: Caller;
}

export interface TaskContainer {
  name: string;
  exit_code?: number;
  why: string;
}

export interface Task {
  arn: string;
  version: number;
  status: number;
  health: number;
  wanted: boolean;
  created_at: number;
  started_at: number;
  stopped_at: number;
  private_ipv4: string;
  started_by: string;
  group: string;
  stop_code: string;
  stopped_why: string;
  pull_started: boolean;
  pull_finished: boolean;
  containers: TaskContainer[];
}

export interface Tasks {
  tasks: Task[];
  failures: { arn: string; why: string; detail: string; kind_name: AwsErrorKind; reason: Reason }[];
}

export interface TaskList {
  task_arns: string[];
  next_token: string;
}

export interface EcsServiceSeen {
  status: string;
  desired: number;
  running: number;
  pending: number;
  newest_event: string;
  newest_event_at: number;
}

/** The actions of `call` and `read`: their own arguments, and what is read of the answer. */
export interface EcsActions {
  RunTask: {
    in: {
      task_definition: string;
      container: string;
      environment: Fields;
      client_token: string;
      started_by: string;
      subnets: string[];
      security_groups: string[];
      assign_public_ip: boolean;
    };
    out: Tasks;
  };
  DescribeTasks: { in: { tasks: string[] }; out: Tasks };
  StopTask: { in: { task: string; why: string }; out: Tasks };
  ListTasks: { in: { service: string; next_token: string }; out: TaskList };
  ListStoppedTasks: { in: { service: string; next_token?: string }; out: TaskList };
  DescribeServices: { in: { service: string }; out: EcsServiceSeen };
  DescribeSomeServices: { in: { services: string[] }; out: { services: (EcsServiceSeen & { name: string })[] } };
  UpdateService: { in: { service: string; desired: number }; out: EcsServiceSeen };
}

export type EcsAction = keyof EcsActions;

/** One call of ECS in somebody's name. */
export type EcsCall = <Action extends EcsAction>(
  action: Action,
  parameters: EcsActions[Action]['in'],
) => Promise<Answered<EcsActions[Action]['out']>>;

// Waking

export interface TaskEndpoint {
  task_arn: string;
  address: string;
  port: number;
}

/** What may be read of the state. `call_until`: until when a call is waited for; 0: none is under way. */
export interface WakeView {
  phase: WakePhase;
  alarm: number;
  probe_at: number;
  call_until: number;
  reason?: Reason;
  detail?: string;
}

/** `queued`: it waits in line for a call of AWS. `position` (how many are before it), `eta_ms`: once they are known. */
export interface Starting {
  answer: 'starting';
  phase: WakePhase;
  progress: string;
  since_ms: number;
  retry_after_s: number;
  queued?: true;
  position?: number;
  eta_ms?: number;
}

/** `detail`: for operators. */
export interface StartFailed {
  answer: 'failed';
  reason: Reason;
  retry_after_s: number;
  detail: string;
}

export interface OverBudget {
  answer: 'refused';
  reason: Reason;
  retry_after_s: number;
}

/** What those who ask for a service are told. */
export type WakeTold = { answer: 'ready'; endpoints: TaskEndpoint[] } | Starting | StartFailed | OverBudget;

/** What those are told who wake nothing. */
export type WakeSeen = Exclude<WakeTold, OverBudget> | { answer: 'asleep' };

export type WakeEvent =
  | { kind: 'request'; caller: string }
  | { kind: 'looked'; service?: EcsServiceSeen; tasks: Task[] }
  | { kind: 'updated' }
  | { kind: 'refused'; error: AwsRefusal }
  | { kind: 'alarm' }
  | { kind: 'restarted' }
  | { kind: 'endpoint_lost'; task_arn: string }
  | { kind: 'probe_due' }
  | ({ kind: 'probed'; number: number } & (
      | { id: string; response: { status: number; content_type: string; from_agent: boolean; body: string } }
      | { failed: string; broken?: boolean; unsendable?: boolean }
    ))
  | { kind: 'reset' }
  | RegionWord;

/** What the Region says, or does not. `attempt`: that of the `admit` that it answers; without one, something else was asked. */
export type RegionWord =
  | { kind: 'go'; attempt: string; grant: string; in_ms: number; valid_ms: number }
  | { kind: 'queued'; attempt: string; position: number; eta_ms: number; ask_ms: number }
  | { kind: 'full'; attempt: string; ask_ms: number }
  | { kind: 'down'; attempt?: string }
  | { kind: 'facts'; service?: object; tasks: object[]; missing: string[]; asked_ms_ago: number; denied: boolean; of_service: boolean };

/** A probe to be sent. `address`: empty: to the origin. */
export interface ProbeOrder {
  number: number;
  address: string;
  port: number;
  patience_ms: number;
}

/** What is to be done. `tasks`: only these are looked at; `also`: beside those that ECS lists. */
export interface WakeEffects {
  answer: WakeAnswer;
  send: WakeCall;
  desired: number;
  watching: boolean;
  tasks?: string[];
  also?: string[];
  probes?: ProbeOrder[];
  notes?: { what: string; task: string; detail: string }[];
  admit?: AdmitOrder;
  reports?: { grant: string; outcome: string }[];
  watches?: { for: string; tasks: string[]; soon?: boolean }[];
}

/** What the Region is asked to admit. `class`: who goes first. */
export interface AdmitOrder {
  op: string;
  n: number;
  class: string;
  waited_ms: number;
  attempt: string;
}

// Runs of jobs

/** `detail`: for operators. */
export interface JobRefusal {
  reason: Reason;
  detail: string;
}

/** What callers see of a run. */
export type RunView = Record<string, unknown>;

export interface JobShown {
  run: RunView;
  over: boolean;
  retry_after_s: number;
}

export interface JobCall {
  action: EcsAction;
  parameters: EcsActions[EcsAction]['in'];
  who: Who;
  retries: number;
}

/** By which a run is found. `ended`: 0 while it is live; `group`: of tasks that are looked at together. */
export interface JobColumns {
  id: string;
  client_token: string;
  caller_key: string;
  created: number;
  ended: number;
  due: number;
  group: string;
  changed: number;
}

export interface JobRecord {
  type: 'job' | 'log';
}

export interface JobEffects {
  refused?: JobRefusal;
  wait?: { for: string; ms: number };
  send?: JobCall;
  releases: { for: string; refused?: JobRefusal }[];
  records: JobRecord[];
}

export interface JobStep {
  state: string;
  columns?: JobColumns;
  shown?: JobShown;
  effects: JobEffects;
}

export interface JobPlan {
  pace: string;
  alarm: number;
  look: boolean;
  take: number;
  forget_ended_by: number;
}

/** What a caller is told: a run, a list of them, or a refusal. */
export type JobTold =
  | { shown: JobShown; refused?: undefined }
  | { shown?: undefined; refused: JobRefusal }
  | { runs: RunView[]; jobs_unavailable: string[] };

interface Moment {
  now: number;
  jitter: number;
}

// The cache of the edge

export type Scope = 'identity' | 'shared';

/** One request with a plan. */
export interface CacheAsked {
  plan: CachePlan;
  method: string;
  fields: Fields;
}

export interface CachedAnswer {
  status: number;
  fields: Fields;
  body: boolean;
}

export interface LookedUp {
  do: 'serve' | 'variant' | 'send' | 'refuse';
  fwd: string;
  from?: Scope;
  answer: CachedAnswer;
  identity?: string;
  shared?: string;
  conditions?: Fields;
  drop?: string[];
  on_error?: boolean;
}

export interface Storing {
  store: boolean;
  from: Scope;
  variant: string;
  variants: string;
  text: string;
  keep: number;
  cache_status: string;
}

// What the policy says of reach: places and names, no decisions

/** Which objects say when calls of AWS may be sent, and where each is best placed. */
export interface GovernorNames {
  name: string;
  hint: string;
  stand_in: string;
  stand_in_hint: string;
}

export interface EcsService {
  governor: GovernorNames | null;
  region: string;
  cluster: string;
  service: string;
  port: number;
  ready: 'agent' | 'health';
  role: string;
  wake: { min: number; hold_ms: number; idle_stop_ms: number } | null;
}

export interface CatalogService {
  name: string;
  /** Whom it takes turns with in a queue. */
  team: string;
  origin: string;
  vpc: string;
  mtls_certificate: string;
  sigv4: { service: string; region: string; role: string; resource: string } | null;
  ecs: EcsService | null;
}

export interface CatalogJob {
  name: string;
  region: string;
  cluster: string;
  task_definition: string;
  container: string;
  role: string;
  subnets: string[];
  security_groups: string[];
  passed_roles: string[];
  assign_public_ip: boolean;
  timeout_ms: number;
}

export interface Catalog {
  /** Its digest. */
  policy: string;
  services: CatalogService[];
  jobs: CatalogJob[];
  credential_cookies: boolean;
}

/** `host`: where to send instead of the regional endpoint. `now` in milliseconds. */
interface Sent {
  now: number;
  host?: string;
}

/** What a Region says to who asks it (shared/wake/region/json.hpp). */
export interface RegionAnswer {
  go?: { grant: string; in_ms: number; valid_ms: number };
  queued?: { position: number; eta_ms: number; ask_ms: number };
  full?: { ask_ms: number };
  remove?: string;
}

/** What one who watches is told. */
export interface RegionFacts {
  place: string;
  tasks: Task[];
  missing: string[];
  asked_ms_ago: number;
  denied: boolean;
  of_service: boolean;
  service?: EcsServiceSeen;
}

/** A look, to be sent to ECS; without `who` there is nobody in whose name it could be. */
export interface RegionCall {
  id: number;
  action: 'DescribeSomeServices' | 'DescribeTasks' | 'ListTasks';
  parameters: EcsActions['DescribeSomeServices' | 'DescribeTasks' | 'ListTasks']['in'];
  who: Who | null;
}

/** A question to a Region that is under way. */
export interface WayTurn {
  to: 'region' | 'stand_in';
  failed: number;
}

export type WayStep = { way: string; error?: undefined } & (
  | { do: 'ask'; turn: WayTurn; to: WayTurn['to']; fresh: boolean; patience_ms: number }
  | { do: 'put_off'; ask_ms: number }
  | { do: 'down' }
  | { do: 'nothing' }
);

/** What a Region says to an event. */
export interface RegionStep extends RegionAnswer {
  calls: { id: number; kind: string; cluster: string; names: string[]; page: string }[];
  facts: RegionFacts[];
  alarm: number;
  keep: boolean;
}

export interface Operations {
  assume_role: { in: Who & Sent & { id: string }; out: Possible<AwsCall> };
  read_assume_role: { in: AwsReply; out: Answered<Session> | Failure };
  call: {
    in: EcsActions[EcsAction]['in'] & Sent & { action: EcsAction; region: string; cluster: string; credentials: AwsKeys };
    out: Possible<AwsCall>;
  };
  read: { in: AwsReply & { action: EcsAction }; out: Answered<EcsActions[EcsAction]['out']> | Failure };
  sign: {
    in: {
      method: string;
      host: string;
      path: string;
      query: Fields;
      fields: Fields;
      body_b64: string;
      payload: string;
      region: string;
      service: string;
      credentials: AwsKeys;
      now: number;
    };
    out: Possible<{ fields: Fields }>;
  };
  issuer_documents: { in: { issuer: string; keys: string }; out: Possible<{ base_path: string; jwks: string; discovery: string }> };
  wake: {
    in: { state: string; event: WakeEvent; settings: object; now: number; jitter: number };
    out: { state: string; keep: boolean; before: WakePhase; view: WakeView; effects: WakeEffects; told: WakeTold };
  };
  probe_request: {
    in: { service: string; now: number; entropy_b64: string };
    out: { id: string; path: string; fields: Fields; error?: undefined } | Failure;
  };
  region: {
    in: { stored?: object; began: number; settings?: object; events: ({ now: number; kind: string } & Record<string, unknown>)[] };
    out: { steps: RegionStep[]; stored: object } | Failure;
  };
  region_begin: {
    in: { name: string; rates: string; ours: [string, number][]; now: number };
    out: { handle: number; error?: undefined } | Failure;
  };
  region_step: {
    in: { handle: number; now: number; event: { kind: string } & Record<string, unknown> };
    out: Possible<
      RegionAnswer & {
        calls: RegionCall[];
        facts: RegionFacts[];
        alarm: number;
        rates?: string;
        indexed?: { place: string; since: number };
      }
    >;
  };
  region_way: {
    in: {
      way: string;
      now: number;
      event:
        | { kind: 'ask' }
        | { kind: 'answered'; turn: WayTurn; answer: RegionAnswer }
        | { kind: 'failed'; turn: WayTurn; overloaded: boolean };
    };
    out: WayStep | Failure;
  };
  wake_told: { in: { state: string; settings: object; now: number; jitter: number }; out: WakeTold };
  wake_seen: { in: { state: string; settings: object; now: number; jitter: number }; out: { told: WakeSeen; document: string } };
  job_step: {
    in: Moment & { state: string; event: { kind: string } & Record<string, unknown> };
    out: (JobStep & { error?: undefined }) | (Failure & { put_off_until?: number });
  };
  job_plan: { in: Moment & { pace: string; event: string; runs: object }; out: JobPlan };
  job_batches: { in: { watched: unknown[] }; out: { batches: string[][] } };
  job_look: { in: { states: string[] }; out: { call?: JobCall } };
  job_looked: { in: Moment & { states: string[]; answer: object }; out: { steps: JobStep[]; records: JobRecord[]; event: string } };
  job_list: { in: { states: string[]; caller_key: string }; out: { runs: RunView[] } };
  job_response: {
    in: { order: JobOrder } & JobTold;
    out: { refused: JobRefusal & { retry_after_s?: number } } | { refused?: undefined; status: number; fields: Fields; body: string };
  };
  cache_lookup: {
    in: CacheAsked & { now: number; identity?: string; shared?: string; invalidated?: string; varied?: boolean };
    out: LookedUp;
  };
  cache_stale: { in: CacheAsked & { now: number; stored: string; fwd: string; fwd_status: number }; out: { answer?: CachedAnswer } };
  cache_store: {
    in: CacheAsked & { status: number; answer_fields: Fields; requested: number; received: number; fwd: string };
    out: Storing;
  };
  cache_freshen: {
    in: CacheAsked & { now: number; stored: string; answer_fields: Fields; requested: number; received: number; fwd: string };
    out: Storing & { confirmed: boolean; answer: CachedAnswer };
  };
  cache_invalidate: { in: { now: number; status: number }; out: { text: string; keep: number } | { text?: undefined; keep?: undefined } };
  catalog: { in: object; out: Catalog };
  credential_cookies: { in: { cookies: string[] }; out: Possible<{ passes: boolean[] }> };
}
