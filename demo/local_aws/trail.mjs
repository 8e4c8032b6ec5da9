// What CloudTrail would have written: one event a call, naming the role session, its source identity and its tags.
import { appendFileSync } from 'node:fs';

const secret_names = /token|secret|policy|environment/i;

export class Trail {
  /** @param {string | undefined} file where events go as JSON lines, too */
  constructor(file) {
    this.file = file;
    this.events = [];
  }

  record({ request_id, action, session, parameters, answer, error }) {
    const [service, name] = action.split(':');
    const event = {
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
      ...(error && { errorCode: error.code ?? 'InternalFailure', errorMessage: error.message }),
    };
    this.events.push(event);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(event)}\n`);
  }
}

function without_secrets(parameters) {
  const entries = Object.entries(parameters ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, secret_names.test(name) ? 'HIDDEN' : value]));
}
