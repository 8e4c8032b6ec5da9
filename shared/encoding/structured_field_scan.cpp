#include "encoding/structured_field_scan.hpp"

#include <array>

#include "core/ascii.hpp"

namespace sallyport::encoding::sf {
namespace {

enum class_bits : std::uint8_t {
  key_start = 1,
  key_char = 2,
  token_start = 4,
  token_char = 8,
  base64_char = 16,
  digit = 32,
  /// Printable ASCII but the quotation mark and the backslash.
  plain_char = 64
};

constexpr bool in(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned i = 0; i < 128; ++i) {
    const char c = static_cast<char>(i);
    unsigned bits = 0;
    if (ascii::is_lower(c) || c == '*') bits |= key_start;
    if (ascii::is_lower(c) || ascii::is_digit(c) || in("_-.*", c)) bits |= key_char;
    if (ascii::is_letter(c) || c == '*') bits |= token_start;
    // tchar (RFC 9110 section 5.6.2), ":" and "/".
    if (ascii::is_alphanumeric(c) || in("!#$%&'*+-.^_`|~:/", c)) bits |= token_char;
    if (ascii::is_alphanumeric(c) || in("+/=", c)) bits |= base64_char;
    if (ascii::is_digit(c)) bits |= digit;
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') bits |= plain_char;
    table[i] = static_cast<std::uint8_t>(bits);
  }
  return table;
}
constexpr auto classes = make_classes();

bool is(char c, class_bits which) {
  return (classes[static_cast<byte>(c)] & which) != 0;
}

void skip_class(cursor& from, class_bits which) {
  while (!from.done() && is(from.text[from.at], which)) ++from.at;
}

std::string_view since(const cursor& from, std::size_t start) {
  return from.text.substr(start, from.at - start);
}

}  // namespace

void skip_spaces(cursor& in) {
  while (in.peek() == ' ') ++in.at;
}

void skip_ows(cursor& in) {
  while (in.peek() == ' ' || in.peek() == '\t') ++in.at;
}

bool scan_key(cursor& in, std::string_view& key) {
  if (!is(in.peek(), key_start)) return false;
  const std::size_t start = in.at;
  skip_class(in, key_char);
  key = since(in, start);
  return true;
}

bool scan_token(cursor& in, std::string_view& text) {
  if (!is(in.peek(), token_start)) return false;
  const std::size_t start = in.at;
  skip_class(in, token_char);
  text = since(in, start);
  return true;
}

bool scan_string(cursor& in, std::string_view& raw, bool& escaped) {
  if (!in.take('"')) return false;
  const std::size_t start = in.at;
  escaped = false;
  for (;;) {
    skip_class(in, plain_char);
    if (in.take('"')) {
      raw = in.text.substr(start, in.at - 1 - start);
      return true;
    }
    if (!in.take('\\')) return false;
    escaped = true;
    if (!in.take('"') && !in.take('\\')) return false;
  }
}

std::string unescape_string(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\') ++i;
    text.push_back(raw[i]);
  }
  return text;
}

bool scan_number(cursor& in, number& out) {
  const bool negative = in.take('-');
  const std::size_t start = in.at;
  std::int64_t value = 0;
  for (; is(in.peek(), digit); ++in.at) {
    if (in.at - start == 15) return false;
    value = value * 10 + (in.peek() - '0');
  }
  const std::size_t digits = in.at - start;
  if (digits == 0) return false;
  out.is_decimal = in.peek() == '.';
  if (out.is_decimal) {
    if (digits > 12) return false;
    ++in.at;
    const std::size_t point = in.at;
    for (; is(in.peek(), digit); ++in.at) {
      if (in.at - point == 3) return false;
      value = value * 10 + (in.peek() - '0');
    }
    if (in.at == point) return false;
    for (std::size_t i = in.at - point; i < 3; ++i) value *= 10;
  }
  out.value = negative ? -value : value;
  return true;
}

bool scan_integer(cursor& in, std::int64_t& value) {
  number found;
  if (!scan_number(in, found) || found.is_decimal) return false;
  value = found.value;
  return true;
}

bool scan_bytes(cursor& in, std::string_view& base64) {
  if (!in.take(':')) return false;
  const std::size_t start = in.at;
  skip_class(in, base64_char);
  base64 = since(in, start);
  return in.take(':');
}

bool scan_boolean(cursor& in, bool& value) {
  if (!in.take('?')) return false;
  value = in.peek() == '1';
  return in.take('1') || in.take('0');
}

bool scan_date(cursor& in, std::int64_t& seconds) {
  return in.take('@') && scan_integer(in, seconds);
}

bool scan_separator(cursor& in) {
  skip_ows(in);
  if (in.done()) return true;
  if (!in.take(',')) return false;
  skip_ows(in);
  return !in.done();
}

bool is_key(std::string_view text) {
  cursor in{text};
  std::string_view key;
  return scan_key(in, key) && in.done();
}

bool is_token(std::string_view text) {
  cursor in{text};
  std::string_view found;
  return scan_token(in, found) && in.done();
}

}  // namespace sallyport::encoding::sf
