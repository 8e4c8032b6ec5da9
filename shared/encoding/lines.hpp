// Texts of lines that a host keeps or passes on and only the core reads. They end with LF and never hold one.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace sallyport::encoding {

/// Takes the next line off; empty when there is none.
inline std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

/// The next line as a decimal number, or nothing; it is taken off in any case.
template <class T>
std::optional<T> take_number(std::string_view& rest) {
  const auto text = take_line(rest);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace sallyport::encoding
