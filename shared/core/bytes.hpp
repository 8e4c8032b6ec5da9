// Views and owners of raw bytes. Everything that crosses the trust boundary is bytes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport {

using byte = std::uint8_t;
using bytes = std::vector<byte>;
using bytes_view = std::span<const byte>;

/// The bytes of `text`, viewed; valid as long as the text is.
inline bytes_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const byte*>(text.data()), text.size()};
}

/// The bytes viewed as text, with no claim about encoding; valid as long as the bytes are.
inline std::string_view as_text(bytes_view view) {
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

inline bytes to_bytes(bytes_view view) {
  return {view.begin(), view.end()};
}
inline std::string to_text(bytes_view view) {
  return std::string(as_text(view));
}

}  // namespace sallyport
