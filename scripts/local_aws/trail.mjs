// What CloudTrail would have written: one event a call, naming the role session, its source identity and its tags.
import { appendFileSync } from 'node:fs';

const secretNames = /token|secret|policy|environment/i;

export class Trail {
  /** @param {string | undefined} file where events go as JSON lines, too */
  constructor(file) {
    this.file = file;
    this.events = [];
  }

  record({ requestId, action, session, parameters, answer, error }) {
    const [service, name] = action.split(':');
    const event = {
      eventTime: new Date().toISOString(),
      eventSource: `${service}.amazonaws.com`,
      eventName: name,
      requestID: requestId,
      userIdentity: session && {
        type: 'AssumedRole',
        arn: session.arn,
        sessionContext: { sourceIdentity: session.sourceIdentity, principalTags: session.tags },
      },
      requestParameters: withoutSecrets(parameters),
      ...(answer && { responseElements: answer }),
      ...(error && { errorCode: error.code ?? 'InternalFailure', errorMessage: error.message }),
    };
    this.events.push(event);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(event)}\n`);
  }
}

function withoutSecrets(parameters) {
  const entries = Object.entries(parameters ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, secretNames.test(name) ? 'HIDDEN' : value]));
}
