// The strict JSON gate: the only door through which JSON text becomes a value (RFC 8259, RFC 7493, RFC 8785).
//
// Refused beyond the grammar: duplicate members, a byte order mark, NUL, ill-formed UTF-8, lone surrogates, numbers
// that would be kept as another number (encoding/json_number.hpp), and whatever exceeds the limits. A whole number of
// up to 64 bits is an integer, exact; every other number is a double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#define JSON_NOEXCEPTION 1
#define JSON_USE_IMPLICIT_CONVERSIONS 0
#include <nlohmann/json.hpp>

#include "core/result.hpp"

namespace sallyport::encoding {

using json = nlohmann::json;

struct json_limits {
  std::size_t max_bytes = std::size_t{1} << 20;
  std::size_t max_depth = 32;
};

/// Line and column, both from 1; the column counts bytes.
struct text_position {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// Where each value of a document starts: key is an RFC 6901 JSON pointer ("" is the whole document).
using json_positions = std::map<std::string, text_position, std::less<>>;

/// A document with comments (`//` and `/* */`), as people write it, and where its values stand.
struct annotated_json {
  json value;
  json_positions positions;
  /// As positions, of the member names themselves; absent for array elements and the whole document.
  json_positions name_positions;
};

/// Reasons: json_syntax (detail: line and column), json_duplicate_member, json_too_deep, json_too_large,
/// json_number_invalid, utf8_invalid.
result<json> parse_json(std::string_view text, const json_limits& limits = {});

/// As parse_json, and with comments; for policy and configuration files, never for the wire. Trailing commas are
/// refused.
result<annotated_json> parse_jsonc(std::string_view text, const json_limits& limits = {});

/// RFC 8785 canonical form: members sorted by UTF-16 code units, ES6 numbers, no white space. Integers beyond 53 bits,
/// which RFC 8785 leaves to strings, are written with all their digits: different values have different forms.
std::string canonical_json(const json& value);
/// A string as a canonical JSON string, with its quotes.
std::string canonical_json_string(std::string_view text);
/// A number as ES6 Number::toString gives it (RFC 8785 section 3.2.2.3). Precondition: finite.
std::string canonical_json_number(double number);

/// The member `name` of an object, or nullptr; `value` may be any type.
const json* find_member(const json& value, std::string_view name);
/// The member as a string view into `value`, or nothing when absent or of another type.
std::optional<std::string_view> string_member(const json& value, std::string_view name);
/// An integer of at most 53 bits (RFC 7493 section 2.2), so that arithmetic on times and counts cannot overflow, or
/// nothing for all else.
std::optional<std::int64_t> safe_integer(const json& value);
/// The member as such an integer, or nothing when absent.
std::optional<std::int64_t> integer_member(const json& value, std::string_view name);
/// Whether both are the same JSON value; numbers are compared exactly.
bool same_value(const json& left, const json& right);
/// The text behind the mark, which a reader may ignore (RFC 8259 section 8.1); parse_json does not take one.
std::string_view without_byte_order_mark(std::string_view text);
/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace sallyport::encoding
