// Classes and case of ASCII. Every other byte is in no class and has no case, whatever the locale: what a name means must
// not depend on the machine that reads it.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::ascii {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}
constexpr bool is_alphanumeric(char c) {
  return is_letter(c) || is_digit(c);
}
/// What names in programs are made of.
constexpr bool is_word(char c) {
  return is_alphanumeric(c) || c == '_';
}

constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper(char c) {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The value of one hexadecimal digit of either case, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
constexpr bool is_hex(char c) {
  return hex_value(c) >= 0;
}

inline std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

/// Whether both are the same text but for case.
constexpr bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// Whether every byte is of the class; so it is for an empty text.
template <class Class>
constexpr bool all_are(std::string_view text, Class holds) {
  for (const char c : text) {
    if (!holds(c)) return false;
  }
  return true;
}

/// Whether `text` can name a variable: word characters, the first of them no digit.
constexpr bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && all_are(text, is_word);
}

}  // namespace sallyport::ascii
