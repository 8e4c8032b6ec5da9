// IAM in small: statements of Effect, Action, Resource and the few conditions that Sallyport's policies use. What a
// session may do is what its role and, where there is one, its session policy both allow; an explicit deny wins.
import { AwsError } from './errors.mjs';

/** IAM's wildcards: `*` any characters, `?` one. */
export function patternMatches(pattern, text) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

const asList = (value) => [value].flat();
const operators = {
  ArnEquals: patternMatches,
  ArnLike: patternMatches,
  Bool: (value, actual) => String(value) === String(actual),
  StringEquals: (pattern, text) => pattern === text,
  StringLike: patternMatches,
};

function conditionHolds(condition, context) {
  return Object.entries(condition ?? {}).every(([operator, keys]) => {
    const holds = operators[operator];
    if (holds === undefined) throw new AwsError(400, 'MalformedPolicyDocument', `unsupported condition ${operator}`);
    return Object.entries(keys).every(
      ([key, values]) => context[key] !== undefined && asList(values).some((value) => holds(value, context[key])),
    );
  });
}

function applies(statement, action, resource, context) {
  const actionMatches = asList(statement.Action).some((each) => patternMatches(each.toLowerCase(), action.toLowerCase()));
  return (
    actionMatches &&
    asList(statement.Resource).some((each) => patternMatches(each, resource)) &&
    conditionHolds(statement.Condition, context)
  );
}

function allows(statements, action, resource, context) {
  const relevant = statements.filter((statement) => applies(statement, action, resource, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Whether a trust policy, the document that IAM takes, lets tokens of this provider (its ARN) do the action. */
export function trusts(document, action, provider, context) {
  const named = (statement) => asList(statement.Action).includes(action) && asList(statement.Principal?.Federated).includes(provider);
  const relevant = document.Statement.filter((statement) => named(statement) && conditionHolds(statement.Condition, context));
  return relevant.length > 0 && relevant.every((statement) => statement.Effect === 'Allow');
}

/** Throws AccessDeniedException unless role and session policy both allow it. */
export function authorize(session, action, resource, context) {
  const policies = [session.rolePolicy, session.sessionPolicy].filter((policy) => policy !== undefined);
  if (policies.every((policy) => allows(policy, action, resource, context))) return;
  const message = `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new AwsError(400, 'AccessDeniedException', message);
}
