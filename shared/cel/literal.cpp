#include "cel/literal.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/ascii.hpp"
#include "regex/utf8.hpp"

namespace sallyport::cel {
namespace {

std::optional<std::uint64_t> read_magnitude(std::string_view digits) {
  std::uint64_t base = 10;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x') {
    base = 16;
    digits.remove_prefix(2);
  }
  std::uint64_t magnitude = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(ascii::hex_value(c));
    if (__builtin_mul_overflow(magnitude, base, &magnitude)) return std::nullopt;
    if (__builtin_add_overflow(magnitude, digit, &magnitude)) return std::nullopt;
  }
  return magnitude;
}

std::optional<value> integer_literal(std::string_view digits, bool negative) {
  constexpr auto top = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto magnitude = read_magnitude(digits);
  if (!magnitude || *magnitude > (negative ? top + 1 : top)) return std::nullopt;
  // Two's complement, so that the most negative number needs no case of its own.
  return value::integer(static_cast<std::int64_t>(negative ? ~*magnitude + 1 : *magnitude));
}

/// Resolves the escapes of one literal.
class unescaper {
 public:
  unescaper(std::string_view text, bool bytes) : text_(text), bytes_(bytes) {}

  result<std::string> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != '\\') {
        out_ += c;
        continue;
      }
      if (!escape()) return failure(reason::cel_syntax, "an escape sequence that CEL does not have");
    }
    return std::move(out_);
  }

 private:
  bool escape() {
    if (at_ >= text_.size()) return false;
    const char kind = text_[at_++];
    constexpr std::string_view letters = "abfnrtv\\?\"'`";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\?\"'`";
    const std::size_t known = letters.find(kind);
    if (known != std::string_view::npos) return out_ += meanings[known], true;
    if (kind == 'x' || kind == 'X') return number(2, 16);
    if (kind == 'u') return !bytes_ && number(4, 16);
    if (kind == 'U') return !bytes_ && number(8, 16);
    if (kind < '0' || kind > '3') return false;
    --at_;
    return number(3, 8);
  }

  // `count` digits to `base`: a byte of a bytes literal, a code point of a string.
  bool number(std::size_t count, int base) {
    if (text_.size() - at_ < count) return false;
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const int digit = ascii::hex_value(text_[at_++]);
      if (digit < 0 || digit >= base) return false;
      code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    }
    if (bytes_) return out_ += static_cast<char>(code), true;
    if (!regex::is_scalar_value(code)) return false;
    regex::append_utf8(out_, code);
    return true;
  }

  std::string_view text_;
  bool bytes_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::optional<value> number_literal(const token& number, bool negative) {
  if (number.kind == token_kind::real) {
    const double magnitude = std::strtod(std::string(number.text).c_str(), nullptr);
    if (std::isinf(magnitude)) return std::nullopt;
    return value::real(negative ? -magnitude : magnitude);
  }
  if (number.kind == token_kind::integer) return integer_literal(number.text, negative);
  const auto magnitude = read_magnitude(number.text.substr(0, number.text.size() - 1));
  if (!magnitude) return std::nullopt;
  return value::unsigned_integer(*magnitude);
}

result<std::string> text_literal(const token& text) {
  std::string_view body = text.text;
  bool raw = false;
  for (; body.front() != '"' && body.front() != '\''; body.remove_prefix(1)) raw |= (body.front() | 0x20) == 'r';
  const bool triple = body.size() >= 6 && body[1] == body[0] && body[2] == body[0];
  const std::size_t width = triple ? 3 : 1;
  body = body.substr(width, body.size() - 2 * width);
  if (raw) return std::string(body);
  return unescaper(body, text.kind == token_kind::bytes).run();
}

}  // namespace sallyport::cel
