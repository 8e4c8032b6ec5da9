// Whom a route lets in as far as its form tells: what is plainly open guards nothing.
#pragma once

#include <cstdint>

#include "policy/document.hpp"

namespace sallyport::policy {

enum class audience : std::uint8_t {
  /// Conditions decide.
  some,
  /// Any caller with a valid credential: `"allow": "true"`, and nothing denies.
  signed_in,
  /// Any caller.
  anybody,
};

audience audience_of(const route& at);

}  // namespace sallyport::policy
