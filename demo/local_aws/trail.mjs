// What CloudTrail would have written: one event a call, naming the role session, its source identity and its tags.
import { appendFileSync } from 'node:fs';

import { AwsError } from './errors.mjs';

/**
 * @typedef {object} Call
 * @property {string} request_id
 * @property {string} action service and name: `ecs:RunTask`
 * @property {import('./types.d.ts').Principal} [session]
 * @property {object} parameters
 * @property {Record<string, string>} [answer]
 * @property {unknown} [error]
 */
/** @typedef {ReturnType<typeof event_of>} TrailEvent */

const secret_names = /token|secret|policy|environment/i;

export class Trail {
  /** @param {string | undefined} file where events go as JSON lines, too */
  constructor(file) {
    this.file = file;
    /** @type {TrailEvent[]} */
    this.events = [];
  }

  /** @param {Call} call */
  record(call) {
    const event = event_of(call);
    this.events.push(event);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(event)}\n`);
  }
}

/** @param {Call} call */
function event_of({ request_id, action, session, parameters, answer, error }) {
  const [service, name = ''] = action.split(':');
  return {
    eventTime: new Date().toISOString(),
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    requestID: request_id,
    userIdentity: session && {
      type: 'AssumedRole',
      arn: session.arn,
      sessionContext: { sourceIdentity: session.sourceIdentity, principalTags: session.tags },
    },
    requestParameters: without_secrets(parameters),
    ...(answer && { responseElements: answer }),
    ...(error instanceof Error && { errorCode: error instanceof AwsError ? error.code : 'InternalFailure', errorMessage: error.message }),
  };
}

/** @param {object} parameters @returns {Record<string, unknown>} */
function without_secrets(parameters) {
  const entries = Object.entries(parameters ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, secret_names.test(name) ? 'HIDDEN' : value]));
}
