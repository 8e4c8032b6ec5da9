// RFC 8785: the one way to write a JSON value.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "encoding/json.hpp"

namespace sallyport::encoding {
namespace {

/// Decimal digits without trailing zeros and the exponent n of ECMA-262 Number::toString: value = 0.digits * 10^n.
struct shortest_decimal {
  std::string digits;
  int point;
};

shortest_decimal shortest(double magnitude) {
  using limits = std::numeric_limits<double>;
  char text[40];
  // Fifteen digits survive a normal double, so that whatever has no more is found at once (trailing zeros drop below);
  // the denormal ones hold fewer.
  const int fewest = magnitude < limits::min() ? 0 : limits::digits10 - 1;
  for (int precision = fewest; precision <= 16; ++precision) {
    std::snprintf(text, sizeof text, "%.*e", precision, magnitude);
    if (std::strtod(text, nullptr) == magnitude) break;
  }
  const std::string_view written(text);
  const auto exponent = written.find('e');
  std::string digits(1, written[0]);
  if (exponent > 2) digits += written.substr(2, exponent - 2);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  return {std::move(digits), std::atoi(text + exponent + 1) + 1};
}

/// ECMA-262 section 6.1.6.1.20, steps 6 to 12.
std::string place_point(const shortest_decimal& number) {
  const auto& [digits, point] = number;
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 21) return digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21) {
    return digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
  }
  if (-6 < point && point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  const int exponent = point - 1;
  const std::string mantissa = count == 1 ? digits : digits.substr(0, 1) + "." + digits.substr(1);
  return mantissa + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
}

/// RFC 8785 section 3.2.3 sorts by UTF-16 code units. That is the order of the UTF-8 bytes but for one thing:
/// characters beyond the BMP (lead byte F0 and up) are surrogates there, and so come before U+E000 to U+FFFF.
bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (y == b.end()) return false;
  if (x == a.end()) return true;
  const auto left = static_cast<unsigned char>(*x);
  const auto right = static_cast<unsigned char>(*y);
  if (left >= 0xEE && right >= 0xEE && (left >= 0xF0) != (right >= 0xF0)) return left >= 0xF0;
  return left < right;
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          out += c;
          break;
        }
        out += "\\u00";
        out += hex[static_cast<unsigned char>(c) >> 4];
        out += hex[static_cast<unsigned char>(c) & 15];
    }
  }
  out += '"';
}

void append(std::string& out, const json& value);

void append_object(std::string& out, const json& value) {
  std::vector<const json::object_t::value_type*> members;
  for (const auto& member : *value.get_ptr<const json::object_t*>()) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return utf16_less(a->first, b->first); });
  out += '{';
  for (const auto* member : members) {
    if (member != members.front()) out += ',';
    append_string(out, member->first);
    out += ':';
    append(out, member->second);
  }
  out += '}';
}

void append_array(std::string& out, const json& value) {
  out += '[';
  bool first = true;
  for (const auto& element : value) {
    if (!first) out += ',';
    first = false;
    append(out, element);
  }
  out += ']';
}

void append(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::object: return append_object(out, value);
    case json::value_t::array: return append_array(out, value);
    case json::value_t::string: return append_string(out, *value.get_ptr<const json::string_t*>());
    case json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; return;
    case json::value_t::number_integer: out += std::to_string(value.get<std::int64_t>()); return;
    case json::value_t::number_unsigned: out += std::to_string(value.get<std::uint64_t>()); return;
    case json::value_t::number_float: out += canonical_json_number(value.get<double>()); return;
    case json::value_t::null:
    case json::value_t::binary:
    case json::value_t::discarded: out += "null"; return;
  }
}

}  // namespace

std::string canonical_json_number(double number) {
  if (number == 0) return "0";
  const std::string text = place_point(shortest(std::fabs(number)));
  return number < 0 ? "-" + text : text;
}

std::string canonical_json_string(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

std::string canonical_json(const json& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace sallyport::encoding
