// Calls: which overloads may apply, what they give, and what of it is known when loading.
#include "cel/checker.hpp"
#include "cel/time_text.hpp"

namespace sallyport::cel {

type checker::check_call(node_index index) {
  if (!resolve_namespace(index) && report_foreign_space(index)) return type_kind::error;
  std::vector<type> arguments;
  // A function that is not there is the mistake, whatever is wrong inside it: its arguments may be names of its own.
  const bool unknown = options_.check && !problem_ && find_all_overloads(at(index).name).empty();
  for (std::size_t i = 0; i < at(index).child_count; ++i) {
    arguments.push_back(check(child(index, i)));
    const bool inside = unknown && (i > 0 || !at(index).receiver);
    if (inside && problem_) problem_.reset(), arguments.back() = type_kind::dyn;
  }
  if (problem_) return type_kind::error;
  type result = resolve_overload(index, arguments);
  check_constant_arguments(index);
  fold(index);
  return result;
}

// math.abs(x) reads like a method of `math`; where there is a function of that name, it is one.
bool checker::resolve_namespace(node_index index) {
  if (!at(index).receiver) return false;
  bool rooted = false;
  const std::string space = dotted_name(child(index, 0), rooted);
  if (space.empty()) return false;
  for (const auto& variable : names_.variables()) {
    if (variable.name == space) return false;
  }
  const std::string name = space + "." + std::string(at(index).name);
  if (!is_function(name)) return false;
  at(index).name = literals_.copy(name);
  at(index).receiver = false;
  ++at(index).first_child;
  --at(index).child_count;
  return true;
}

// regex.match(p, x): a function of another language, whose name space would be reported as a name that nothing has.
bool checker::report_foreign_space(node_index index) {
  if (!at(index).receiver || at(child(index, 0)).kind != node_kind::identifier) return false;
  const std::string space(at(child(index, 0)).name);
  if (find_local(space) != nullptr) return false;
  for (const auto& variable : names_.variables()) {
    if (variable.name == space) return false;
  }
  const std::string name = space + "." + std::string(at(index).name);
  auto advice = advise_foreign_call(scope_of_advice(), name, tree_.children_of(at(index)).subspan(1));
  if (advice.empty()) return false;
  report(index, "there is no function '" + name + "'", std::move(advice));
  return problem_.has_value();
}

type checker::resolve_overload(node_index index, const std::vector<type>& arguments) {
  const auto candidates = find_overloads(at(index).name, at(index).receiver, arguments.size());
  std::optional<type> result;
  at(index).first_overload = static_cast<std::uint32_t>(tree_.overloads.size());
  for (const overload* row : candidates) {
    const auto mark = types_.mark();
    const auto given = row->style == call_style::dynamic ? std::nullopt : try_overload(*row, arguments);
    if (!given) types_.return_to(mark);
    if (!given && options_.check && row->style != call_style::dynamic) continue;
    tree_.overloads.push_back(row);
    if (!given) continue;
    const type known = types_.resolved(*given, false);
    const bool same = !result || result->text() == known.text();
    result = same ? known : type(type_kind::dyn);
  }
  at(index).overload_count = static_cast<std::uint32_t>(tree_.overloads.size()) - at(index).first_overload;
  return result ? *result : report_call(index, arguments);
}

std::optional<type> checker::try_overload(const overload& row, const std::vector<type>& arguments) {
  substitution::renaming letters;
  std::size_t from = 0;
  for (const type& given : arguments) {
    const auto wanted = type::parse(next_parameter(row.parameters, from));
    if (!wanted.ok() || !types_.assignable(given, types_.renamed(*wanted, letters))) return std::nullopt;
  }
  const auto gives = type::parse(row.result);
  if (!gives.ok()) return std::nullopt;
  return types_.renamed(*gives, letters);
}

type checker::report_call(node_index index, const std::vector<type>& arguments) {
  std::vector<type> known;
  for (const type& each : arguments) known.push_back(types_.resolved(each, true));
  auto found = describe_call(scope_of_advice(), at(index), known);
  return report(index, std::move(found.message), std::move(found.advice));
}

// What only evaluation would find otherwise: a bad pattern, a named time zone.
void checker::check_constant_arguments(node_index index) {
  const node& called = at(index);
  if (called.child_count != 2) return;
  const node& second = at(child(index, 1));
  if (second.kind != node_kind::constant || !second.constant.is(kind::string)) return;
  if (called.name == "matches") return compile_pattern(index);
  const bool zoned = called.receiver && called.name.substr(0, 3) == "get" && called.overload_count > 0;
  if (zoned && !parse_zone(second.constant.as_string())) {
    report(child(index, 1), "named time zones are not available", "use 'UTC' or an offset such as '+01:00'");
  }
}

void checker::compile_pattern(node_index index) {
  auto compiled = regex::pattern::compile(at(child(index, 1)).constant.as_string());
  if (!compiled.ok()) {
    report(child(index, 1), "not a regular expression: " + compiled.error().detail, "the syntax is that of RE2");
    return;
  }
  patterns_.push_back(std::make_unique<regex::pattern>(std::move(*compiled)));
  at(index).pattern = patterns_.back().get();
}

// An expression of constants becomes one, so that it costs nothing per request. What fails stays, and fails when
// evaluated: another operand may still decide.
void checker::fold(node_index index) {
  if (problem_) return;
  for (const node_index each : tree_.children_of(at(index))) {
    if (at(each).kind != node_kind::constant || at(each).optional_entry) return;
  }
  if (at(index).kind == node_kind::list) return fold_list(index);
  if (at(index).kind == node_kind::map) return fold_map(index);
  fold_call(index);
}

void checker::fold_list(node_index index) {
  const auto elements = literals_.make_array<value>(at(index).child_count);
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = at(child(index, i)).constant;
  if (literals_.exhausted()) return;
  at(index).kind = node_kind::constant;
  at(index).constant = value::list(elements);
}

void checker::fold_map(node_index index) {
  const auto entries = literals_.make_array<map_entry>(at(index).child_count / 2);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = {at(child(index, 2 * i)).constant, at(child(index, 2 * i + 1)).constant};
  }
  const auto made = literals_.exhausted() ? std::nullopt : make_map(entries);
  if (!made) return;
  at(index).kind = node_kind::constant;
  at(index).constant = *made;
}

void checker::fold_call(node_index index) {
  constexpr std::uint64_t budget = 1000;
  constexpr std::size_t max_arguments = overload::max_arity;
  value arguments[max_arguments];
  if (at(index).child_count > max_arguments) return;
  for (std::size_t i = 0; i < at(index).child_count; ++i) arguments[i] = at(child(index, i)).constant;
  for (const overload* row : tree_.overloads_of(at(index))) {
    if (!accepts(*row, arguments)) continue;
    std::uint64_t steps = budget;
    call context(literals_, steps, at(index).offset, at(index).pattern);
    const value result = row->run(context, arguments);
    if (steps == 0 || literals_.exhausted()) return;
    if (result.is_error()) {
      if (options_.refuse_known_errors)
        report(index, std::string(result.as_error()->message), advise_failure(at(index).name));
      return;
    }
    at(index).kind = node_kind::constant;
    at(index).constant = result;
    return;
  }
}

}  // namespace sallyport::cel
