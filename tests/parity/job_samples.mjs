// Questions about runs of jobs: each event of a run, at each stage of its life; looks, plans, lists and responses.

const NOW = 1_767_225_600_000;
const TASK = 'arn:aws:ecs:us-east-1:123456789012:task/batch/0123456789abcdef0123456789abcdef';
const caller = { key: 'k', issuer: 'okta', subject: 'alice', email: 'alice@acme.example', kind: 'user', route: 'export' };
const place = {
  ...{ name: 'export', region: 'us-east-1', cluster: 'batch', task_definition: 'export:12', container: 'export', role: 'role' },
  ...{ subnets: ['subnet-0abc'], security_groups: [], passed_roles: [], assign_public_ip: false, timeout_ms: 900_000 },
};
const order = {
  ...{ do: 'run', job: 'export', caller, request_id: 'r-1', client_token: 't', input_digest: 'd', environment: [['MONTH', '2026-01']] },
  ...{ wait_ms: 30_000, id: 'export~AAAAAAAAAAAAAAAAAAAAAA', may_inspect: false },
};
const error = { kind: 0, code: 'ThrottlingException', message: 'm', request_id: 'r', http_status: 400 };
const task = {
  ...{ arn: TASK, status: 6, started_at: NOW - 500, stopped_at: NOW - 1, stop_code: 'EssentialContainerExited', stopped_why: 'exit' },
  containers: [{ name: 'export', exit_code: 3, why: '' }],
};
/** As shared/jobs/json.cpp writes it. */
const run = {
  ...{ version: 1, id: 'AAAAAAAAAAAAAAAAAAAAAA', job: 'export', caller, request_id: 'r-1', client_token: 't', input_digest: 'd' },
  ...{ environment: null, place, state: 'pending', reason: '', exit_code: null, created: NOW - 9_000, started: 0, ended: 0 },
  ...{ changed: NOW - 9_000, task_arn: '', deadline: 0, told: true, stop: null, missing: 0 },
  start: { at: NOW - 1, tries: 1, quick_tries: 1, sending: false, unclear: false },
};
const asking = { ...run, told: false, start: { ...run.start, at: NOW + 1, sending: true } };
const watched = { ...run, state: 'running', started: NOW - 500, task_arn: TASK, deadline: NOW };
const stopping = { ...watched, stop: { why: 'caller', caller, at: NOW, tries: 0, sending: false, sent: false } };
const over = { ...watched, state: 'failed', reason: 'exit_code', exit_code: 3, ended: NOW - 1 };

const step = (/** @type {object} */ event, /** @type {object | undefined} */ state = undefined) => ({
  op: 'job_step',
  in: { state: state === undefined ? '' : JSON.stringify(state), event, now: NOW, jitter: 500 },
});
const states = [watched, stopping].map((each) => JSON.stringify(each));
const answered = (/** @type {string} */ action, /** @type {object} */ answer, sent = true) => ({ kind: 'answered', action, sent, answer });
const shown = { run: { id: 'export~A', state: 'running' }, over: false, retry_after_s: 3 };

export const JOB_OPERATIONS = [
  step({ kind: 'run', order, place, id: 'BBBBBBBBBBBBBBBBBBBBBB' }),
  step({ kind: 'run', order, place, id: 'BBBBBBBBBBBBBBBBBBBBBB' }, watched),
  ...[asking, watched, stopping, over].flatMap((each) =>
    [
      { kind: 'get', order },
      { kind: 'stop', order },
      { kind: 'alarm' },
      { kind: 'restarted' },
      { kind: 'waited', order, for: 'start' },
    ].map((event) => step(event, each)),
  ),
  step(answered('RunTask', { tasks: [{ arn: TASK, status: 1 }], failures: [] }), asking),
  step(answered('RunTask', { tasks: [], failures: [{ arn: TASK, why: 'RESOURCE:MEMORY', detail: '' }] }), asking),
  step(answered('RunTask', { refused: error }), asking),
  step(answered('RunTask', { refused: { ...error, kind: 1 } }, false), asking),
  step(answered('StopTask', { tasks: [], failures: [] }), stopping),
  step(answered('StopTask', { refused: { ...error, kind: 2 } }), stopping),
  step({ kind: 'waited', order, for: 'start', refused: { reason: 'aws_capacity', detail: 'd' } }),
  {
    op: 'job_plan',
    in: { pace: '', event: 'changed', runs: { groups: [[3, NOW - 4_000]], first_due: NOW + 5, due: 0, first_ended: 0 }, now: NOW },
  },
  {
    op: 'job_plan',
    in: { pace: JSON.stringify({ look_at: NOW }), event: 'rang', runs: { groups: [[300, NOW]], first_due: NOW, due: 20 }, now: NOW },
  },
  {
    op: 'job_batches',
    in: {
      watched: [
        ['a', 'g'],
        ['b', 'h'],
        ['c', 'g'],
      ],
    },
  },
  { op: 'job_look', in: { states } },
  { op: 'job_looked', in: { states, answer: { tasks: [task], failures: [] }, now: NOW } },
  { op: 'job_looked', in: { states, answer: { tasks: [], failures: [{ arn: TASK, why: 'MISSING' }] }, now: NOW } },
  { op: 'job_looked', in: { states, answer: { refused: error }, now: NOW } },
  { op: 'job_list', in: { states, caller_key: 'k' } },
  { op: 'job_response', in: { order, shown } },
  { op: 'job_response', in: { order, shown: { ...shown, over: true } } },
  { op: 'job_response', in: { order, refused: { reason: 'aws_capacity', detail: 'd' } } },
  { op: 'job_response', in: { order, runs: [shown.run], jobs_unavailable: ['b'] } },
];
