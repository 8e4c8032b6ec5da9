#include "cel/number_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {
namespace {

// What strtod also takes, but CEL does not: hexadecimal, leading blanks, trailing text.
bool is_decimal(std::string_view text) {
  std::size_t at = 0;
  const auto is_digit = [&] { return at < text.size() && ascii::is_digit(text[at]); };
  const auto skip_digits = [&] {
    const std::size_t start = at;
    while (is_digit()) ++at;
    return at > start;
  };
  const auto skip = [&](char one, char other) {
    if (at < text.size() && (text[at] == one || text[at] == other)) ++at;
  };
  skip('+', '-');
  bool digits = skip_digits();
  if (at < text.size() && text[at] == '.') ++at, digits |= skip_digits();
  if (!digits) return false;
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    skip('+', '-');
    if (!skip_digits()) return false;
  }
  return at == text.size();
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

std::optional<double> parse_special(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (equals_ignoring_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (!equals_ignoring_case(text, "inf") && !equals_ignoring_case(text, "infinity")) return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c) || __builtin_mul_overflow(number, std::uint64_t{10}, &number) ||
        __builtin_add_overflow(number, static_cast<std::uint64_t>(c - '0'), &number)) {
      return std::nullopt;
    }
  }
  return number;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  const auto magnitude = parse_unsigned(text);
  const std::uint64_t limit = std::uint64_t{INT64_MAX} + (negative ? 1 : 0);
  if (!magnitude || *magnitude > limit) return std::nullopt;
  return static_cast<std::int64_t>(negative ? ~*magnitude + 1 : *magnitude);
}

std::optional<double> parse_real(std::string_view text) {
  if (const auto special = parse_special(text)) return special;
  if (!is_decimal(text)) return std::nullopt;
  const double number = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(number)) return std::nullopt;
  return number;
}

std::string format_real(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  return encoding::canonical_json_number(number);
}

std::string format_fixed(double number, int digits, bool exponent) {
  // The largest double has 309 digits before the point.
  std::array<char, 512> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), exponent ? "%.*e" : "%.*f", digits, number);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace sallyport::cel
