// Calls of what is not there, of methods as functions, with too many arguments, and of the wrong types.
#include <algorithm>
#include <vector>

#include "cel/advice.hpp"
#include "cel/function.hpp"
#include "cel/written.hpp"
#include "core/suggest.hpp"

namespace sallyport::cel {
namespace {

struct foreign_function {
  std::string_view name;
  /// The receiver of a method among them.
  std::size_t arguments;
  /// $0, $1 … stand for the arguments.
  std::string_view own;
};

constexpr foreign_function foreign_functions[] = {
    {"lower", 1, "$0.lowerAscii()"},
    {"tolower", 1, "$0.lowerAscii()"},
    {"tolowercase", 1, "$0.lowerAscii()"},
    {"lowercase", 1, "$0.lowerAscii()"},
    {"downcase", 1, "$0.lowerAscii()"},
    {"upper", 1, "$0.upperAscii()"},
    {"toupper", 1, "$0.upperAscii()"},
    {"touppercase", 1, "$0.upperAscii()"},
    {"uppercase", 1, "$0.upperAscii()"},
    {"len", 1, "size($0)"},
    {"length", 1, "size($0)"},
    {"count", 1, "size($0)"},
    {"strlen", 1, "size($0)"},
    {"isempty", 1, "size($0) == 0"},
    {"is_empty", 1, "size($0) == 0"},
    {"empty", 1, "size($0) == 0"},
    {"hasprefix", 2, "$0.startsWith($1)"},
    {"has_prefix", 2, "$0.startsWith($1)"},
    {"starts_with", 2, "$0.startsWith($1)"},
    {"strings.hasprefix", 2, "$0.startsWith($1)"},
    {"hassuffix", 2, "$0.endsWith($1)"},
    {"has_suffix", 2, "$0.endsWith($1)"},
    {"ends_with", 2, "$0.endsWith($1)"},
    {"strings.hassuffix", 2, "$0.endsWith($1)"},
    {"strings.contains", 2, "$0.contains($1)"},
    {"strings.tolower", 1, "$0.lowerAscii()"},
    {"regexmatch", 2, "$0.matches($1)"},
    {"regex_match", 2, "$0.matches($1)"},
    {"match", 2, "$0.matches($1)"},
    {"test", 2, "$1.matches($0)"},
    {"like", 2, "$0.matches($1)"},
    {"re_match", 2, "$1.matches($0)"},
    {"regex.match", 2, "$1.matches($0)"},
    {"re.match", 2, "$1.matches($0)"},
    {"regexp.matchstring", 2, "$1.matches($0)"},
    {"net.cidr_contains", 2, "cidr($0).containsIP($1)"},
    {"inipaddressrange", 2, "cidr($1).containsIP($0)"},
    {"iniprange", 2, "cidr($1).containsIP($0)"},
    {"ipinrange", 2, "cidr($1).containsIP($0)"},
    {"incidr", 2, "cidr($1).containsIP($0)"},
    {"in_cidr", 2, "cidr($1).containsIP($0)"},
    {"ipmatch", 2, "cidr($1).containsIP($0)"},
    {"defined", 1, "has($0)"},
    {"isdefined", 1, "has($0)"},
    {"is_defined", 1, "has($0)"},
    {"isset", 1, "has($0)"},
    {"exists", 1, "has($0)"},
    {"present", 1, "has($0)"},
    {"not", 1, "!($0)"},
    {"and", 2, "$0 && $1"},
    {"or", 2, "$0 || $1"},
    {"eq", 2, "$0 == $1"},
    {"equal", 2, "$0 == $1"},
    {"equals", 2, "$0 == $1"},
    {"ne", 2, "$0 != $1"},
    {"equalsignorecase", 2, "$0.lowerAscii() == $1.lowerAscii()"},
    {"coalesce", 2, "has($0) ? $0 : $1"},
    {"default", 2, "has($0) ? $0 : $1"},
    {"concat", 2, "$0 + $1"},
    {"tostring", 1, "string($0)"},
    {"str", 1, "string($0)"},
    {"to_string", 1, "string($0)"},
    {"toint", 1, "int($0)"},
    {"parseint", 1, "int($0)"},
    {"to_number", 1, "int($0)"},
    {"number", 1, "int($0)"},
    {"float", 1, "double($0)"},
    {"date", 1, "timestamp($0)"},
    {"datetime", 1, "timestamp($0)"},
    {"max", 2, "math.greatest($0, $1)"},
    {"math.max", 2, "math.greatest($0, $1)"},
    {"min", 2, "math.least($0, $1)"},
    {"math.min", 2, "math.least($0, $1)"},
    {"substr", 2, "$0.substring($1)"},
    {"substr", 3, "$0.substring($1, $2)"},
    {"any", 3, "$0.exists($1, $2)"},
    {"some", 3, "$0.exists($1, $2)"},
    {"every", 3, "$0.all($1, $2)"},
    {"find", 3, "$0.filter($1, $2)"},
    {"get", 2, "$0[$1]"},
    {"get", 3, "$1 in $0 ? $0[$1] : $2"},
    {"inrange", 2, "cidr($1).containsIP($0)"},
    {"intersection", 2, "sets.intersects($0, $1)"},
    {"regexp_like", 2, "$0.matches($1)"},
    {"hour", 1, "$0.getHours()"},
    {"time.hour", 1, "$0.getHours()"},
    {"count", 3, "size($0.filter($1, $2))"},
    {"intersects", 2, "sets.intersects($0, $1)"},
    {"hasany", 2, "sets.intersects($0, $1)"},
    {"containsany", 2, "sets.intersects($0, $1)"},
    {"contains_any", 2, "sets.intersects($0, $1)"},
    {"overlaps", 2, "sets.intersects($0, $1)"},
    {"containsall", 2, "sets.contains($0, $1)"},
    {"hasall", 2, "sets.contains($0, $1)"},
};

/// Other languages' tests of membership; in a list and a map, and in a text.
constexpr std::string_view membership[] = {"contains", "includes", "include",  "has",         "in",
                                           "exists",   "any",      "hasvalue", "haskey",      "has_key",
                                           "inlist",   "in_array", "inarray",  "containskey", "indexof",
                                           "some",     "contain",  "member",   "elem",        "containsvalue"};

constexpr std::string_view macros[] = {"all", "exists", "exists_one", "existsOne", "filter", "map", "sortBy"};

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return made;
}

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

/// "write …" with the arguments put in.
std::string fill(std::string_view own, const texts& arguments) {
  std::string text = "write ";
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i] != '$') text += own[i];
    if (own[i] == '$') text += arguments[static_cast<std::size_t>(own[++i] - '0')];
  }
  return text;
}

