// IAM in small: statements of Effect, Action, Resource and conditions (condition.mjs). What a
// session may do is what its role and, where there is one, its session policy both allow; an explicit deny wins.
import { as_list, condition_holds, filled, pattern_matches } from './condition.mjs';
import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Context} Context */
/** @typedef {import('./types.d.ts').PolicyDocument} PolicyDocument */
/** @typedef {import('./types.d.ts').Statement} Statement */

/** @param {Statement} statement @param {string} action @param {string} resource @param {Context} context */
function applies(statement, action, resource, context) {
  const action_matches = as_list(statement.Action).some((each) => pattern_matches(each.toLowerCase(), action.toLowerCase()));
  return (
    action_matches &&
    as_list(statement.Resource).some((each) => resource_matches(each, resource, context)) &&
    condition_holds(statement.Condition, context)
  );
}

/** @param {string} pattern @param {string} resource @param {Context} context */
function resource_matches(pattern, resource, context) {
  const wanted = filled(pattern, context);
  return wanted !== undefined && pattern_matches(wanted, resource);
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

/** Throws AccessDeniedException unless role and session policy both allow it. Whom it is asked for stands in the session's tags.
 * @param {Pick<import('./types.d.ts').Principal, 'arn' | 'rolePolicy' | 'sessionPolicy'> & {tags?: Record<string, string>}} session
 * @param {string} action @param {string} resource @param {Context} about */
export function authorize(session, action, resource, about) {
  const context = { ...about, ...keys_of_tags('aws:PrincipalTag', session.tags ?? {}) };
  const policies = [session.rolePolicy, session.sessionPolicy].filter((policy) => policy !== undefined);
  if (policies.every((policy) => allows(policy, action, resource, context))) return;
  const message = `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new AwsError(400, 'AccessDeniedException', message);
}

/** @param {string} kind @param {Record<string, string>} tags @returns {Context} */
export const keys_of_tags = (kind, tags) => Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${kind}/${name}`, value]));
