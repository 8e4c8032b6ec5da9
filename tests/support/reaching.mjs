// A reach over one service (worker-shim/reach/reach.js), whose network and coordinator are bindings in the test's hand.
import { Reach } from '../../worker-shim/reach/reach.js';
import { Turn } from '../../worker-shim/turn.js';

export const here = { region: 'us-east-1', cluster: 'prod', service: 'billing', port: 8443, role: 'arn:aws:iam::123456789012:role/gate' };
export const wake = { min: 1, hold_ms: 25_000, idle_stop_ms: 900_000 };
export const plain = { origin: '', vpc: '', mtls_certificate: '', sigv4: null, ecs: null };
export const by_origin = { ...plain, name: 'reports', origin: 'https://reports.example', vpc: 'NET' };
export const by_task = { ...plain, name: 'billing', vpc: 'NET', ecs: { ...here, wake } };
const statuses = { upstream_connect_failed: 502, upstream_timeout: 504, wake_budget_exhausted: 429, aws_access_denied: 502 };

/** Words refusals as the core would. */
export const core = {
  refusal: (/** @type {string} */ reason, /** @type {string} */ request_id) => {
    const status = statuses[reason] ?? 503;
    return {
      status,
      reason,
      title: reason,
      request_id,
      challenge: '',
      problem: JSON.stringify({ status, code: reason, request_id }),
      audit: '',
    };
  },
};

/**
 * A reach over one service, with a clock, a network and a coordinator in the test's hand.
 * @param {any} entry
 * @param {{fetch?: (url: string, init: any) => any, ensure?: (asked: any) => any}} [world]
 */
export function reaching(entry, { fetch = () => new Response('app'), ensure = () => ({ answer: 'ready', endpoints: tasks(2) }) } = {}) {
  const world = {
    now: 1_000_000,
    sent: [],
    asked: [],
    lost: [],
    background: [],
    decisions: 0,
    sendings: 0,
    again: [],
    fetch,
    ensure,
    refusal: undefined,
    aws: undefined,
  };
  const coordinator = {
    ensure: async (asked) => {
      world.asked.push(asked);
      return world.ensure(asked);
    },
    lost: async (what) => {
      world.lost.push(what);
    },
  };
  const environment = {
    NET: {
      fetch: async (url, init) => {
        world.sent.push({ url, init, id: init.headers.get('id') });
        return world.fetch(url, init);
      },
    },
    WAKE: { idFromName: (name) => name, get: () => coordinator },
  };
  const reach = new Reach(
    core,
    world.aws,
    environment,
    { services: [entry], credential_cookies: false },
    { now: () => world.now, random: () => 0 },
  );
  const forward = (more) => {
    world.decisions += 1;
    return {
      service: entry.name,
      url: `${entry.origin}/x?y=1`,
      body: 'none',
      content_length: null,
      request_id: `id-${world.decisions}`,
      timeout_ms: 5_000,
      headers: new Headers({ id: `id-${world.decisions}` }),
      caller: { key: 'k', subject: 'alice' },
      caller_tag: 'alice',
      ...more,
    };
  };
  const respond = async (options = {}) => {
    const { forward: more, body, ...init } = options;
    const request = new Request('https://app.acme.example/x?y=1', init);
    return reach.respond(
      new Turn(
        {
          request,
          forward: forward(more),
          body: { forwarded: (_plan, _length, upload) => (typeof body === 'function' ? body(upload) : (body ?? null)) },
          decide_again: async () => world.refusal ?? forward(more),
          record: {
            sending() {
              world.sendings += 1;
            },
            again: (why) => world.again.push(why),
            from_cache() {},
          },
          context: { waitUntil: (promise) => world.background.push(promise) },
        },
        () => world.now,
      ),
    );
  };
  return Object.assign(world, { respond, reach });
}

export const tasks = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, i) => ({ task_arn: `arn:${i + 1}`, address: `10.0.0.${i + 1}`, port: 8443 }));
export const starting = () => ({ answer: 'starting', phase: 'starting', progress: 'pulling', since_ms: 12_000, retry_after_s: 3 });
export const until_sent = async (world, /** @type {number} */ count) => {
  while (world.sent.length < count) await new Promise(setImmediate);
};
export const refused = () => {
  throw new TypeError('connection refused');
};
export const silent = () => new Promise(() => {});
export const json_of = async (response) => ({
  status: response.status,
  retry: response.headers.get('retry-after'),
  ...(await response.json()),
});
