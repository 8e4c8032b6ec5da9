// Edits of a text that is right, as fuzz inputs write them: "position length:new bytes".
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace sallyport::fuzz {

/// The number in front and the character behind it are taken off.
inline std::size_t take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(error == std::errc() ? static_cast<std::size_t>(end - text.data()) : text.size());
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

inline void apply_edit(std::string& text, std::string_view edit) {
  const std::size_t at = take_number(edit) % (text.size() + 1);
  const std::size_t length = take_number(edit);
  text.replace(at, std::min(length, text.size() - at), edit);
}

}  // namespace sallyport::fuzz
