// Fourth chapter: one-off tasks, run by a machine and polled.
import { until } from '../parts/child.mjs';
import { log_in, machine_token } from '../provider.mjs';
import { call, refusal } from './look.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */

/** @param {import('./play.mjs').Player} tour @param {Stack} stack */
export async function play_jobs(tour, stack) {
  tour.chapter('In AWS: jobs');
  const machine = await machine_token(stack.provider);
  const alice = await log_in(stack.provider, 'alice');
  let location = '';
  await tour.step('the machine runs a job, and polls it', '202, then succeeded with exit code 0', async () => {
    const started = await run_export(stack, machine, '2026-07', 'july');
    location = started.location;
    const last = await finished(stack, machine, location);
    return `${started.status}, then ${last.state} with exit code ${last.exit_code}`;
  });
  await tour.step('the same again, with the same key', 'the same run, 1 task', async () => {
    const again = await run_export(stack, machine, '2026-07', 'july');
    return `${again.location === location ? 'the same run' : `${again.status} ${again.text}`}, ${await tasks_run(stack)} task`;
  });
  await tour.step(
    'the same key with another month',
    '409 job_key_reused, 1 task',
    async () => `${await refusal(stack, await run_export(stack, machine, '2026-08', 'july'), 'edge')}, ${await tasks_run(stack)} task`,
  );
  await tour.step('a month that is none', '422 job_input_invalid, and it names MONTH', async () => {
    const seen = await run_export(stack, machine, 'July', 'other');
    return `${await refusal(stack, seen, 'edge')}, and it ${seen.text.includes('MONTH') ? 'names MONTH' : `says ${seen.text}`}`;
  });
  await tour.step("alice asks for the machine's run", '404 job_not_found', async () =>
    refusal(stack, await call(stack, location, { token: alice }), 'edge'),
  );
}

/** @param {Stack} stack @param {string} token @param {string} month @param {string} key */
async function run_export(stack, token, month, key) {
  const answer = await fetch(`${stack.edge}/jobs/export`, {
    method: 'POST',
    body: JSON.stringify({ MONTH: month }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
  });
  const { status, headers } = answer;
  return { status, location: headers.get('location') ?? '', id: headers.get('sallyport-request-id') ?? '', text: await answer.text() };
}

/** @param {Stack} stack @param {string} token @param {string} location @returns {Promise<Record<string, unknown>>} */
async function finished(stack, token, location) {
  /** @type {Record<string, unknown>} */
  let last = {};
  await until('the job has ended', async () => {
    last = JSON.parse((await call(stack, location, { token })).text);
    return last.exit_code !== undefined && last.exit_code !== null;
  });
  return last;
}

/** @param {Stack} stack */
async function tasks_run(stack) {
  return (await stack.cloud.state()).tasks.filter((task) => task.group === 'family:export').length;
}
