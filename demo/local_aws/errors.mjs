// AWS's refusals, in the two shapes in which its services write them.

export class AwsError extends Error {
  /** Further members of the body, where ECS has some. @type {Record<string, unknown> | undefined} */
  more;

  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @typedef {import('./types.d.ts').Request} Request */

/** @type {Record<string, string>} */
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** @param {unknown} text */
export const xml_text = (text) => String(text).replace(/[&<>"']/g, (c) => escapes[c] ?? c);

/** The answer for whatever was thrown: query protocol (XML or JSON) for STS, awsJson1.1 for ECS.
 * @param {unknown} problem @param {Request} request @param {string} request_id @returns {import('./types.d.ts').Answer} */
export function error_answer(problem, request, request_id) {
  const known = problem instanceof AwsError;
  if (!known) console.error(problem);
  const { status, code, message, more } = known ? problem : new AwsError(500, 'InternalFailure', 'internal failure');
  if (request.headers['x-amz-target'] !== undefined) {
    return {
      status,
      type: 'application/x-amz-json-1.1',
      fields: { 'x-amzn-errortype': code },
      body: JSON.stringify({ __type: `com.amazonaws.ecs#${code}`, message, ...more }),
    };
  }
  if (wants_json(request)) {
    const error = { Code: code, Message: message, Type: 'Sender' };
    return { status, type: 'application/json', body: JSON.stringify({ Error: error, RequestId: request_id }) };
  }
  const body =
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
    `<Code>${xml_text(code)}</Code><Message>${xml_text(message)}</Message></Error>` +
    `<RequestId>${request_id}</RequestId></ErrorResponse>`;
  return { status, type: 'text/xml', body };
}

/** @param {Request} request */
export const wants_json = (request) => (request.headers.accept ?? '').includes('application/json');