std::string foreign(std::string_view name, const texts& arguments) {
  const auto wanted = lower(name);
  for (const auto& row : foreign_functions) {
    if (row.name == wanted && row.arguments == arguments.size()) return fill(row.own, arguments);
  }
  return "";
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
  const bool asks_for_one = arguments.size() == 2 && holds(membership, lower(name));
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
  const bool asks_for_one = arguments.size() == 2 && holds(membership, lower(name));
  if (asks_for_one && (is_list(types[0]) || types[0].is(type_kind::map) || types[0].is(type_kind::cidr))) {
    return advise_types(name, arguments, types);
  }
  // What a token says has any type: a test of membership is one of a list.
  if (asks_for_one && call.receiver && types[0].is(type_kind::dyn))
    return "write " + arguments[1] + " in " + arguments[0];
  if (asks_for_one && types[0].is(type_kind::string) && is_list(types[1]))
    return "write " + arguments[0] + " in " + arguments[1];
  if (asks_for_one && types[0].is(type_kind::string)) return as_method("contains", arguments);
  if (auto known = foreign(name, arguments); !known.empty()) return known;
  const auto near = closest(name, all_names());
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
      !foreign(name, arguments).empty() && find_overloads(name, !call.receiver, arguments.size()).empty();
  const bool known = !foreign_form && !find_all_overloads(name).empty();
  if (known) return describe_known(name, call.receiver, arguments, types);
  return {missing, advise_unknown(scope, call, arguments, types)};
}

std::string advise_foreign_call(const advice_scope& scope, std::string_view name,
                                std::span<const node_index> arguments) {
  const auto own = scope.names.find_synonym(std::string(name) + "()");
  if (!own.empty()) return "write " + std::string(own);
  const auto given = written_all(scope, arguments);
  const auto dot = name.find('.');
  const bool of_texts = name.starts_with("string.") || name.starts_with("strings.") || name.starts_with("str.");
  const bool method = of_texts && !find_overloads(name.substr(dot + 1), true, given.size()).empty();
  return method ? as_method(name.substr(dot + 1), given) : foreign(name, given);
}

}  // namespace sallyport::cel
