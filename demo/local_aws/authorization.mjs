// IAM in small: statements of Effect, Action, Resource and the few conditions that Sallyport's policies use. What a
// session may do is what its role and, where there is one, its session policy both allow; an explicit deny wins.
import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Conditions} Conditions */
/** @typedef {import('./types.d.ts').Context} Context */
/** @typedef {import('./types.d.ts').PolicyDocument} PolicyDocument */
/** @typedef {import('./types.d.ts').Statement} Statement */

/** IAM's wildcards: `*` any characters, `?` one. @param {string} pattern @param {string} text */
export function pattern_matches(pattern, text) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** @template T @param {T | T[] | undefined} value */
const as_list = (value) => /** @type {T[]} */ ([value].flat().filter((each) => each !== undefined));
/** By a condition's value and what the request has, whether it holds. @type {Record<string, (value: string, actual: string) => boolean>} */
const operators = {
  ArnEquals: pattern_matches,
  ArnLike: pattern_matches,
  Bool: (value, actual) => value === actual,
  StringEquals: (pattern, text) => pattern === text,
  StringLike: pattern_matches,
};

/** @param {Conditions | undefined} condition @param {Context} context @returns {boolean} */
function condition_holds(condition, context) {
  return Object.entries(condition ?? {}).every(([operator, keys]) => {
    const holds = operators[operator];
    if (holds === undefined) throw new AwsError(400, 'MalformedPolicyDocument', `unsupported condition ${operator}`);
    return Object.entries(keys).every(
      ([key, values]) => context[key] !== undefined && as_list(values).some((value) => holds(String(value), String(context[key]))),
    );
  });
}

/** @param {Statement} statement @param {string} action @param {string} resource @param {Context} context */
function applies(statement, action, resource, context) {
  const action_matches = as_list(statement.Action).some((each) => pattern_matches(each.toLowerCase(), action.toLowerCase()));
  return (
    action_matches &&
    as_list(statement.Resource).some((each) => pattern_matches(each, resource)) &&
    condition_holds(statement.Condition, context)
  );
}

/** @param {Statement[]} statements @param {string} action @param {string} resource @param {Context} context */
function allows(statements, action, resource, context) {
  const relevant = statements.filter((statement) => applies(statement, action, resource, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Whether a trust policy, the document that IAM takes, lets tokens of this provider (its ARN) do the action.
 * @param {PolicyDocument} document @param {string} action @param {string} provider @param {Context} context */
export function trusts(document, action, provider, context) {
  const named = (/** @type {Statement} */ statement) =>
    as_list(statement.Action).includes(action) && as_list(statement.Principal?.Federated).includes(provider);
  const relevant = document.Statement.filter((statement) => named(statement) && condition_holds(statement.Condition, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Throws AccessDeniedException unless role and session policy both allow it. @param {{arn: string, rolePolicy: Statement[], sessionPolicy?: Statement[]}} session
 * @param {string} action @param {string} resource @param {Context} context */
export function authorize(session, action, resource, context) {
  const policies = [session.rolePolicy, session.sessionPolicy].filter((policy) => policy !== undefined);
  if (policies.every((policy) => allows(policy, action, resource, context))) return;
  const message = `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new AwsError(400, 'AccessDeniedException', message);
}
