// Conditions of IAM statements: the operators and keys that Sallyport's policies use. Any other key is an error here, where IAM
// would quietly take it for one that the request does not have: a policy that leans on a key which ECS never sets must be found.
import { AwsError } from './errors.mjs';

/** @typedef {import('./types.d.ts').Conditions} Conditions */
/** @typedef {import('./types.d.ts').Context} Context */

const known_keys =
  /^(ecs:(cluster|CreateAction|task-definition|enable-execute-command)|iam:PassedToService|lambda:InvokedViaFunctionUrl|aws:(ResourceTag|PrincipalTag|RequestTag)\/.+)$/;

/** IAM's wildcards: `*` any characters, `?` one. @param {string} pattern @param {string} text */
export function pattern_matches(pattern, text) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** @template T @param {T | T[] | undefined} value */
export const as_list = (value) => /** @type {T[]} */ ([value].flat().filter((each) => each !== undefined));

/** `${aws:PrincipalTag/team}` and its like, filled in; nothing where the request does not have it, and then nothing matches.
 * @param {string} text @param {Context} context @returns {string | undefined} */
export function filled(text, context) {
  let complete = true;
  const out = text.replace(/\$\{([^}]+)\}/g, (_, key) => {
    const value = context[check_key(key, context)];
    complete &&= value !== undefined;
    return String(value);
  });
  return complete ? out : undefined;
}

/** By what the condition wants and what the request has, whether it holds. @type {Record<string, (wanted: string, actual: string) => boolean>} */
const operators = {
  ArnEquals: pattern_matches,
  ArnLike: pattern_matches,
  Bool: (wanted, actual) => wanted === actual,
  StringEquals: (wanted, actual) => wanted === actual,
  StringLike: pattern_matches,
};

/** Negated operators hold where the request does not have the key. @type {Record<string, string>} */
const negated = { StringNotEquals: 'StringEquals', StringNotLike: 'StringLike', ArnNotEquals: 'ArnEquals', ArnNotLike: 'ArnLike' };

/** The first key in these statements that no call has, if any. @param {import('./types.d.ts').Statement[]} statements */
export function unknown_key(statements) {
  const keys = statements.flatMap(({ Condition = {} }) => Object.values(Condition).flatMap(Object.keys));
  return keys.find((key) => !known_keys.test(key));
}

/** @param {string} key @param {Context} context */
function check_key(key, context) {
  if (key in context || known_keys.test(key)) return key;
  throw new AwsError(400, 'MalformedPolicyDocument', `no condition key of these calls is called ${key}`);
}

/** @param {Conditions | undefined} condition @param {Context} context @returns {boolean} */
export function condition_holds(condition, context) {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, context[check_key(key, context)], as_list(values).map(String), context)),
  );
}

/** @param {string} operator @param {unknown} actual @param {string[]} values @param {Context} context @returns {boolean} */
function holds(operator, actual, values, context) {
  if (operator === 'Null') return values.includes(String(actual === undefined));
  const positive = negated[operator];
  if (positive !== undefined) return actual === undefined || !holds(positive, actual, values, context);
  const optional = operator.endsWith('IfExists');
  const matches = operators[optional ? operator.slice(0, -'IfExists'.length) : operator];
  if (matches === undefined) throw new AwsError(400, 'MalformedPolicyDocument', `unsupported condition ${operator}`);
  if (actual === undefined) return optional;
  return values.map((value) => filled(value, context)).some((value) => value !== undefined && matches(value, String(actual)));
}
