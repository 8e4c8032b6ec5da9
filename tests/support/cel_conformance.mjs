// The conformance tests of the CEL project (github.com/google/cel-spec), as npm @bufbuild/cel-spec carries them: every case
// as a question to the probe, and whether the answer is the expected one.
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';

/** @typedef {{file: string, id: string, test: any, type?: string}} Case */

/** Every case, in the order of the data. @returns {Case[]} */
export function conformance_cases() {
  return (tests.suites ?? []).flatMap((file) =>
    (file.suites ?? []).flatMap((section) =>
      (section.tests ?? []).map((each) => ({
        file: file.name,
        id: `${file.name}/${section.name}/${each.original.name}`,
        test: each.original,
        type: each.type,
      })),
    ),
  );
}

/** The probe's question for a case. @param {Case} case_ */
export function question({ test }) {
  const bindings = Object.entries(test.bindings ?? {}).map(([key, bound]) => ({ key, value: bound.value }));
  const check = test.disableCheck !== true;
  return { op: 'cel', in: { expr: test.expr, container: test.container ?? '', bindings, check } };
}

/** Whether `answer` is what the case expects; the message of an error is the implementation's own. @param {Case} case_ @param {import('./probes.mjs').Answer} answer */
export function is_expected({ test }, answer) {
  if (answer.error !== undefined) return false;
  if (test.evalError !== undefined) return answer.reason?.startsWith('cel_') === true;
  if (answer.reason !== 'ok') return false;
  const expected = test.value ?? test.typedResult?.result ?? { boolValue: true };
  return normal(expected) === normal(answer.out.value);
}

/** A cel.expr.Value in its proto JSON, either case style, as text that is equal for equal values. @param {Record<string, any>} value @returns {string} */
export function normal(value) {
  const [name = '', content] = Object.entries(value)[0] ?? [];
  switch (name.replaceAll('_', '').toLowerCase()) {
    case 'nullvalue':
      return 'null';
    case 'boolvalue':
      return `bool ${content}`;
    case 'int64value':
      return `int ${BigInt(content)}`;
    case 'uint64value':
      return `uint ${BigInt(content)}`;
    case 'doublevalue':
      return `double ${Number(content)}`;
    case 'stringvalue':
      return `string ${JSON.stringify(content)}`;
    case 'bytesvalue':
      return `bytes ${content}`;
    case 'typevalue':
      return `type ${content}`;
    case 'listvalue':
      return `list [${(content.values ?? []).map(normal).join(', ')}]`;
    case 'mapvalue':
      return `map {${(content.entries ?? [])
        .map((/** @type {any} */ each) => `${normal(each.key)}: ${normal(each.value)}`)
        .sort()
        .join(', ')}}`;
    case 'objectvalue':
      return `object ${content['@type']} ${JSON.stringify(content.value)}`;
    default:
      return JSON.stringify(value);
  }
}

/** @type {Record<string, string>} */
const primitives = { BOOL: 'bool', INT64: 'int', UINT64: 'uint', DOUBLE: 'double', STRING: 'string', BYTES: 'bytes' };
/** @type {Record<string, string>} */
const known_messages = { 'google.protobuf.Timestamp': 'timestamp', 'google.protobuf.Duration': 'duration' };

/**
 * The variables that a case declares, by name, with their types as CEL writes them; undefined when the case needs types
 * that we do not have: messages, functions of its own.
 * @param {Case} case_ @returns {Record<string, string> | undefined}
 */
export function declared_types({ id, test }) {
  if (needs_messages(test) || differing.has(id)) return undefined;
  const entries = (test.typeEnv ?? []).map((/** @type {any} */ { name, ident }) => [name, ident && type_text(ident.type)]);
  return entries.every((/** @type {[string, string | undefined]} */ [, type]) => type !== undefined)
    ? Object.fromEntries(entries)
    : undefined;
}

// The annotation differs from the case's own deducedType, which is ours: optional_type(int).
const differing = new Set(['type_deductions/legacy_nullable_types/null_assignable_to_abstract_parameter_candidate']);

/** @param {any} test */
function needs_messages(test) {
  return /TestAllTypes|TestRequired|google\.protobuf\.(?!Timestamp|Duration)|GlobalEnum|NestedEnum|Value\{|Struct\{/.test(
    JSON.stringify(test),
  );
}

/** @param {any} type a cel.expr.Type in its proto JSON @returns {string | undefined} */
function type_text(type) {
  if (type.primitive) return primitives[type.primitive];
  if (type.messageType) return known_messages[type.messageType];
  if (type.dyn) return 'dyn';
  if (type.listType) return compound('list', [type.listType.elemType]);
  return type.mapType && compound('map', [type.mapType.keyType, type.mapType.valueType]);
}

/** @param {string} name @param {any[]} parts */
function compound(name, parts) {
  const texts = parts.map(type_text);
  return texts.includes(undefined) ? undefined : `${name}(${texts.join(', ')})`;
}
