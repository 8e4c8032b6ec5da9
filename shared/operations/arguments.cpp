#include "operations/arguments.hpp"

namespace sallyport::operations {

std::string_view view(const json& from, std::string_view name) {
  return encoding::string_member(from, name).value_or("");
}

std::string text(const json& from, std::string_view name) {
  return std::string(view(from, name));
}

std::int64_t number(const json& from, std::string_view name) {
  return encoding::integer_member(from, name).value_or(0);
}

bool truth(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

std::vector<std::string> texts(const json& from, std::string_view name) {
  std::vector<std::string> out;
  const json* list = find_member(from, name);
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& each : *list) {
    if (each.is_string()) out.push_back(each.get<std::string>());
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> pairs(const json& from, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  const json* list = find_member(from, name);
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& each : *list) {
    if (!each.is_array() || each.size() != 2 || !each[0].is_string() || !each[1].is_string()) continue;
    out.emplace_back(each[0].get<std::string>(), each[1].get<std::string>());
  }
  return out;
}

json pairs_to_json(const std::vector<std::pair<std::string, std::string>>& from) {
  json out = json::array();
  for (const auto& [name, value] : from) out.push_back(json::array({name, value}));
  return out;
}

json error(const failure& what) {
  return {{"error", name_of(what.why)}, {"detail", what.detail}};
}

}  // namespace sallyport::operations
