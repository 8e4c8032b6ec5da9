// One line of a signature base (RFC 9421 section 2.5). Internal to this folder.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/characters.hpp"

namespace sallyport::httpsig {

/// Eight bytes at once: zero when they are ASCII without control characters.
inline std::uint64_t foreign_bits(const char* at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return (word & high_bits) | http::control_bits(at);
}

/// The base is ASCII, and a line break in a value would forge another line.
inline bool fits_one_line(std::string_view value) {
  std::size_t i = 0;
  for (; i + 32 <= value.size(); i += 32) {
    const char* at = value.data() + i;
    if ((foreign_bits(at) | foreign_bits(at + 8) | foreign_bits(at + 16) | foreign_bits(at + 24)) != 0) break;
  }
  for (; i < value.size(); ++i) {
    if (static_cast<byte>(value[i]) >= 0x80 || http::is(value[i], http::control_char)) return false;
  }
  return true;
}

}  // namespace sallyport::httpsig
