#include "cel/checker.hpp"

namespace sallyport::cel {
namespace {

bool is_key_type(const type& t) {
  return t.is(type_kind::boolean) || t.is(type_kind::integer) || t.is(type_kind::unsigned_integer) ||
         t.is(type_kind::string) || t.is(type_kind::parameter);
}

}  // namespace

checker::checker(std::string_view source, syntax& tree, const environment& names, const compile_options& options,
                 arena& literals, std::vector<std::unique_ptr<regex::pattern>>& patterns)
    : source_(source),
      tree_(tree),
      names_(names),
      options_(options),
      literals_(literals),
      patterns_(patterns),
      found_(tree.nodes.size()) {}

std::optional<diagnosis> checker::run(checked& out) {
  const type root = check(tree_.root);
  const bool fits = types_.assignable(root, options_.expected);
  if (options_.check && !problem_ && !fits) {
    const type found = types_.resolved(root, true);
    const bool truth = options_.expected.is(type_kind::boolean);
    report(tree_.root, "the expression is " + found.text() + ", not " + options_.expected.text(),
           truth ? advise_truth(scope_of_advice(), tree_.root, found)
                 : "use a function that gives " + options_.expected.text());
  }
  if (problem_) return problem_;
  for (auto& each : found_) each = types_.resolved(each, true);
  out.types = std::move(found_);
  out.local_count = local_count_;
  return std::nullopt;
}

type checker::check(node_index index) {
  if (problem_) return type_kind::error;
  type found = check_kind(index);
  found_[index] = found;
  return found;
}

type checker::check_kind(node_index index) {
  switch (at(index).kind) {
    case node_kind::constant: return check_constant(at(index).constant);
    case node_kind::identifier: return check_identifier(index);
    case node_kind::select:
    case node_kind::has: return check_select(index);
    case node_kind::call: return check_call(index);
    case node_kind::logical_and:
    case node_kind::logical_or: return check_logical(index);
    case node_kind::conditional: return check_conditional(index);
    case node_kind::list: return check_list(index);
    case node_kind::map: return check_map(index);
    case node_kind::message: return check_message(index);
    case node_kind::comprehension: return check_comprehension(index);
    case node_kind::bind:
    case node_kind::optional_map:
    case node_kind::optional_flat_map: return check_binding(index);
    case node_kind::variable:
    case node_kind::local: return found_[index];
    case node_kind::observed: break;
  }
  return type_kind::error;
}

type checker::check_constant(const value& constant) const {
  switch (constant.kind()) {
    case kind::null: return type_kind::null;
    case kind::boolean: return type_kind::boolean;
    case kind::integer: return type_kind::integer;
    case kind::unsigned_integer: return type_kind::unsigned_integer;
    case kind::real: return type_kind::real;
    case kind::string: return type_kind::string;
    case kind::bytes: return type_kind::bytes;
    case kind::list:
    case kind::map:
    case kind::timestamp:
    case kind::duration:
    case kind::type:
    case kind::object:
    case kind::optional:
    case kind::ip:
    case kind::cidr:
    case kind::error: return type_kind::dyn;
  }
  return type_kind::dyn;
}

type checker::check_select(node_index index) {
  bool rooted = false;
  const std::string name = at(index).kind == node_kind::select ? dotted_name(index, rooted) : std::string();
  type found;
  if (!name.empty() && resolve_name(index, name, rooted, found)) return found;
  const type operand = types_.resolved(check(child(index, 0)), false);
  type field = check_field(index, operand);
  if (at(index).kind == node_kind::has) return type_kind::boolean;
  const bool wrapped = field.is(type_kind::optional) && operand.is(type_kind::optional);
  return at(index).optional && !wrapped ? type::optional_of(std::move(field)) : field;
}

type checker::check_field(node_index index, const type& operand) {
  switch (operand.kind()) {
    case type_kind::map: return operand.second();
    case type_kind::optional: {
      // Selecting from an optional goes into what it holds and keeps it optional.
      type field = check_field(index, types_.resolved(operand.first(), false));
      return type::optional_of(std::move(field));
    }
    case type_kind::object: {
      const auto* field = operand.fields()->find(at(index).name);
      if (field != nullptr) return field->of;
      return report(index, operand.text() + " has no field '" + std::string(at(index).name) + "'",
                    advise_field(scope_of_advice(), at(index), operand));
    }
    case type_kind::dyn:
    case type_kind::error:
    case type_kind::parameter: return type_kind::dyn;
    case type_kind::null:
    case type_kind::boolean:
    case type_kind::integer:
    case type_kind::unsigned_integer:
    case type_kind::real:
    case type_kind::string:
    case type_kind::bytes:
    case type_kind::list:
    case type_kind::timestamp:
    case type_kind::duration:
    case type_kind::type:
    case type_kind::ip:
    case type_kind::cidr:
      return report(index, "a value of type " + operand.text() + " has no fields",
                    advise_field(scope_of_advice(), at(index), operand));
  }
  return type_kind::dyn;
}

type checker::check_logical(node_index index) {
  for (std::size_t i = 0; i < at(index).child_count; ++i) {
    const node_index operand = child(index, i);
    expect(operand, check(operand), type_kind::boolean, "an operand of && or ||");
  }
  return type_kind::boolean;
}

type checker::check_conditional(node_index index) {
  expect(child(index, 0), check(child(index, 0)), type_kind::boolean, "the condition before ?");
  const type then = check(child(index, 1));
  const type otherwise = check(child(index, 2));
  const type either = types_.fresh();
  if (types_.assignable(then, either) && types_.assignable(otherwise, either)) return types_.resolved(either, false);
  return report(index,
                "the two sides of ?: are " + types_.resolved(then, true).text() + " and " +
                    types_.resolved(otherwise, true).text(),
                "make them the same type, or wrap one in dyn()");
}

type checker::check_list(node_index index) {
  std::optional<type> element;
  for (std::size_t i = 0; i < at(index).child_count; ++i) {
    const node_index entry = child(index, i);
    const type next = entry_type(entry, at(entry).optional_entry);
    element = element ? joined(*element, next) : next;
  }
  fold(index);
  return type::list_of(element ? *element : types_.fresh());
}

type checker::check_map(node_index index) {
  std::optional<type> key;
  std::optional<type> content;
  for (std::size_t i = 0; i + 1 < at(index).child_count; i += 2) {
    const node_index entry = child(index, i);
    const type next_key = check(entry);
    const type next = entry_type(child(index, i + 1), at(entry).optional_entry);
    key = key ? joined(*key, next_key) : next_key;
    content = content ? joined(*content, next) : next;
  }
  fold(index);
  // A key of any other type fails when evaluated; as dyn it cannot make the types of nested maps grow without bound.
  if (key && !is_key_type(types_.resolved(*key, false))) key = type_kind::dyn;
  return type::map_of(key ? *key : types_.fresh(), content ? *content : types_.fresh());
}

// The type that an entry contributes: of `?x`, what x holds.
type checker::entry_type(node_index entry, bool optional) {
  const type found = check(entry);
  if (!optional) return found;
  const type content = types_.fresh();
  if (types_.assignable(found, type::optional_of(content))) return types_.resolved(content, false);
  return report(entry, "an entry with ? must be optional", "wrap it: optional.of(…)");
}

// Literals may mix types; what they have in common is then dyn.
type checker::joined(const type& known, const type& more) {
  const auto mark = types_.mark();
  if (types_.assignable(more, known)) {
    const type left = types_.resolved(known, false);
    const type right = types_.resolved(more, false);
    return is_as_general(right, left) ? right : left;
  }
  types_.return_to(mark);
  return type_kind::dyn;
}

type checker::check_message(node_index index) {
  return report(index, "there are no message types", "write a map: {'field': value}");
}

bool checker::expect(node_index index, const type& found, type_kind wanted, std::string_view what) {
  if (types_.assignable(found, wanted)) return true;
  const type given = types_.resolved(found, true);
  report(index, std::string(what) + " is " + given.text() + ", not " + type(wanted).text(),
         advise_truth(scope_of_advice(), index, given));
  return false;
}

type checker::report(node_index index, std::string message, std::string advice) {
  if (!options_.check) return type_kind::dyn;
  if (!problem_) problem_ = diagnosis{reason::cel_type, at(index).offset, std::move(message), std::move(advice)};
  return type_kind::error;
}

}  // namespace sallyport::cel
