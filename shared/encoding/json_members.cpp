#include "encoding/json_members.hpp"

namespace sallyport::encoding {

std::string_view text_member(const json& from, std::string_view name) {
  return string_member(from, name).value_or("");
}

std::int64_t number_member(const json& from, std::string_view name, std::int64_t otherwise) {
  return integer_member(from, name).value_or(otherwise);
}

std::uint32_t count_member(const json& from, std::string_view name, std::uint32_t otherwise) {
  const auto value = number_member(from, name, otherwise);
  return value >= 0 && value <= 0xFFFFFFFF ? static_cast<std::uint32_t>(value) : otherwise;
}

bool truth_member(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

std::span<const json> list_member(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  if (member == nullptr || !member->is_array()) return {};
  return *member->get_ptr<const json::array_t*>();
}

std::vector<std::string> texts_member(const json& from, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& each : list_member(from, name)) {
    if (each.is_string()) texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> pairs_member(const json& from, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& each : list_member(from, name)) {
    const bool is_pair = each.is_array() && each.size() == 2 && each[0].is_string() && each[1].is_string();
    if (is_pair) pairs.emplace_back(each[0].get<std::string>(), each[1].get<std::string>());
  }
  return pairs;
}

}  // namespace sallyport::encoding
