#include "operations/arguments.hpp"

namespace sallyport::operations {

std::string text(const json& from, std::string_view name) {
  return std::string(text_member(from, name));
}

std::vector<std::pair<std::string, std::string>> pairs(const json& from, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& each : encoding::list_member(from, name)) {
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
