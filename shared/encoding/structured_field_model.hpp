// The data model of structured fields (RFC 9651 section 3) as plain values. A value that came out of a parser is valid;
// one built by hand is checked when it is serialized.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace sallyport::encoding::sf {

/// RFC 9651 section 3.3.2: at most twelve integer and three fractional digits, so exact as a number of thousandths.
struct decimal {
  std::int64_t thousandths = 0;
  bool operator==(const decimal&) const = default;
};

struct token {
  std::string text;
  bool operator==(const token&) const = default;
};

/// Seconds since the epoch (RFC 9651 section 3.3.7).
struct date {
  std::int64_t seconds = 0;
  bool operator==(const date&) const = default;
};

/// Unicode text in UTF-8 (RFC 9651 section 3.3.8).
struct display_string {
  std::string text;
  bool operator==(const display_string&) const = default;
};

/// Integer, decimal, string, token, byte sequence, boolean, date or display string (RFC 9651 section 3.3).
using bare_item = std::variant<std::int64_t, decimal, std::string, token, bytes, bool, date, display_string>;

struct parameter {
  std::string key;
  bare_item value;
  bool operator==(const parameter&) const = default;
};
/// Ordered, each key once.
using parameter_list = std::vector<parameter>;

struct item {
  bare_item value;
  parameter_list parameters;
  bool operator==(const item&) const = default;
};

struct inner_list {
  std::vector<item> items;
  parameter_list parameters;
  bool operator==(const inner_list&) const = default;
};

using member = std::variant<item, inner_list>;
using list = std::vector<member>;

struct dictionary_entry {
  std::string key;
  member value;
  bool operator==(const dictionary_entry&) const = default;
};
/// Ordered, each key once.
using dictionary = std::vector<dictionary_entry>;

/// The value under `key`, or nullptr; valid until the container changes.
const member* find(const dictionary& in, std::string_view key);
const bare_item* find(const parameter_list& in, std::string_view key);

/// The value under `key` when it is an item of type T (its parameters are ignored, as extensions may add some), or
/// nullptr.
template <class T>
const T* find_as(const dictionary& in, std::string_view key) {
  const member* found = find(in, key);
  const item* single = found != nullptr ? std::get_if<item>(found) : nullptr;
  return single != nullptr ? std::get_if<T>(&single->value) : nullptr;
}
template <class T>
const T* find_as(const parameter_list& in, std::string_view key) {
  const bare_item* found = find(in, key);
  return found != nullptr ? std::get_if<T>(found) : nullptr;
}

/// `number` rounded to thousandths, half to even over its shortest decimal spelling (RFC 9651 section 4.1.5, step 1).
/// Reasons: sf_unserializable (not finite, or more than twelve integer digits).
result<decimal> round_to_decimal(double number);

}  // namespace sallyport::encoding::sf
