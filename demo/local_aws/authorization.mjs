// IAM in small: statements of Effect, Action, Resource and the few conditions that Sallyport's policies use. What a
// session may do is what its role and, where there is one, its session policy both allow; an explicit deny wins.
import { AwsError } from './errors.mjs';

/** IAM's wildcards: `*` any characters, `?` one. */
export function pattern_matches(pattern, text) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

const as_list = (value) => [value].flat();
const operators = {
  ArnEquals: pattern_matches,
  ArnLike: pattern_matches,
  Bool: (value, actual) => String(value) === String(actual),
  StringEquals: (pattern, text) => pattern === text,
  StringLike: pattern_matches,
};

function condition_holds(condition, context) {
  return Object.entries(condition ?? {}).every(([operator, keys]) => {
    const holds = operators[operator];
    if (holds === undefined) throw new AwsError(400, 'MalformedPolicyDocument', `unsupported condition ${operator}`);
    return Object.entries(keys).every(
      ([key, values]) => context[key] !== undefined && as_list(values).some((value) => holds(value, context[key])),
    );
  });
}

function applies(statement, action, resource, context) {
  const action_matches = as_list(statement.Action).some((each) => pattern_matches(each.toLowerCase(), action.toLowerCase()));
  return (
    action_matches &&
    as_list(statement.Resource).some((each) => pattern_matches(each, resource)) &&
    condition_holds(statement.Condition, context)
  );
}

function allows(statements, action, resource, context) {
  const relevant = statements.filter((statement) => applies(statement, action, resource, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Whether a trust policy, the document that IAM takes, lets tokens of this provider (its ARN) do the action. */
export function trusts(document, action, provider, context) {
  const named = (statement) => as_list(statement.Action).includes(action) && as_list(statement.Principal?.Federated).includes(provider);
  const relevant = document.Statement.filter((statement) => named(statement) && condition_holds(statement.Condition, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Throws AccessDeniedException unless role and session policy both allow it. */
export function authorize(session, action, resource, context) {
  const policies = [session.rolePolicy, session.sessionPolicy].filter((policy) => policy !== undefined);
  if (policies.every((policy) => allows(policy, action, resource, context))) return;
  const message = `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new AwsError(400, 'AccessDeniedException', message);
}
