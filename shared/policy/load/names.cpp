#include "policy/load/names.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::policy {

bool check_entry_name(std::string_view name, const node& at) {
  constexpr std::size_t max_bytes = 64;
  const auto allowed = [](char c) { return ascii::is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  if (!name.empty() && name.size() <= max_bytes && ascii::is_alphanumeric(name.front()) &&
      std::all_of(name.begin(), name.end(), allowed)) {
    return true;
  }
  at.refuse_name(reason::policy_member_type, "\"" + std::string(name) + "\" cannot be a name",
                 "use letters, digits, dots, hyphens and underscores, at most 64, starting with a letter or digit");
  return false;
}

bool check_route_id(std::string_view id, const node& at) {
  constexpr std::size_t max_bytes = 128;
  const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
  if (!id.empty() && id.size() <= max_bytes && std::all_of(id.begin(), id.end(), printable)) return true;
  at.refuse(reason::policy_member_type, "not a route id", "use printable ASCII without spaces, 1 to 128 characters");
  return false;
}

}  // namespace sallyport::policy
