// What operators read of jobs. AWS's words are here and nowhere else.
import { change, fail } from '../observe.js';

/** @typedef {import('./run.js').Run} Run */

/**
 * One line for every change of state.
 * @param {Run} run
 * @param {string} before
 * @param {import('./run.js').Task} [task] what ECS said of it
 */
export function note({ job, id, request_id, state, reason, exit_code, caller: { issuer, subject } }, before, task) {
  const aws =
    task === undefined ? {} : { task: task.arn, stop_code: task.stop_code, stopped_why: task.stopped_why, containers: task.containers };
  change('job', { run: `${job}~${id}`, cause: request_id, from: before, to: state, reason, exit_code, issuer, subject, ...aws });
}

/**
 * AWS did not do what a run needs: its code and request id under ours.
 * @param {Run} run
 * @param {string} action
 * @param {import('./calls.js').Refused} refused
 * @param {boolean} unclear a task may have been started all the same
 */
export function complain(run, action, { reason, words }, unclear) {
  const doubt = unclear ? '; a task may have been started' : '';
  fail('AWS refused', { run: `${run.job}~${run.id}`, cause: run.request_id, action, reason, detail: `${words}${doubt}` });
}
