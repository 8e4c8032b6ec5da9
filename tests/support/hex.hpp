// Octets out of the hexadecimal digits that documents and test vectors write.
#pragma once

#include <string_view>

#include "core/bytes.hpp"

namespace sallyport::testing {

/// Precondition: an even number of digits, in lower case.
inline bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<byte>(digit(text[i]) * 16 + digit(text[i + 1])));
  }
  return out;
}

}  // namespace sallyport::testing
