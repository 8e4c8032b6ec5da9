#include "policy/identity.hpp"

#include <array>

namespace sallyport::policy {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kind_names = {"user", "service", "workload", "anonymous"};

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

}  // namespace sallyport::policy
