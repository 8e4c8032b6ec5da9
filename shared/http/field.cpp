#include "http/field.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::http {

bool name_equals(std::string_view name, std::string_view lower_name) {
  if (name.size() != lower_name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (ascii::to_lower(name[i]) != lower_name[i]) return false;
  }
  return true;
}

bool name_starts_with(std::string_view name, std::string_view lower_name) {
  return name.size() >= lower_name.size() && name_equals(name.substr(0, lower_name.size()), lower_name);
}

std::string to_lower(std::string_view text) {
  return ascii::to_lower(text);
}

const field* find_field(std::span<const field> fields, std::string_view lower_name) {
  for (const auto& each : fields) {
    if (name_equals(each.name, lower_name)) return &each;
  }
  return nullptr;
}

std::size_t count_fields(std::span<const field> fields, std::string_view lower_name) {
  std::size_t count = 0;
  for (const auto& each : fields) count += name_equals(each.name, lower_name) ? 1 : 0;
  return count;
}

std::optional<std::string_view> single_field(std::span<const field> fields, std::string_view lower_name) {
  const field* found = nullptr;
  for (const auto& each : fields) {
    if (!name_equals(each.name, lower_name)) continue;
    if (found != nullptr) return std::nullopt;
    found = &each;
  }
  if (found == nullptr) return std::nullopt;
  return found->value;
}

std::optional<std::string> combined_field(std::span<const field> fields, std::string_view lower_name) {
  std::optional<std::string> joined;
  for (const auto& each : fields) {
    if (!name_equals(each.name, lower_name)) continue;
    if (joined) {
      *joined += ", ";
      *joined += each.value;
    } else {
      joined.emplace(each.value);
    }
  }
  return joined;
}

bool next_list_member(std::string_view& rest, std::string_view& member) {
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    member = trim_ows(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (!member.empty()) return true;
  }
  return false;
}

bool list_contains(std::string_view list, std::string_view lower_name) {
  std::string_view member;
  while (next_list_member(list, member)) {
    if (name_equals(member, lower_name)) return true;
  }
  return false;
}

}  // namespace sallyport::http
