#include "encoding/structured_field_model.hpp"

#include <cmath>

#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::encoding::sf {
namespace {

/// A decimal number as its digits and the place of its point: 0.0015 is {"15", -2}, 120 is {"12", 3}.
struct spelled_number {
  bool negative = false;
  std::string digits;
  int integer_digits = 0;
};

int read_exponent(std::string_view text) {
  const bool negative = text.substr(0, 1) == "-";
  int value = 0;
  for (char c : text) {
    if (ascii::is_digit(c)) value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

// `text` is what ES6 Number::toString gives: digits, perhaps a point, perhaps "e" and an exponent.
spelled_number spell(std::string_view text) {
  spelled_number out;
  out.negative = text.substr(0, 1) == "-";
  if (out.negative) text.remove_prefix(1);
  const std::size_t e = text.find('e');
  const int exponent = e == std::string_view::npos ? 0 : read_exponent(text.substr(e + 1));
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t point = mantissa.find('.');
  out.integer_digits = static_cast<int>(point == std::string_view::npos ? mantissa.size() : point) + exponent;
  for (char c : mantissa) {
    if (c != '.') out.digits.push_back(c);
  }
  return out;
}

// Rounds the digits behind `kept` to even; `value` holds the kept ones.
std::int64_t round_half_even(std::int64_t value, std::string_view rest) {
  if (rest.empty() || rest[0] < '5') return value;
  const bool over_half = rest[0] > '5' || rest.find_first_not_of('0', 1) != std::string_view::npos;
  return over_half || value % 2 != 0 ? value + 1 : value;
}

}  // namespace

const member* find(const dictionary& in, std::string_view key) {
  for (const auto& entry : in) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

const bare_item* find(const parameter_list& in, std::string_view key) {
  for (const auto& entry : in) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

result<decimal> round_to_decimal(double number) {
  if (!std::isfinite(number) || std::fabs(number) >= 1e12) {
    return failure(reason::sf_unserializable, "a decimal of more than 12 integer digits");
  }
  const spelled_number text = spell(canonical_json_number(number));
  // Digits that stand before the thousandths' end; negative when the number is far below them.
  const int kept = text.integer_digits + 3;
  if (kept < 0) return decimal{0};
  std::int64_t value = 0;
  for (int i = 0; i < kept; ++i) {
    const auto index = static_cast<std::size_t>(i);
    value = value * 10 + (index < text.digits.size() ? text.digits[index] - '0' : 0);
  }
  const auto start = static_cast<std::size_t>(kept);
  const std::string_view rest = start < text.digits.size() ? std::string_view(text.digits).substr(start) : "";
  value = round_half_even(value, rest);
  if (value > 999'999'999'999'999)
    return failure(reason::sf_unserializable, "a decimal of more than 12 integer digits");
  return decimal{text.negative ? -value : value};
}

}  // namespace sallyport::encoding::sf
