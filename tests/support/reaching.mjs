// A reach over one service (worker-shim/reach/reach.js), whose network and coordinator are bindings in the test's hand.
import './platform.mjs';
import { Reach } from '../../worker-shim/reach/reach.js';
import { Turn } from '../../worker-shim/turn.js';

export const here = { region: 'us-east-1', cluster: 'prod', service: 'billing', port: 8443, role: 'arn:aws:iam::123456789012:role/gate' };
export const wake = { min: 1, hold_ms: 25_000, idle_stop_ms: 900_000 };
export const plain = { team: 'a', origin: '', vpc: '', mtls_certificate: '', sigv4: null, ecs: null };
export const by_origin = { ...plain, name: 'reports', origin: 'https://reports.example', vpc: 'NET' };
export const by_task = { ...plain, name: 'billing', vpc: 'NET', ecs: { ...here, wake } };
/** @type {Record<string, number>} */
const statuses = { upstream_connect_failed: 502, upstream_timeout: 504, wake_budget_exhausted: 429, aws_access_denied: 502 };

/** No service here has a second signature. */
export const no_aws = /** @type {import('../../worker-shim/reach/sigv4.js').CredentialSource} */ ({});

/** Words refusals as the core would, signs with the edge's key, and has no channels; nothing else of it is asked. */
export const core = /** @type {ConstructorParameters<typeof Reach>[0]} */ (
  /** @type {unknown} */ ({
    sign: () => ({ sig: 'es256', keyid: 'edge-1', fields: { signature: 'sallyport=:AA==:' }, sent: '' }),
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
  })
);

/**
 * What the test holds, and what it saw.
 * @typedef {object} World
 * @property {number} now
 * @property {{url: string, init: any, id: string}[]} sent
 * @property {{service: string, caller: object, hold_ms: number}[]} asked
 * @property {{service: string, task_arn: string}[]} lost
 * @property {number} touched
 * @property {number} looked at by those who wake nothing
 * @property {Promise<unknown>[]} background
 * @property {number} decisions
 * @property {number} sendings
 * @property {string[]} again
 * @property {[string, string | undefined][]} signatures and grants, as they were sent
 * @property {(url: string, init: any) => any} fetch
 * @property {(asked: World['asked'][0]) => any} ensure
 * @property {() => any} seen
 * @property {Response} [refusal] in place of a second decision
 */
/**
 * A request, and what of its decision is other than usual.
 * @typedef {Omit<RequestInit, 'body'> & {forward?: object, body?: Uint8Array | ((upload: import('../../worker-shim/reach/send.js').Upload) => unknown)}} Options
 */

/**
 * A reach over one service, with a clock, a network and a coordinator in the test's hand.
 * @param {any} entry
 * @param {Partial<Pick<World, 'fetch' | 'ensure' | 'seen'>> & {core?: typeof core}} [world]
 */
export function reaching(
  entry,
  {
    fetch = () => new Response('app'),
    ensure = () => ({ answer: 'ready', endpoints: tasks(2) }),
    seen = () => ({ told: { answer: 'asleep' }, document: '{}' }),
    core: by = core,
  } = {},
) {
  /** @type {World} */
  const world = {
    now: 1_000_000,
    sent: [],
    asked: [],
    lost: [],
    touched: 0,
    looked: 0,
    background: [],
    decisions: 0,
    sendings: 0,
    again: [],
    signatures: [],
    fetch,
    ensure,
    seen,
  };
  const coordinator = {
    ensure: async (/** @type {World['asked'][0]} */ asked) => {
      world.asked.push(asked);
      return world.ensure(asked);
    },
    lost: async (/** @type {World['lost'][0]} */ what) => {
      world.lost.push(what);
    },
    touch: async () => {
      world.touched += 1;
    },
    seen: async () => {
      world.looked += 1;
      return world.seen();
    },
  };
  const environment = {
    NET: {
      fetch: async (/** @type {string} */ url, /** @type {any} */ init) => {
        world.sent.push({ url, init, id: init.headers.get('id') });
        world.signatures.push([init.headers.signature, init.headers['sallyport-channel-grant']]);
        return world.fetch(url, init);
      },
    },
    WAKE: { idFromName: (/** @type {string} */ name) => name, get: () => coordinator },
  };
  const reach = new Reach(
    by,
    no_aws,
    environment,
    { services: [entry], credential_cookies: false },
    { now: () => world.now, random: () => 0 },
  );
  const forward = (/** @type {object | undefined} */ more) => {
    world.decisions += 1;
    return /** @type {import('../../worker-shim/core/wire.js').Forward} */ (
      /** @type {unknown} */ ({
        service: entry.name,
        url: `${entry.origin}/x?y=1`,
        body: 'none',
        content_length: null,
        repeatable: true,
        wakes: true,
        request_id: `id-${world.decisions}`,
        timeout_ms: 5_000,
        headers: new Headers({ id: `id-${world.decisions}` }),
        caller: { key: 'k', subject: 'alice' },
        caller_tag: 'alice',
        ...more,
      })
    );
  };
  const respond = async (/** @type {Options} */ options = {}) => {
    const { forward: more, body, ...init } = options;
    const request = new Request('https://app.acme.example/x?y=1', init);
    return reach.respond(
      new Turn(
        {
          request,
          forward: forward(more),
          body: /** @type {import('../../worker-shim/body.js').RequestBody} */ (
            /** @type {unknown} */ ({
              forwarded: (
                /** @type {unknown} */ _plan,
                /** @type {unknown} */ _length,
                /** @type {import('../../worker-shim/reach/send.js').Upload} */ upload,
              ) => (typeof body === 'function' ? body(upload) : (body ?? null)),
            })
          ),
          decide_again: async () => world.refusal ?? forward(more),
          record: {
            signed() {},
            sending() {
              world.sendings += 1;
            },
            again: (/** @type {string} */ why) => void world.again.push(why),
            from_cache() {},
          },
          context: { waitUntil: (promise) => void world.background.push(promise) },
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
export const until_sent = async (/** @type {World} */ world, /** @type {number} */ count) => {
  while (world.sent.length < count) await new Promise(setImmediate);
};
export const refused = () => {
  throw new TypeError('connection refused');
};
export const silent = () => new Promise(() => {});
/** @param {Response} response @returns {Promise<any>} */
export const json_of = async (response) => ({
  status: response.status,
  retry: response.headers.get('retry-after'),
  .../** @type {object} */ (await response.json()),
});
