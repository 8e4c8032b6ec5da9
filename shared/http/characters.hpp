// Character classes of HTTP and URIs as one table, and tests over many bytes at once.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/ascii.hpp"
#include "core/bytes.hpp"

namespace sallyport::http {

enum character_bits : std::uint8_t {
  /// tchar (RFC 9110 section 5.6.2).
  token_char = 1,
  /// pchar without "%", and "/" (RFC 3986 section 3.3).
  path_char = 2,
  /// path_char, "?" and what browsers send unescaped in a query (see path.hpp).
  query_char = 4,
  /// Controls but HTAB.
  control_char = 8,
  /// unreserved (RFC 3986 section 2.3): a registered host name in practice.
  host_char = 16,
  /// HEXDIG, ":" and ".": the inside of an IPv6 literal.
  ipv6_char = 32,
  /// token68 (RFC 9110 section 11.2), padding included.
  token68_char = 64,
  /// Letters, digits and hyphen: what field names are made of, and what CGI-style mapping (RFC 3875 section 4.1.18)
  /// keeps apart.
  plain_name_char = 128,
};

constexpr bool is_one_of(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

constexpr std::uint8_t character_class(unsigned code) {
  const char c = static_cast<char>(code);
  if (code < 0x20 || code == 0x7F) return c == '\t' ? 0 : control_char;
  if (code > 0x7F) return 0;
  const bool alphanumeric = ascii::is_alphanumeric(c);
  const bool unreserved = alphanumeric || is_one_of("-._~", c);
  unsigned bits = 0;
  if (alphanumeric || is_one_of("!#$%&'*+-.^_`|~", c)) bits |= token_char;
  if (unreserved || is_one_of("!$&'()*+,;=:@/", c)) bits |= path_char | query_char;
  if (is_one_of("?[]{}|\\^`", c)) bits |= query_char;
  if (alphanumeric || c == '-') bits |= plain_name_char;
  if (unreserved) bits |= host_char;
  if (unreserved || is_one_of("+/=", c)) bits |= token68_char;
  if (ascii::is_hex(c) || c == ':' || c == '.') bits |= ipv6_char;
  return static_cast<std::uint8_t>(bits);
}

constexpr std::array<std::uint8_t, 256> make_character_table() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = character_class(i);
  return table;
}
inline constexpr auto character_table = make_character_table();

constexpr bool is(char c, character_bits which) {
  return (character_table[static_cast<byte>(c)] & which) != 0;
}

inline bool all_are(std::string_view text, character_bits which) {
  for (char c : text) {
    if (!is(c, which)) return false;
  }
  return true;
}

/// Eight bytes at once: the high bit of a byte is set when it is a control character (HTAB among them) or when a lower
/// byte is one. Zero means none. Field values make up most of a head, so they are looked at a word at a time.
inline std::uint64_t control_bits(const char* at) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  const std::uint64_t is_del = word ^ (ones * 0x7F);
  return (((word - ones * 0x20) & ~word) | ((is_del - ones) & ~is_del)) & (ones * 0x80);
}

/// The first control character but HTAB (CR and LF are among them), or npos.
inline std::size_t find_control(std::string_view text) {
  std::size_t i = 0;
  while (i + 32 <= text.size()) {
    const char* at = text.data() + i;
    if ((control_bits(at) | control_bits(at + 8) | control_bits(at + 16) | control_bits(at + 24)) != 0) break;
    i += 32;
  }
  for (; i + 8 <= text.size(); i += 8) {
    if (control_bits(text.data() + i) != 0) break;
  }
  for (; i < text.size(); ++i) {
    if (is(text[i], control_char)) return i;
  }
  return std::string_view::npos;
}

/// RFC 9110 section 5.6.2.
inline bool is_token(std::string_view text) {
  return !text.empty() && all_are(text, token_char);
}

inline std::string_view trim_ows(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace sallyport::http
