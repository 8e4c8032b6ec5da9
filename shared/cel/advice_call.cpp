// Calls of what is not there, of methods as functions, with too many arguments, and of the wrong types.
#include <algorithm>
#include <vector>

#include "cel/advice.hpp"
#include "cel/foreign_function.hpp"
#include "cel/function.hpp"
#include "cel/written.hpp"
#include "core/ascii.hpp"
#include "document/suggest.hpp"

namespace sallyport::cel {
namespace {

/// Other languages' tests of membership; in a list and a map, and in a text.
constexpr std::string_view membership[] = {"contains", "includes", "include",  "has",         "in",
                                           "exists",   "any",      "hasvalue", "haskey",      "has_key",
                                           "inlist",   "in_array", "inarray",  "containskey", "indexof",
                                           "some",     "contain",  "member",   "elem",        "containsvalue"};

constexpr std::string_view macros[] = {"all", "exists", "exists_one", "existsOne", "filter", "map", "sortBy"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

using texts = std::vector<std::string>;

texts written_all(const advice_scope& scope, std::span<const node_index> arguments) {
  constexpr std::string_view placeholders[] = {"x", "y", "z", "u"};
  texts all;
  for (const auto each : arguments) {
    const auto kind = scope.tree.nodes[each].kind;
    const bool wide = all.empty() || kind == node_kind::logical_and || kind == node_kind::logical_or;
    auto text = wide ? written_operand(scope.tree, each, "") : written(scope.tree, each);
    if (text.empty()) text = placeholders[std::min<std::size_t>(all.size(), 3)];
    all.push_back(std::move(text));
  }
  return all;
}

std::string as_method(std::string_view name, const texts& arguments) {
  std::string text = "write " + arguments[0] + "." + std::string(name) + "(";
  for (std::size_t i = 1; i < arguments.size(); ++i) text += (i > 1 ? ", " : "") + arguments[i];
  return text + ")";
}

/// What the receiver of this method is: "string", "net.CIDR".
std::string_view receiver_of(std::string_view name) {
  for (const auto* row : find_all_overloads(name)) {
    std::size_t from = 0;
    if (row->style == call_style::method) return next_parameter(row->parameters, from);
  }
  return {};
}

/// "timestamp" for a value that must be converted by timestamp() before a method takes it.
std::string_view conversion_to(std::string_view receiver) {
  if (receiver == "net.CIDR") return "cidr";
  if (receiver == "net.IP") return "ip";
  if (receiver == "timestamp" || receiver == "google.protobuf.Timestamp") return "timestamp";
  return receiver == "duration" || receiver == "google.protobuf.Duration" ? "duration" : "";
}

/// A method of texts on a list of them, with a list behind it, or on what is no text.
std::string advise_text_method(std::string_view name, const texts& arguments, std::span<const type> types) {
  if (is_list(types[0])) {
    const bool tests = name == "contains" || name == "startsWith" || name == "endsWith" || name == "matches";
    texts each = arguments;
    each[0] = "x";
    const auto call = as_method(name, each).substr(6);
    return "write " + arguments[0] + (tests ? ".exists(x, " : ".map(x, ") + call + ")";
  }
  if (types.size() > 1 && is_list(types[1])) {
    texts each = arguments;
    each[1] = "x";
    return "write " + arguments[1] + ".exists(x, " + as_method(name, each).substr(6) + ")";
  }
  texts converted = arguments;
  for (std::size_t i = 0; i < types.size() && i < 2; ++i) {
    if (!types[i].is(type_kind::string) && !types[i].is(type_kind::dyn)) converted[i] = "string(" + arguments[i] + ")";
  }
  return as_method(name, converted);
}

std::string advise_types(std::string_view name, const texts& arguments, std::span<const type> types) {
  if (types.empty()) return "";
  const bool asks_for_one = arguments.size() == 2 && holds(membership, ascii::to_lower(name));
  if (asks_for_one && is_list(types[0])) {
    return is_list(types[1]) ? "write sets.contains(" + arguments[0] + ", " + arguments[1] + ")"
                             : "write " + arguments[1] + " in " + arguments[0];
  }
  if (asks_for_one && types[0].is(type_kind::map)) return "write " + arguments[1] + " in " + arguments[0];
  if (asks_for_one && types[0].is(type_kind::cidr)) return as_method("containsIP", arguments);
  if (name.starts_with("sets.") && types.size() == 2 && is_list(types[0])) {
    return "write " + std::string(name) + "(" + arguments[0] + ", [" + arguments[1] + "])";
  }
  const auto receiver = receiver_of(name);
  const auto conversion = conversion_to(receiver);
  if (!conversion.empty() && types[0].is(type_kind::string)) {
    texts converted = arguments;
    converted[0] = std::string(conversion) + "(" + arguments[0] + ")";
    return as_method(name, converted);
  }
  if (types[0].is(type_kind::object)) return "name a field of " + arguments[0] + " that it is asked of";
  if (receiver == "string") return advise_text_method(name, arguments, types);
  if (name == "duration" && types[0].is(type_kind::integer)) {
    const bool digits = arguments[0].find_first_not_of("0123456789") == std::string::npos;
    return digits ? "write duration('" + arguments[0] + "s')" : "write duration(string(" + arguments[0] + ") + 's')";
  }
  if (arguments.size() == 1 && is_list(types[0]) && !find_overloads(name, false, 1).empty() && name != "size") {
    return "write " + std::string(name) + "(" + arguments[0] + "[0]) for the first of the list";
  }
  if (name == "size") return "only text, lists and maps have a size";
  return "convert an argument, e.g. string(x), int(x)";
}

std::string counts_of(std::string_view name, bool method) {
  std::vector<std::size_t> counts;
  for (const auto* row : find_all_overloads(name)) {
    if ((row->style == call_style::method) != method) continue;
    const std::size_t count = row->arity - (method ? 1U : 0U);
    if (std::find(counts.begin(), counts.end(), count) == counts.end()) counts.push_back(count);
  }
  std::sort(counts.begin(), counts.end());
  std::string text;
  for (const auto count : counts) text += (text.empty() ? "" : " or ") + std::to_string(count);
  return text == "0" ? "no arguments" : text + (text == "1" ? " argument" : " arguments");
}

std::string arguments_text(std::size_t count) {
  if (count == 0) return "without arguments";
  return count == 1 ? "for 1 argument" : "for " + std::to_string(count) + " arguments";
}

/// A macro with arguments that are none of its: groups.exists('sre').
std::string advise_macro(std::string_view name, const texts& arguments, std::span<const type> types) {
  const std::string receiver = arguments.empty() ? "list" : arguments[0];
  const bool asks_for_one = types.size() == 2 && (name == "exists" || name == "exists_one" || name == "existsOne");
  if (asks_for_one && !types[1].is(type_kind::boolean)) return "write " + arguments[1] + " in " + receiver;
  const bool tests = name != "map" && name != "sortBy";
  return "write " + receiver + "." + std::string(name) + (tests ? "(x, x == 'a')" : "(x, x)") +
         ": a name for each element, and what to do with it";
}

call_problem describe_known(std::string_view name, bool method, const texts& arguments, std::span<const type> types) {
  const bool other_form = !find_overloads(name, !method, arguments.size()).empty();
  const std::string quoted_name = "'" + std::string(name) + "'";
  if (other_form && !method) {
    const auto receiver = receiver_of(name);
    const bool direct = receiver != "string" || types[0].is(type_kind::string) || types[0].is(type_kind::dyn);
    const bool fits = direct && conversion_to(receiver).empty();
    return {quoted_name + " is a method, not a function",
            fits ? as_method(name, arguments) : advise_types(name, arguments, types)};
  }
  if (other_form) {
    return {quoted_name + " is a function, not a method", "write " + std::string(name) + "(" + arguments[0] + ")"};
  }
  std::size_t given = arguments.size();
  const auto rows = find_all_overloads(name);
  const auto is_method = [](const overload* row) { return row->style == call_style::method; };
  const bool same_form =
      std::any_of(rows.begin(), rows.end(), [&](const overload* row) { return is_method(row) == method; });
  const bool as = same_form ? method : !method;
  if (as && given > 0) --given;
  return {quoted_name + " takes " + counts_of(name, as) + ", not " + std::to_string(given),
          as ? "what stands in front of the dot does not count" : "give it as many"};
}

std::vector<std::string_view> all_names() {
  auto names = function_names();
  names.insert(names.end(), std::begin(macros), std::end(macros));
  names.push_back("has");
  return names;
}

std::string advise_unknown(const advice_scope& scope, const node& call, const texts& arguments,
                           std::span<const type> types) {
  const std::string_view name = call.name;
  const auto own = scope.names.find_synonym((call.receiver ? arguments[0] + "." : "") + std::string(name) + "()");
  if (!own.empty()) return "write " + std::string(own);
  const bool asks_for_one = arguments.size() == 2 && holds(membership, ascii::to_lower(name));
  if (asks_for_one && (is_list(types[0]) || types[0].is(type_kind::map) || types[0].is(type_kind::cidr))) {
    return advise_types(name, arguments, types);
  }
  // What a token says has any type: a test of membership is one of a list.
  if (asks_for_one && call.receiver && types[0].is(type_kind::dyn))
    return "write " + arguments[1] + " in " + arguments[0];
  if (asks_for_one && types[0].is(type_kind::string) && is_list(types[1]))
    return "write " + arguments[0] + " in " + arguments[1];
  if (asks_for_one && types[0].is(type_kind::string)) return as_method("contains", arguments);
  if (auto known = foreign_function(name, arguments); !known.empty()) return known;
  const auto near = document::closest(name, all_names());
  if (near.empty())
    return "the functions are those of CEL and its extensions: x.startsWith('…'), x.matches('^…$'), size(x), …";
  const bool method = !find_overloads(near, true, arguments.size()).empty();
  return "did you mean " + (method ? as_method(near, arguments).substr(6) : std::string(near) + "()") + "?";
}

/// Operators by their signs, since their inner names say nothing to an author.
std::string sign_of(std::string_view name) {
  if (name == "@in") return "in";
  if (name == "_[_]" || name == "_[?_]") return "[ ]";
  if (name == "!_" || name == "-_") return std::string(name.substr(0, 1));
  return name.size() > 2 && name.front() == '_' ? std::string(name.substr(1, name.size() - 2)) : "";
}

std::string listed(std::span<const type> types) {
  std::string list;
  for (const auto& each : types) list += (list.empty() ? "" : ", ") + each.text();
  return "(" + list + ")";
}

std::string between(std::string_view sign, std::span<const type> types) {
  if (types.size() == 1) return "'" + std::string(sign) + "' does not go with " + types[0].text();
  return "'" + std::string(sign) + "' does not go with " + types[0].text() + " and " + types[1].text();
}

}  // namespace

call_problem describe_call(const advice_scope& scope, const node& call, std::span<const type> types) {
  const std::string_view name = call.name;
  if (const auto sign = sign_of(name); !sign.empty())
    return {between(sign, types), advise_operator(scope, call, types)};
  const auto arguments = written_all(scope, scope.tree.children_of(call));
  // The two that a macro renames.
  const std::string_view shown = name == "math.@max" ? "math.greatest" : name == "math.@min" ? "math.least" : name;
  const std::string quoted_name = "'" + std::string(shown) + "'";
  const std::size_t given = arguments.size() - (call.receiver ? 1 : 0);
  if (!find_overloads(name, call.receiver, arguments.size()).empty()) {
    return {quoted_name + " does not take " + listed(types), advise_types(name, arguments, types)};
  }
  if (call.receiver && holds(macros, name)) {
    return {quoted_name + " does not take " + listed(types.subspan(1)), advise_macro(name, arguments, types)};
  }
  const std::string missing = "there is no function " + quoted_name + " " + arguments_text(given);
  const bool foreign_form =
      !foreign_function(name, arguments).empty() && find_overloads(name, !call.receiver, arguments.size()).empty();
  const bool known = !foreign_form && !find_all_overloads(name).empty();
  if (known) return describe_known(name, call.receiver, arguments, types);
  return {missing, advise_unknown(scope, call, arguments, types)};
}

std::string advise_failure(std::string_view name) {
  if (name == "timestamp") return "write e.g. timestamp('2030-01-31T00:00:00Z')";
  if (name == "duration") return "write e.g. duration('1h30m')";
  if (name == "ip") return "write e.g. ip('192.0.2.1')";
  if (name == "cidr" || name == "containsIP" || name == "containsCIDR") return "write e.g. cidr('10.0.0.0/8')";
  if (name == "int" || name == "uint" || name == "double") return "write digits, e.g. 5";
  return "it fails for every request: drop it, or test something of the request";
}

std::string advise_foreign_call(const advice_scope& scope, std::string_view name,
                                std::span<const node_index> arguments) {
  const auto own = scope.names.find_synonym(std::string(name) + "()");
  if (!own.empty()) return "write " + std::string(own);
  const auto given = written_all(scope, arguments);
  const auto dot = name.find('.');
  const bool of_texts = name.starts_with("string.") || name.starts_with("strings.") || name.starts_with("str.");
  const bool method = of_texts && !find_overloads(name.substr(dot + 1), true, given.size()).empty();
  return method ? as_method(name.substr(dot + 1), given) : foreign_function(name, given);
}

}  // namespace sallyport::cel
