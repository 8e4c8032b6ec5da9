// Names and fields that are not there.
#include <vector>

#include "cel/advice.hpp"
#include "cel/written.hpp"
#include "core/ascii.hpp"
#include "document/suggest.hpp"

namespace sallyport::cel {
namespace {

struct own_constant {
  std::string_view foreign, own;
};
constexpr own_constant constants[] = {{"True", "true"},   {"TRUE", "true"}, {"False", "false"},
                                      {"FALSE", "false"}, {"None", "null"}, {"nil", "null"},
                                      {"NULL", "null"},   {"Null", "null"}, {"undefined", "null"}};

std::vector<std::string_view> field_names(const type& object) {
  std::vector<std::string_view> all;
  for (const auto& field : object.fields()->fields) all.push_back(field.name);
  return all;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string all;
  for (const auto name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

/// `identity.email` for "email" and "emial"; empty when no variable has such a field.
std::string field_of_a_variable(const environment& names, std::string_view word) {
  for (const auto& variable : names.variables()) {
    const bool has_it = variable.of.is(type_kind::object) && variable.of.fields()->find(word) != nullptr;
    if (has_it) return variable.name + "." + std::string(word);
  }
  for (const auto& variable : names.variables()) {
    if (!variable.of.is(type_kind::object)) continue;
    const auto near = document::closest(word, field_names(variable.of));
    if (!near.empty()) return variable.name + "." + std::string(near);
  }
  return "";
}

std::string meant_name(const advice_scope& scope, std::string_view word) {
  if (const auto own = scope.names.find_synonym(word); !own.empty()) return "write " + std::string(own);
  std::vector<std::string_view> variables;
  for (const auto& each : scope.names.variables()) variables.push_back(each.name);
  if (const auto near = document::closest(word, variables); !near.empty())
    return "did you mean " + std::string(near) + "?";
  const auto field = field_of_a_variable(scope.names, word);
  if (!field.empty()) return "did you mean " + field + "?";
  return "";
}

/// Whether the name is the first thing in brackets behind something: x[name].
bool is_key(std::string_view source, std::size_t offset) {
  while (offset > 0 && source[offset - 1] == ' ') --offset;
  if (offset < 2 || source[offset - 1] != '[') return false;
  const char operand = source[offset - 2];
  return operand == ']' || operand == ')' || ascii::is_word(operand);
}

bool is_object(const environment& names, std::string_view name) {
  for (const auto& each : names.variables()) {
    if (each.name == name) return each.of.is(type_kind::object);
  }
  return false;
}

/// "the names here are a, b"; empty when there are none.
std::string known_names(const environment& names) {
  std::string all;
  for (const auto& each : names.variables()) all += (all.empty() ? "" : ", ") + each.name;
  return all.empty() ? "" : "; the names here are " + all;
}

}  // namespace

std::string advise_name(const advice_scope& scope, const node& name) {
  for (const auto& row : constants) {
    if (row.foreign == name.name) return "write " + std::string(row.own);
  }
  const auto hyphenated = hyphenated_name(scope.source, name.offset);
  if (!hyphenated.empty() && !is_object(scope.names, hyphenated.substr(0, hyphenated.find('['))))
    return "a name holds no hyphen: write " + hyphenated;
  if (name.name == "_") return "write 'a' in list, or list.exists(x, x == 'a')";
  const auto text = "text needs quotes: " + in_quotes(name.name);
  if (is_key(scope.source, name.offset)) return text;
  const auto meant = meant_name(scope, name.name);
  return meant.empty() ? text + known_names(scope.names)
                       : meant + (meant.back() == '?' ? " As text: " : "; as text: ") + in_quotes(name.name);
}

namespace {

constexpr own_constant getters[] = {{"hour", "getHours"},
                                    {"hours", "getHours"},
                                    {"minute", "getMinutes"},
                                    {"minutes", "getMinutes"},
                                    {"second", "getSeconds"},
                                    {"seconds", "getSeconds"},
                                    {"day", "getDate"},
                                    {"date", "getDate"},
                                    {"weekday", "getDayOfWeek"},
                                    {"dayOfWeek", "getDayOfWeek"},
                                    {"day_of_week", "getDayOfWeek"},
                                    {"month", "getMonth"},
                                    {"year", "getFullYear"}};

std::string getter_advice(const std::string& operand, std::string_view name) {
  for (const auto& row : getters) {
    if (row.foreign == name) return "write " + operand + "." + std::string(row.own) + "()";
  }
  return "write " + operand + ".getHours(), .getDayOfWeek() or another getter";
}

bool is_size(std::string_view name) {
  return name == "length" || name == "size" || name == "count" || name == "len";
}

/// A field whose map may hold a member of this name: identity.claims.x for identity.x.
std::string member_of_a_map(const type& object, const std::string& operand, std::string_view name) {
  for (const auto& field : object.fields()->fields) {
    const bool open = field.of.is(type_kind::map) && field.of.second().is(type_kind::dyn);
    if (open) return "what the token says is " + written_member(operand + "." + field.name, name);
  }
  for (const auto& field : object.fields()->fields) {
    if (field.name == "labels") return "a label is " + written_member(operand + ".labels", name);
  }
  return "";
}

std::string advise_object_field(const advice_scope& scope, const std::string& operand, std::string_view name,
                                const type& object) {
  const auto own = scope.names.find_synonym(operand + "." + std::string(name));
  if (!own.empty()) return "write " + std::string(own);
  const auto names = field_names(object);
  const auto near = document::closest(name, names);
  std::string advice = near.empty() ? "" : "did you mean " + operand + "." + std::string(near) + "?";
  const auto member = member_of_a_map(object, operand, name);
  if (!member.empty()) advice += (advice.empty() ? "" : " Or: ") + member;
  const bool asks = !advice.empty() && advice.back() == '?';
  return advice + (asks ? " The" : advice.empty() ? "the" : "; the") + " fields are " + joined(names);
}

}  // namespace

std::string advise_field(const advice_scope& scope, const node& select, const type& operand) {
  const node_index below = scope.tree.children_of(select)[0];
  const std::string text = written_operand(scope.tree, below, "x");
  if (operand.is(type_kind::object)) {
    const auto hyphenated = hyphenated_name(scope.source, select.offset + 1);
    const auto key = hyphenated.find("['");
    if (key == std::string::npos) return advise_object_field(scope, text, select.name, operand);
    return advise_object_field(scope, text, hyphenated.substr(key + 2, hyphenated.size() - key - 4), operand);
  }
  const auto own = scope.names.find_synonym(text + "." + std::string(select.name));
  if (!own.empty()) return "write " + std::string(own);
  if (is_size(select.name)) return "write size(" + text + ")";
  if (operand.is(type_kind::timestamp) || operand.is(type_kind::duration)) return getter_advice(text, select.name);
  if (operand.is(type_kind::list)) {
    return "write " + text + "[0] for an element, or " + text + ".exists(x, x == 'a') to look for one";
  }
  if (operand.is(type_kind::string)) {
    return "compare it, or use a method: " + text + ".startsWith('…'), .endsWith('…'), .split('…')[0]";
  }
  return "compare it: it is one value";
}

}  // namespace sallyport::cel
