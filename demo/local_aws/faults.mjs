// What can go wrong at AWS, on demand. POST /_local/faults takes any of these members; each replaces the one before:
//   "throttle": { "UpdateService": 3 }      the next 3 calls of the action answer ThrottlingException (HTTP 400)
//   "fail":     { "RunTask": ["ServerException", 500, 2] }   the next 2 calls answer this code and status; a fourth element is the
//                                                            message, in which AWS puts what the code does not tell
//   "delay_ms": { "AssumeRoleWithWebIdentity": 500 }         every call of the action waits
//   "lose":     { "RunTask": 1 }            the next call of the action is carried out, and its answer never arrives
//   "run_failures": [{ "reason": "RESOURCE:MEMORY" }]        the next RunTask answers HTTP 200 with these failures
//   "eni_timeouts": 1                       the next task gets no network interface, and stops with AWS's words for it
//   "pull_error": "CannotPullContainerError: …"              tasks that start from now on stop with it
//   "hold": "PENDING"                       tasks get no further than this state ("PROVISIONING", "PENDING") until it is ""
//   "session_seconds": 20                                    credentials issued from now on live this long
//   "expire_sessions": true                                  credentials issued until now have expired, sooner than was said
//   "answers":  { "ListTasks": ["<html>", 2] }               the next 2 calls answer HTTP 200 with this body
//   "cut":      { "ListTasks": 1 }                           the next call's answer ends in its middle
//   "quote":    { "ListTasks": 1 }                           the next call is refused in words that quote the request, secrets
//                                                            and all, as SignatureDoesNotMatch does
//   "page_size": 1                                           ListTasks tells no more than this at once
// and the settings, how AWS behaves without anything going wrong (settings.mjs).
import { setTimeout as sleep } from 'node:timers/promises';

import { AwsError } from './errors.mjs';
import { default_settings } from './settings.mjs';

/**
 * What goes wrong; counts by the name of an action.
 * @typedef {object} Kinds
 * @property {Record<string, number>} throttle
 * @property {Record<string, [code: string, status: number, count: number, message?: string]>} fail
 * @property {Record<string, number>} delay_ms
 * @property {Record<string, number>} lose
 * @property {import('./types.d.ts').Failure[]} run_failures
 * @property {number} eni_timeouts
 * @property {string} pull_error
 * @property {string} hold
 * @property {number} session_seconds
 * @property {Record<string, [string, number]>} answers
 * @property {Record<string, number>} cut
 * @property {Record<string, number>} quote
 * @property {number} page_size
 * @typedef {Kinds & import('./settings.mjs').Settings} Current
 */

/** @returns {Kinds} */
const no_faults = () => ({
  throttle: {},
  fail: {},
  delay_ms: {},
  lose: {},
  run_failures: [],
  eni_timeouts: 0,
  pull_error: '',
  hold: '',
  session_seconds: 0,
  answers: {},
  cut: {},
  quote: {},
  page_size: 0,
});

export class Faults {
  #sessions;
  /** How many calls of each action have arrived, those that still wait among them. @type {Map<string, number>} */
  begun = new Map();

  /** @param {{expire_all: () => void}} sessions @param {Partial<Current>} [settings] */
  constructor(sessions, settings = {}) {
    this.#sessions = sessions;
    /** @type {Current} */
    this.current = { ...no_faults(), ...default_settings() };
    this.set(settings);
  }

  /** @param {Partial<Current> & {expire_sessions?: boolean}} changes */
  set({ expire_sessions, ...changes }) {
    const unknown = Object.keys(changes).find((name) => !(name in this.current));
    if (unknown !== undefined) throw new AwsError(400, 'ValidationError', `there is no fault and no setting ${unknown}`);
    if (expire_sessions) this.#sessions.expire_all();
    Object.assign(this.current, changes);
    return this.current;
  }

  /** @param {string} action */
  async before_call(action) {
    const { throttle, fail, delay_ms } = this.current;
    this.begun.set(action, (this.begun.get(action) ?? 0) + 1);
    if (delay_ms[action] > 0) await sleep(delay_ms[action]);
    if (throttle[action] > 0) {
      throttle[action] -= 1;
      throw new AwsError(400, 'ThrottlingException', 'Rate exceeded');
    }
    if (fail[action]?.[2] > 0) {
      const [code, status, , message = `${code} on demand`] = fail[action];
      fail[action][2] -= 1;
      throw new AwsError(status, code, message);
    }
  }

  /** Whether the answer of this call gets lost. @param {string} action */
  take_loss(action) {
    const { lose } = this.current;
    if (!(lose[action] > 0)) return false;
    lose[action] -= 1;
    return true;
  }

  /** What is answered in place of the truth, if anything. @param {string} action @param {import('./types.d.ts').Request} request @param {Buffer} body
   * @returns {{status: number, type: string, body: string, cut?: boolean} | undefined} */
  take_answer(action, request, body) {
    const { answers, cut, quote } = this.current;
    const type = 'application/x-amz-json-1.1';
    if (answers[action]?.[1] > 0) {
      answers[action][1] -= 1;
      return { status: 200, type, body: answers[action][0] };
    }
    if (cut[action] > 0) {
      cut[action] -= 1;
      return { status: 200, type, body: '{"tasks":[', cut: true };
    }
    if (!(quote[action] > 0)) return undefined;
    quote[action] -= 1;
    const message = `The request was: ${JSON.stringify(request.headers)} ${body}`;
    if (request.headers['x-amz-target'] === undefined) throw new AwsError(400, 'ValidationError', message);
    throw new AwsError(400, 'SignatureDoesNotMatch', message);
  }

  /** Whether this task gets no interface. */
  take_eni_timeout() {
    if (!(this.current.eni_timeouts > 0)) return false;
    this.current.eni_timeouts -= 1;
    return true;
  }

  take_run_failures() {
    const failures = this.current.run_failures;
    this.current.run_failures = [];
    return failures;
  }
}
