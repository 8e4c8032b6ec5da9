// Questions to the AWS side of the core: steps of waking, answers of STS and ECS as these really send them, and calls.

const TASK = 'arn:aws:ecs:us-east-1:123456789012:task/prod/0123456789abcdef0123456789abcdef';
const NOW = 1_767_225_600_000;
const AMZ = [
  ['content-type', 'application/x-amz-json-1.1'],
  ['x-amzn-requestid', 'r-1'],
];
const CREDENTIALS = { access_key_id: 'ASIAEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', session_token: 'token' };

const task = (/** @type {object} */ more) => ({
  taskArn: TASK,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  healthStatus: 'HEALTHY',
  createdAt: 1767225500.123,
  startedBy: 'ecs-svc/1',
  attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [{ name: 'privateIPv4Address', value: '10.0.1.5' }] }],
  containers: [{ name: 'app', lastStatus: 'RUNNING', exitCode: 0 }],
  ...more,
});
const read = (/** @type {string} */ action, /** @type {number} */ status, /** @type {unknown} */ body) => ({
  op: 'read',
  in: { action, status, fields: AMZ, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const looked = {
  kind: 'looked',
  service: { status: 'ACTIVE', desired: 1, running: 1, pending: 0, newest_event: '' },
  tasks: [{ arn: TASK, status: 3, health: 1, wanted: true, created_at: NOW - 1000, private_ipv4: '10.0.1.5' }],
};
const SETTINGS = { min: 1, port: 8443 };
const wake = (/** @type {object} */ event, /** @type {object | string | undefined} */ state = undefined) => ({
  op: 'wake',
  in: { ...(state ? { state } : {}), event, now: NOW, settings: SETTINGS, jitter: 500 },
});
const CHECKS = 'Task failed container health checks';
/** As shared/wake/json.cpp writes it: enumerators by number. */
const STARTING = {
  version: 1,
  phase: 1,
  step: 0,
  ours: false,
  phase_since: NOW - 5000,
  last_request: NOW - 5000,
  in_flight: 1,
  in_flight_until: NOW + 10_000,
  alarm: NOW + 10_000,
};

/** Of a machine that a Region governs. */
const CHECKING = { ...STARTING, in_flight: 0 };
const QUEUED = {
  ...CHECKING,
  step: 3,
  admission: {
    what: 2,
    attempt: NOW - 5,
    since: NOW - 5000,
    raise_since: NOW - 5000,
    heard: { asked_at: NOW - 5, ask_at: NOW - 1, position: 9, eta_at: NOW + 9000 },
  },
};
const governed = (/** @type {object} */ event, /** @type {object} */ state) => ({
  op: 'wake',
  in: { state, event, now: NOW, settings: { ...SETTINGS, governed: true }, jitter: 500 },
});

/** A task runs, and a probe of its agent is under way. */
const ASKING = {
  ...STARTING,
  step: 2,
  in_flight: 0,
  facts: [{ arn: TASK, status: 3, health: 0, wanted: true, address: '10.0.1.5', asked_at: NOW - 1000, first_seen: NOW - 1000 }],
  probing: {
    at: NOW + 250,
    since: NOW - 1000,
    heard_at: NOW - 1000,
    next_number: 7,
    sent: [{ number: 7, task_arn: TASK, until: NOW + 900 }],
    tasks: [{ arn: TASK, since: NOW - 1000, policy_since: NOW - 70_000 }],
  },
};
const asking = (/** @type {object} */ event, /** @type {object} */ state = ASKING) => ({
  op: 'wake',
  in: { state, event, now: NOW, settings: { ...SETTINGS, ready: 'agent' }, jitter: 0 },
});
const STATUS = {
  v: 1,
  id: 'I',
  task: TASK,
  ready: true,
  why: '',
  in_flight: 0,
  upgraded: 0,
  idle_ms: 5,
  policy: ['d'],
  agent: '0.1',
  up_ms: 9,
};
const told = (/** @type {object} */ change = {}, /** @type {object} */ response = {}) =>
  asking({
    kind: 'probed',
    number: 7,
    id: 'I',
    response: {
      status: 200,
      content_type: 'application/vnd.sallyport.agent+json',
      from_agent: true,
      body: JSON.stringify({ ...STATUS, ...change }),
      ...response,
    },
  });

const STS_ANSWER = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/gate/alice</Arn><AssumedRoleId>A:alice</AssumedRoleId></AssumedRoleUser>
<Credentials><SessionToken>token</SessionToken><SecretAccessKey>secret</SecretAccessKey><Expiration>2026-01-01T00:15:00Z</Expiration><AccessKeyId>ASIAEXAMPLE</AccessKeyId></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
const STS_REFUSAL =
  '<ErrorResponse><Error><Type>Sender</Type><Code>IDPCommunicationError</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>';

/** The public key of RFC 7517 appendix A.1. */
const PUBLIC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  kid: '1',
  alg: 'ES256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
};
const issuer_documents = (/** @type {string} */ issuer, /** @type {object} */ key) => ({
  op: 'issuer_documents',
  in: { issuer, keys: JSON.stringify({ keys: [key] }) },
});

export const AWS_OPERATIONS = [
  wake({ kind: 'request', caller: 'a' }),
  wake({ kind: 'request', caller: 'a' }, STARTING),
  wake(looked, STARTING),
  wake({ kind: 'refused', error: { kind: 0, code: 'ThrottlingException', message: 'm', request_id: 'r', http_status: 400 } }, STARTING),
  wake({ kind: 'alarm' }, { ...STARTING, step: 2, in_flight: 0 }),
  wake({ kind: 'endpoint_lost', task_arn: TASK }),
  wake({ kind: 'restarted' }, STARTING),
  governed({ kind: 'facts', service: looked.service, tasks: [], missing: [], asked_ms_ago: 50, denied: false }, CHECKING),
  governed({ kind: 'facts', tasks: looked.tasks, missing: ['t'], asked_ms_ago: 50, denied: false }, { ...CHECKING, step: 2 }),
  governed({ kind: 'go', attempt: String(NOW - 5), grant: 'g', in_ms: 0, valid_ms: 5000 }, QUEUED),
  governed({ kind: 'queued', attempt: String(NOW - 5), position: 7, eta_ms: 9000, ask_ms: 4500 }, QUEUED),
  governed({ kind: 'full', attempt: String(NOW - 5), ask_ms: 30_000 }, QUEUED),
  governed({ kind: 'down', attempt: String(NOW - 5) }, QUEUED),
  governed({ kind: 'alarm' }, QUEUED),
  governed({ kind: 'alarm' }, { ...QUEUED, admission: { ...QUEUED.admission, grant: 'g', go_at: NOW, valid_until: NOW + 1 } }),
  wake(
    { kind: 'reset' },
    { version: 1, phase: 4, why: 701, failed_starts: 1, retry_at: NOW + 9_000, starts: [{ caller: 'a', at: NOW - 1 }] },
  ),
  wake({ ...looked, service: { ...looked.service, desired: 0 } }, STARTING),
  wake(
    { ...looked, tasks: [{ arn: TASK, status: 6, created_at: NOW, stop_code: 'ServiceSchedulerInitiated', stopped_why: CHECKS }] },
    { ...STARTING, step: 2, ours: true },
  ),
  wake(
    {
      ...looked,
      tasks: [
        { arn: TASK, status: 6, created_at: NOW, stop_code: 'TaskFailedToStart', stopped_why: 'Timeout waiting for network interface' },
        { arn: `${TASK}2`, version: 2, status: 0, wanted: true, created_at: NOW },
      ],
    },
    { ...STARTING, step: 2, ours: true },
  ),
  wake({ kind: 'alarm' }, { ...STARTING, step: 2, ours: true, in_flight: 0, phase_since: NOW - 600_000 }),
  wake({ kind: 'request', caller: 'a' }, { version: 1, phase: 4, why: 701, failed_starts: 1, starts: [{ caller: 'a', at: NOW - 1 }] }),
  wake({ kind: 'alarm' }, JSON.stringify({ ...STARTING, in_flight: 0 })),
  asking({ ...looked, tasks: [{ ...looked.tasks[0], health: 0 }] }, { ...STARTING, step: 2 }),
  asking({ kind: 'probe_due' }, { ...ASKING, probing: { ...ASKING.probing, at: NOW } }),
  told(),
  told({ ready: false, why: 'app' }),
  told({ ready: false, why: 'policy' }),
  told({ task: `${TASK}9` }),
  told({ idle_ms: -1 }),
  told({ id: 'J' }),
  told({}, { status: 401, content_type: 'application/problem+json', from_agent: false }),
  told({}, { status: 503, content_type: 'application/problem+json', body: '{"code":"unavailable"}' }),
  told({}, { status: 530, content_type: 'text/html', body: '\ud800<html>' }),
  asking({ kind: 'probed', number: 7, failed: 'refused', broken: true }),
  asking({ kind: 'probed', number: 7, failed: 'no binding', unsendable: true }),
  { op: 'probe_request', in: { service: 'billing', now: NOW, entropy_b64: 'AAAA' } },
  { op: 'wake_told', in: { state: JSON.stringify(STARTING), now: NOW } },
  { op: 'wake_told', in: { state: JSON.stringify({ ...STARTING, phase: 4, why: 1400, retry_at: NOW + 1500 }), now: NOW } },
  ...[STARTING, { ...STARTING, phase: 0 }, { ...STARTING, phase: 4, why: 1400, retry_at: NOW + 1500 }].map((state) => ({
    op: 'wake_seen',
    in: { state: JSON.stringify(state), now: NOW },
  })),
  { op: 'catalog', in: {} },
  { op: 'read_assume_role', in: { status: 200, fields: [['content-type', 'text/xml']], body: STS_ANSWER } },
  { op: 'read_assume_role', in: { status: 400, fields: [['content-type', 'text/xml']], body: STS_REFUSAL } },
  read('DescribeTasks', 200, {
    tasks: [task({}), task({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', stoppedReason: 'exit 1' })],
    failures: [],
  }),
  read('RunTask', 200, { tasks: [], failures: [{ arn: TASK, reason: 'RESOURCE:MEMORY' }] }),
  read('ListTasks', 200, { taskArns: [TASK], nextToken: 'more' }),
  read('DescribeServices', 200, {
    services: [
      {
        serviceName: 'billing',
        status: 'ACTIVE',
        desiredCount: 1,
        runningCount: 0,
        pendingCount: 1,
        events: [{ message: 'has started 1 tasks' }],
      },
    ],
    failures: [],
  }),
  read('UpdateService', 400, { __type: 'com.amazonaws.ecs#ThrottlingException', message: 'Rate exceeded' }),
  read('StopTask', 200, '{"task":'),
  read('RunTask', 400, { __type: 'ClientException', message: 'Tasks provisioning capacity limit exceeded.' }),
  {
    op: 'call',
    in: {
      action: 'UpdateService',
      region: 'us-east-1',
      cluster: 'prod',
      service: 'billing',
      desired: 1,
      credentials: CREDENTIALS,
      now: NOW,
    },
  },
  {
    op: 'call',
    in: {
      action: 'RunTask',
      region: 'us-east-1',
      cluster: 'batch',
      task_definition: 'export:12',
      container: 'export',
      environment: [['MONTH', '2026-01']],
      client_token: 't',
      started_by: 'r',
      credentials: CREDENTIALS,
      now: NOW,
      host: '127.0.0.1:1',
    },
  },
  {
    op: 'sign',
    in: {
      method: 'GET',
      host: 'a1.execute-api.us-east-1.amazonaws.com',
      path: '/x',
      query: [['a', '1']],
      fields: [['accept', '*/*']],
      body_b64: '',
      region: 'us-east-1',
      service: 'execute-api',
      credentials: CREDENTIALS,
      now: NOW,
    },
  },
  issuer_documents('https://edge.acme.example', PUBLIC_KEY),
  issuer_documents('https://edge.acme.example:8443', PUBLIC_KEY),
  issuer_documents('https://edge.acme.example', { ...PUBLIC_KEY, d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' }),
  { op: 'assume_role', in: { region: 'us-east-1', role: 'arn:aws:iam::123456789012:role/gate', target: 'billing', now: NOW } },
];
