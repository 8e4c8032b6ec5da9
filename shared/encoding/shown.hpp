// Text that a stranger wrote, in a message for operators.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::encoding {

/// `text` in double quotes, for one line of a log: what is not printable ASCII, a quote or a backslash becomes `?`, and
/// what is longer than `most` bytes ends in `...`.
inline std::string shown(std::string_view text, std::size_t most = 120) {
  std::string out = "\"";
  for (const char c : text.substr(0, most)) out += c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?';
  return out + (text.size() > most ? "...\"" : "\"");
}

/// The first three of `texts`, shown, and how many there are besides.
template <class Texts>
std::string shown_some(const Texts& texts) {
  constexpr std::size_t most = 3;
  std::string out;
  std::size_t count = 0;
  for (const auto& each : texts) {
    if (++count <= most) out += (count > 1 ? ", " : "") + shown(each);
  }
  return count > most ? out + " and " + std::to_string(count - most) + " more" : out;
}

}  // namespace sallyport::encoding
