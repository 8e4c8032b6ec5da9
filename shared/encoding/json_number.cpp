#include "encoding/json_number.hpp"

#include <algorithm>
#include <cmath>

#include "core/ascii.hpp"

namespace sallyport::encoding {
namespace {

/// digits * 10^exponent; the digits neither begin nor end with a zero, and zero has none.
struct decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  bool is_whole() const { return digits.empty() || exponent >= 0; }
  bool has_magnitude_of(const decimal& other) const { return digits == other.digits && exponent == other.exponent; }
};

// Far above what any text can shift the point by, and far below what could overflow.
constexpr std::int64_t max_exponent = std::int64_t{1} << 40;

std::int64_t read_exponent(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  std::int64_t exponent = 0;
  for (const char c : text) {
    if (ascii::is_digit(c)) exponent = std::min(exponent * 10 + (c - '0'), max_exponent);
  }
  return negative ? -exponent : exponent;
}

decimal read_decimal(std::string_view text) {
  decimal number;
  number.negative = text.front() == '-';
  const auto mark = text.find_first_of("eE");
  if (mark != std::string_view::npos) number.exponent = read_exponent(text.substr(mark + 1));
  bool fraction = false;
  for (const char c : text.substr(0, mark)) {
    if (c == '.') fraction = true;
    if (!ascii::is_digit(c)) continue;
    if (fraction) --number.exponent;
    if (c != '0' || !number.digits.empty()) number.digits += c;
  }
  const auto end = number.digits.find_last_not_of('0') + 1;
  number.exponent += static_cast<std::int64_t>(number.digits.size() - end);
  number.digits.resize(end);
  if (number.digits.empty()) number.exponent = 0;
  return number;
}

/// The absolute value of a whole number, when 64 bits hold it.
std::optional<std::uint64_t> magnitude_of(const decimal& number) {
  constexpr std::int64_t most_zeros = 19;
  std::uint64_t magnitude = 0;
  if (number.exponent > most_zeros) return std::nullopt;
  const auto append = [&](std::uint64_t digit) {
    return !__builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude) &&
           !__builtin_add_overflow(magnitude, digit, &magnitude);
  };
  for (const char c : number.digits) {
    if (!append(static_cast<std::uint64_t>(c - '0'))) return std::nullopt;
  }
  for (std::int64_t i = 0; i < number.exponent; ++i) {
    if (!append(0)) return std::nullopt;
  }
  return magnitude;
}

std::optional<json> integer_of(bool negative, std::uint64_t magnitude) {
  constexpr auto top = static_cast<std::uint64_t>(INT64_MAX);
  if (!negative && magnitude > top) return json(magnitude);
  if (!negative) return json(static_cast<std::int64_t>(magnitude));
  // Two's complement, so that the least integer needs no case of its own.
  if (magnitude <= top + 1) return json(static_cast<std::int64_t>(~magnitude + 1));
  return std::nullopt;
}

}  // namespace

std::optional<json> exact_number(std::string_view text, double nearest) {
  const decimal number = read_decimal(text);
  if (!number.is_whole()) return nearest == std::trunc(nearest) ? std::nullopt : std::optional(json(nearest));
  const bool same = read_decimal(canonical_json_number(nearest)).has_magnitude_of(number);
  // Structured fields tell 1.0 from 1. From 2^53 on a double stands for its neighbours, too.
  const bool has_point = text.find_first_of(".eE") != std::string_view::npos;
  if (same && has_point && std::abs(nearest) < 0x1p53) return json(nearest);
  if (const auto magnitude = magnitude_of(number)) {
    if (auto integer = integer_of(number.negative, *magnitude)) return integer;
  }
  return same ? std::optional(json(nearest)) : std::nullopt;
}

}  // namespace sallyport::encoding
