// The components of our profile by name, and their values. Internal to this folder.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "httpsig/profile.hpp"

namespace sallyport::httpsig {

/// As in a covered list, indexed by profile_component.
inline constexpr std::array<std::string_view, 8> profile_names = {
    "@method",           "@path",          "@query",       "sallyport-assertion",
    "sallyport-context", "content-digest", "content-type", "content-length"};
inline constexpr std::size_t required_components = 5;

inline std::string_view name_of(profile_component which) {
  return profile_names[static_cast<std::size_t>(which)];
}

std::optional<profile_component> component_named(std::string_view name);

/// One bit a component that the message calls for.
unsigned components_of(const profile_message& message);
inline unsigned bit_of(profile_component which) {
  return 1U << static_cast<unsigned>(which);
}

/// Appends `"name": value` and a line feed. Reasons: httpsig_component_value.
reason append_component(std::string& base, profile_component which, const profile_message& message);

/// Bytes that a base over `message` with these parameters takes, at most.
std::size_t base_bytes(const profile_message& message, std::string_view signature_params);
/// Appends the last line.
void append_signature_params(std::string& base, std::string_view signature_params);

}  // namespace sallyport::httpsig
