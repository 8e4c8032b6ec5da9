// Operators between types that do not go together, and what was to be true or false.
#include <algorithm>

#include "cel/advice.hpp"
#include "cel/network_text.hpp"
#include "cel/time_text.hpp"
#include "cel/written.hpp"

namespace sallyport::cel {
namespace {

/// One side of an operator.
struct side {
  const node* at;
  std::string text;
  type of;

  bool is(type_kind kind) const { return of.is(kind); }
  bool is_text() const { return at->kind == node_kind::constant && at->constant.is(kind::string); }
  bool is_number() const { return at->kind == node_kind::constant && at->constant.is(kind::integer); }
  bool is_field() const { return at->kind == node_kind::select; }
};

side side_of(const advice_scope& scope, node_index index, type of, std::string_view otherwise) {
  return {&scope.tree.nodes[index], written_operand(scope.tree, index, otherwise), std::move(of)};
}

bool is_number(const type& of) {
  return of.is(type_kind::integer) || of.is(type_kind::unsigned_integer) || of.is(type_kind::real);
}

bool is_decimal(std::string_view text) {
  return !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_network(const side& of) {
  return of.is(type_kind::ip) || of.is(type_kind::cidr);
}

std::string write(std::string text) {
  return "write " + std::move(text);
}

std::string in_network(const side& address, const side& network) {
  return network.text + ".containsIP(" + address.text + ")";
}

std::string fields_of(const side& object) {
  std::string all;
  for (const auto& field : object.of.fields()->fields) all += (all.empty() ? "" : ", ") + field.name;
  return "name a field of " + object.text + ": " + all;
}

/// A time or length of time beside a value of another type; empty when neither side is one.
std::string advise_time(const side& left, const side& right, std::string_view symbol) {
  const bool time_left = left.is(type_kind::timestamp) || left.is(type_kind::duration);
  const side& time = time_left ? left : right;
  const side& other = time_left ? right : left;
  const auto both = [&](const std::string& a, const std::string& b) {
    return write(time_left ? a + " " + std::string(symbol) + " " + b : b + " " + std::string(symbol) + " " + a);
  };
  if (time.is(type_kind::duration)) {
    if (other.is_number()) return both(time.text, "duration('" + other.text + "s')");
    if (other.is(type_kind::integer)) return both(time.text, "duration(string(" + other.text + ") + 's')");
    return "write a duration: duration('5m')";
  }
  if (!time.is(type_kind::timestamp)) return "";
  constexpr std::int64_t largest_part = 9999;
  if (other.is_number() && other.at->constant.as_integer() > largest_part) {
    return both(time.text, "timestamp(" + other.text + ")");
  }
  if (other.is_number()) return both(time.text + ".getHours()", other.text) + ", or another getter";
  if (other.is(type_kind::integer)) return both(time.text, "timestamp(" + other.text + ")");
  if (other.is_text() && parse_timestamp(other.at->constant.as_string())) {
    return both(time.text, "timestamp(" + other.text + ")");
  }
  return "write a time: timestamp('2030-01-31T00:00:00Z')";
}

/// Text beside a number or a truth value: the quotes are wrong, or missing.
std::string advise_quotes(const side& left, const side& right, std::string_view symbol) {
  const side& text = left.is(type_kind::string) ? left : right;
  const side& other = left.is(type_kind::string) ? right : left;
  const auto both = [&](const std::string& of_text, const std::string& of_other) {
    const bool first = &text == &left;
    return write((first ? of_text : of_other) + " " + std::string(symbol) + " " + (first ? of_other : of_text));
  };
  if (!text.is(type_kind::string)) return "";
  if (other.is_number()) return both(text.text, in_quotes(other.text));
  if (text.is_text() && is_number(other.of) && is_decimal(text.at->constant.as_string())) {
    return both(std::string(text.at->constant.as_string()), other.text);
  }
  const bool truth =
      text.is_text() && (text.at->constant.as_string() == "true" || text.at->constant.as_string() == "false");
  if (other.is(type_kind::boolean) && truth) return both(std::string(text.at->constant.as_string()), other.text);
  if (other.is(type_kind::boolean) && other.at->kind == node_kind::constant)
    return both(text.text, in_quotes(other.text));
  if (is_number(other.of) || other.is(type_kind::boolean)) return both(text.text, "string(" + other.text + ")");
  return "";
}

std::string advise_null(const side& other, bool negated) {
  if (other.is_field()) return write(std::string(negated ? "" : "!") + "has(" + other.text + ")");
  if (is_list(other.of)) return write("size(" + other.text + (negated ? ") > 0" : ") == 0"));
  return "nothing here is null: drop the test, or ask has(a.b) whether a field is there";
}

std::string advise_equality(const side& left, const side& right, bool negated) {
  const std::string symbol = negated ? "!=" : "==";
  const auto made = [&](const std::string& test) { return write(negated ? "!(" + test + ")" : test); };
  if (left.is(type_kind::null) || right.is(type_kind::null))
    return advise_null(left.is(type_kind::null) ? right : left, negated);
  if (is_list(left.of) && !is_list(right.of)) return made(right.text + " in " + left.text);
  if (is_list(right.of) && !is_list(left.of)) return made(left.text + " in " + right.text);
  if (left.is(type_kind::object)) return fields_of(left);
  if (right.is(type_kind::object)) return fields_of(right);
  if (left.is(type_kind::optional)) return write(left.text + ".value() " + symbol + " " + right.text);
  if (right.is(type_kind::optional)) return write(left.text + " " + symbol + " " + right.text + ".value()");
  if (left.is(type_kind::boolean) && right.is_number())
    return write(left.text + " " + symbol + (right.text == "0" ? " false" : " true"));
  if (left.is(type_kind::cidr)) return made(in_network(right, left));
  if (right.is(type_kind::cidr)) return made(in_network(left, right));
  if (left.is(type_kind::ip)) return write(left.text + " " + symbol + " ip(" + right.text + ")");
  if (right.is(type_kind::ip)) return write("ip(" + left.text + ") " + symbol + " " + right.text);
  if (left.is(type_kind::map) || right.is(type_kind::map)) {
    const side& map = left.is(type_kind::map) ? left : right;
    return "name a member: " + map.text + ".name, or 'name' in " + map.text;
  }
  if (auto advice = advise_time(left, right, symbol); !advice.empty()) return advice;
  return advise_quotes(left, right, symbol);
}

/// "a, b" as ['a', 'b'].
std::string list_of_words(std::string_view text) {
  std::string list;
  while (true) {
    const auto end = std::min(text.find(','), text.size());
    auto word = text.substr(0, end);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    list += (list.empty() ? "" : ", ") + in_quotes(word);
    if (end == text.size()) return "[" + list + "]";
    text.remove_prefix(end + 1);
  }
}

/// ['1', '2'] as [1, 2]; empty when it holds anything but numbers in quotes.
std::string list_of_numbers(const node& list) {
  if (list.kind != node_kind::constant || !list.constant.is(kind::list)) return "";
  std::string numbers;
  for (const auto& each : list.constant.as_list()) {
    if (!each.is(kind::string) || !is_decimal(each.as_string())) return "";
    numbers += (numbers.empty() ? "" : ", ") + std::string(each.as_string());
  }
  return "[" + numbers + "]";
}

/// Text on the right of `in`: a range of addresses, the only element of a list, or a part that is looked for.
std::string advise_in_text(const side& left, const side& right) {
  if (right.is_text() && parse_cidr(right.at->constant.as_string())) {
    return write("cidr(" + right.text + ").containsIP(" + left.text + ")");
  }
  if (right.is_text()) return write(left.text + " in " + list_of_words(right.at->constant.as_string()));
  if (!left.is(type_kind::string) || !right.is(type_kind::string))
    return "in looks into a list or a map: x in ['a', 'b']";
  // What looks like a domain is one only at the end.
  const char first = left.is_text() && !left.at->constant.as_string().empty() ? left.at->constant.as_string()[0] : ' ';
  const bool ends = first == '@' || first == '.';
  return write(right.text + (ends ? ".endsWith(" : ".contains(") + left.text + ")");
}

std::string advise_in(const side& left, const side& right) {
  if (right.is(type_kind::cidr)) return write(in_network(left, right));
  if (is_list(left.of) && is_list(right.of)) return write(left.text + ".exists(x, x in " + right.text + ")");
  if (is_list(left.of)) return write(right.text + " in " + left.text);
  if (right.is(type_kind::object) && left.is_text()) {
    return write("has(" + written_member(right.text, left.at->constant.as_string()) + ")");
  }
  if (right.is(type_kind::object)) return fields_of(right);
  if (is_list(right.of) && left.is_number() && right.of.first().is(type_kind::string))
    return write(in_quotes(left.text) + " in " + right.text);
  const auto numbers = left.is(type_kind::integer) ? list_of_numbers(*right.at) : "";
  if (!numbers.empty()) return write(left.text + " in " + numbers);
  if (is_list(right.of)) return "the list holds " + right.of.first().text() + ": look for one of these";
  return advise_in_text(left, right);
}

std::string advise_index(const side& left, const side& right) {
  if (is_list(left.of) && right.is(type_kind::string)) return write(right.text + " in " + left.text);
  if (left.is(type_kind::object) && right.is_text()) {
    const auto* field = left.of.fields()->find(right.at->constant.as_string());
    if (field != nullptr) return write(left.text + "." + field->name);
  }
  if (left.is(type_kind::object)) return fields_of(left);
  if (left.is(type_kind::string) && right.is(type_kind::integer))
    return write(left.text + ".charAt(" + right.text + ")");
  if (left.is(type_kind::map)) return "its keys are " + left.of.first().text() + ": " + left.text + "['name']";
  return "only lists and maps take an index";
}

std::string advise_not(const advice_scope& scope, node_index operand, const side& of) {
  if (of.is_field())
    return of.is(type_kind::list) ? write("size(" + of.text + ") == 0") : write("!has(" + of.text + ")");
  if (of.is_text()) return "put brackets around what is negated: !(" + of.text + " in x)";
  if (of.is(type_kind::list) || of.is(type_kind::map)) return write("size(" + of.text + ") == 0");
  if (of.is(type_kind::string)) return write(of.text + " == ''");
  return advise_truth(scope, operand, of.of);
}

std::string symbol_of(std::string_view name) {
  return std::string(name.substr(1, name.size() - 2));
}

std::string advise_two(const std::string_view name, const side& left, const side& right) {
  if (name == "_==_" || name == "_!=_") return advise_equality(left, right, name == "_!=_");
  if (name == "@in") return advise_in(left, right);
  if (name == "_[_]" || name == "_[?_]") return advise_index(left, right);
  if (is_network(left) || is_network(right)) return "write cidr('10.0.0.0/8').containsIP(x) for a range of addresses";
  const bool orders = name.find('<') != std::string_view::npos || name.find('>') != std::string_view::npos;
  if (orders && (left.is(type_kind::boolean) || right.is(type_kind::boolean))) {
    return "join two comparisons: a <= b && b <= c";
  }
  if (orders && is_list(left.of) && is_number(right.of))
    return write("int(" + left.text + "[0]) " + symbol_of(name) + " " + right.text);
  if (auto advice = advise_time(left, right, symbol_of(name)); !advice.empty()) return advice;
  if (name == "_+_" && is_list(left.of)) return write(left.text + " + [" + right.text + "]");
  if (name == "_+_" && is_list(right.of)) return write("[" + left.text + "] + " + right.text);
  return advise_quotes(left, right, symbol_of(name));
}

std::string common_advice(const side& left, const side& right) {
  if (is_number(left.of) && is_number(right.of)) return "make both the same kind of number: int(x), double(x)";
  return "make both sides the same type: string(x), int(x), timestamp('…'), duration('…')";
}

}  // namespace

std::string advise_truth(const advice_scope& scope, node_index index, const type& found) {
  const auto of = side_of(scope, index, found, "x");
  if (of.is_text() && of.at->constant.as_string() == "true") return "without quotes: true";
  if (of.is_text() && of.at->constant.as_string() == "false") return "without quotes: false";
  if (of.is(type_kind::list)) return write("size(" + of.text + ") > 0, or 'a' in " + of.text);
  if (of.is(type_kind::map)) return write("'name' in " + of.text);
  if (of.is(type_kind::object)) return fields_of(of) + "; and compare it";
  if (of.is_text()) return "text alone tests nothing: write " + of.text + " in x, or x == " + of.text;
  if (of.is(type_kind::string) && of.is_field()) return write(of.text + " == '…', or has(" + of.text + ")");
  if (of.is(type_kind::string)) return write(of.text + " == '…'");
  if (is_number(found)) return write(of.text + " != 0");
  if (of.is(type_kind::optional)) return write(of.text + ".hasValue()");
  if (of.is(type_kind::timestamp)) return write(of.text + " < timestamp('2030-01-31T00:00:00Z')");
  return "compare it with something: x == 'a', 'a' in x";
}

std::string advise_operator(const advice_scope& scope, const node& call, std::span<const type> types) {
  const auto child = [&](std::size_t which) { return scope.tree.children_of(call)[which]; };
  if (call.child_count == 1) {
    if (call.name == "!_") return advise_not(scope, child(0), side_of(scope, child(0), types[0], "x"));
    return "a sign goes in front of a number";
  }
  const auto left = side_of(scope, child(0), types[0], "x");
  const auto right = side_of(scope, child(1), types[1], "y");
  auto advice = advise_two(call.name, left, right);
  return advice.empty() ? common_advice(left, right) : advice;
}

}  // namespace sallyport::cel
