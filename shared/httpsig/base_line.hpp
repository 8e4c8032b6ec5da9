// One line of a signature base (RFC 9421 section 2.5). Internal to this folder.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/characters.hpp"

namespace sallyport::httpsig {

inline bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    seen |= word;
  }
  for (; i < text.size(); ++i) seen |= static_cast<byte>(text[i]);
  return (seen & 0x8080808080808080) == 0;
}

/// The base is ASCII, and a line break in a value would forge another line.
inline bool fits_one_line(std::string_view value) {
  return is_ascii(value) && http::find_control(value) == std::string_view::npos;
}

}  // namespace sallyport::httpsig
