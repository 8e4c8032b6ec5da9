// What users of a service that sleeps do not notice: that its app is slow to listen, that a page only looked ahead, that a role was
// broken, that its tasks are replaced, that they read slowly.
import { until } from '../parts/child.mjs';
import { log_in } from '../provider.mjs';
import { start_load } from './load.mjs';
import { call, refusal } from './look.mjs';
import { healthy, starts_of } from './sleep.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */
/** @typedef {import('./play.mjs').Player} Player */

/** More than all buffers on the way hold, and at this pace more than the idle_stop of `stock`, which is a minute. */
const download_bytes = 256 << 20;
const download_ms = 66_000;
const failures_of_role = 6;

/** @param {Player} tour @param {Stack} stack */
export async function play_unnoticed(tour, stack) {
  tour.chapter('In AWS: what nobody notices');
  const alice = await log_in(stack.provider, 'alice');
  await play_looks_ahead(tour, stack, alice);
  await tour.step('an app that listens six seconds after its agent', 'starting, then 200, and nothing else', async () => {
    const statuses = new Set();
    await until('it is up', async () => {
      const { status } = await call(stack, '/late/', { token: alice });
      statuses.add(status);
      return status !== 503;
    });
    return `${[...statuses].map((status) => (status === 503 ? 'starting' : status)).join(', then ')}, and nothing else`;
  });
  await play_link(tour, stack, alice);
  await play_role(tour, stack, alice);
  await play_deployment(tour, stack, alice);
}

/** @param {Player} tour @param {Stack} stack @param {string} alice */
async function play_looks_ahead(tour, stack, alice) {
  await tour.step('a browser prefetches a page, a monitor looks', 'asleep, asleep, 0 starts', async () => {
    const ahead = await call(stack, '/late/', { token: alice, headers: { 'sec-purpose': 'prefetch' } });
    const monitor = await call(stack, '/late/healthz');
    const states = [ahead, monitor].map(({ text }) => JSON.parse(text).state);
    return `${states.join(', ')}, ${await starts_of(stack, 'late')} starts`;
  });
}

/** Whoever waits asks for the state, as the waiting page does, and visits the address once. @param {Player} tour @param {Stack} stack
 * @param {string} alice */
async function play_link(tour, stack, alice) {
  await tour.step('a link that works once, opened while asleep', '200, the app saw 1 request', async () => {
    const link = '/invite/accept?code=1';
    const first = await call(stack, link, { token: alice, headers: { prefer: 'wait=0' } });
    if (first.status !== 503) return `${first.status} at once`;
    const state = `/.sallyport/services/invite?for=${encodeURIComponent(link)}`;
    await until('it is ready', async () => JSON.parse((await call(stack, state, { token: alice })).text).state === 'ready');
    const { status } = await call(stack, link, { token: alice });
    const { text } = await call(stack, '/invite/seen', { token: alice });
    return `${status}, the app saw ${JSON.parse(text).requests - 1} request`;
  });
}

/** @param {Player} tour @param {Stack} stack @param {string} alice */
async function play_role(tour, stack, alice) {
  await tour.step(
    'its role is broken for six requests, and repaired',
    `${failures_of_role} times 502 aws_access_denied, told to come back within 10 s, then 200`,
    async () => {
      await stack.cloud.faults({ fail: { AssumeRoleWithWebIdentity: ['AccessDenied', 403, 1_000] } });
      const reasons = new Set();
      let longest_s = 0;
      for (let refused = 0; refused < failures_of_role; refused += 1) {
        const answer = await fetch(`${stack.edge}/vault/`, { headers: { authorization: `Bearer ${alice}` } });
        const id = answer.headers.get('sallyport-request-id') ?? '';
        reasons.add(await refusal(stack, { status: answer.status, id, text: await answer.text() }, 'edge'));
        const wait_s = Number(answer.headers.get('retry-after'));
        longest_s = Math.max(longest_s, wait_s);
        await new Promise((resolve) => setTimeout(resolve, 1000 * wait_s));
      }
      await stack.cloud.faults({ fail: {} });
      const served = await call(stack, '/vault/', { token: alice });
      const told = longest_s > 0 && longest_s <= 10 ? 'within 10 s' : `after ${longest_s} s`;
      return `${failures_of_role} times ${[...reasons].join(' or ')}, told to come back ${told}, then ${served.status}`;
    },
  );
}

/** ECS starts new tasks, waits until they are healthy, and stops the old ones, while four callers ask without a pause. @param {Player} tour
 * @param {Stack} stack @param {string} alice */
async function play_deployment(tour, stack, alice) {
  await tour.step('a rolling deployment under load', 'new tasks only, 0 requests failed', async () => {
    await call(stack, '/payments/run', { token: alice });
    const before = (await healthy(stack, 'payments')).map(({ taskArn }) => taskArn);
    const load = start_load(`${stack.edge}/payments/run`, alice);
    try {
      await load.turned_over();
      await stack.cloud.deploy('payments');
      await until('the old tasks are gone', async () => {
        const { tasks } = await stack.cloud.state();
        return tasks.every(({ taskArn, lastStatus }) => !before.includes(taskArn) || lastStatus === 'STOPPED');
      });
      await load.turned_over();
    } finally {
      await load.stop();
    }
    const { sent, failed } = load.counts();
    tour.note(`${sent} requests meanwhile`);
    const others = (await healthy(stack, 'payments')).length > 0 ? 'new tasks only' : 'no task';
    return `${others}, ${failed.length} requests failed${failed.length > 0 ? `: ${failed[0]}` : ''}`;
  });
}

/** Somebody downloads from `stock` more slowly than it would be stopped as idle. @param {Stack} stack */
export async function begin_download(stack) {
  const alice = await log_in(stack.provider, 'alice');
  const begun = Date.now();
  const answer = await fetch(`${stack.edge}/stock/download?bytes=${download_bytes}`, { headers: { authorization: `Bearer ${alice}` } });
  const whole = read_slowly(answer, begun);
  // Its failure is told where it is waited for.
  whole.catch(() => {});
  return { status: answer.status, whole };
}

/** @param {Response} answer @param {number} begun @returns {Promise<number>} bytes */
async function read_slowly(answer, begun) {
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    const ahead = begun + (download_ms * bytes) / download_bytes - Date.now();
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
  return bytes;
}

/** @param {Player} tour @param {Stack} stack @param {Awaited<ReturnType<typeof begin_download>>} download */
export async function play_download(tour, stack, { status, whole }) {
  tour.note('waiting for the rest of a download that takes longer than its service may be idle');
  await tour.step('a download that takes longer than idle_stop', '200, whole, 1 start', async () => {
    const bytes = await whole;
    return `${status}, ${bytes === download_bytes ? 'whole' : `${bytes} bytes`}, ${await starts_of(stack, 'stock')} start`;
  });
}
