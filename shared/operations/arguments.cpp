#include "operations/arguments.hpp"

namespace sallyport::operations {

std::string text(const json& from, std::string_view name) {
  return std::string(text_member(from, name));
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
