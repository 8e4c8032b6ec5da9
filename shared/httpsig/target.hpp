// A request target in any of its four forms (RFC 9112 section 3.2), taken apart for derived components.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "httpsig/message.hpp"

namespace sallyport::httpsig {

/// Views into the message.
struct target_parts {
  std::string_view scheme;
  /// As sent, with its port; empty when neither the target nor the one Host field has one.
  std::string_view authority;
  /// As sent; empty in authority and asterisk form.
  std::string_view path;
  std::optional<std::string_view> query;
  /// The target is a URI by itself.
  bool is_absolute = false;
};

target_parts take_apart(const message& request);

/// Lower case, without a port that is empty or the scheme's default (RFC 9421 section 2.2.3; RFC 9110 section 4.2.3;
/// RFC 3986 section 6.2.3).
std::string normalize_authority(std::string_view authority, std::string_view scheme);

}  // namespace sallyport::httpsig
