// The texts that keys are derived from: their parts with a NUL between two, so that no two lists of parts make one text.
// Internal to this folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sallyport::login {

/// The first part of every label, and the version of all that is sealed.
inline constexpr std::string_view label_name = "sallyport login 1";

/// Precondition: no part holds a NUL.
inline std::string label(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto* part = parts.begin(); part != parts.end(); ++part) {
    if (part != parts.begin()) out.push_back('\0');
    out.append(*part);
  }
  return out;
}

}  // namespace sallyport::login
