#include "policy/identity.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace sallyport::policy {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kind_names = {"user", "service", "workload", "anonymous"};

bool is_email_character(char c) {
  return c != ' ' && c != 0x7f && !(c >= 0 && c < ' ');
}

}  // namespace

std::string_view name_of(identity_kind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<identity_kind> kind_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    if (kind_names[i] == name) return static_cast<identity_kind>(i);
  }
  return std::nullopt;
}

result<std::string> normal_email(std::string address) {
  const auto at = address.find('@');
  const bool one = at != std::string::npos && at == address.rfind('@');
  const bool shaped = one && at > 0 && at + 1 < address.size();
  if (!shaped || !std::all_of(address.begin(), address.end(), is_email_character)) {
    return failure(reason::identity_email_invalid, "an address holds exactly one @, with something on both sides");
  }
  return address.replace(at, std::string::npos, ascii::to_lower(std::string_view(address).substr(at)));
}

}  // namespace sallyport::policy
