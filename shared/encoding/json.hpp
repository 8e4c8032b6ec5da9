// The strict JSON gate: the only door through which JSON text becomes a value (RFC 8259, RFC 7493, RFC 8785).
//
// Refused beyond the grammar: duplicate members, a byte order mark, NUL, ill-formed UTF-8, lone surrogates, numbers no
// double can hold, and whatever exceeds the limits. Numbers are IEEE doubles in meaning (RFC 7493 section 2.2):
// integers with at most 53 bits are kept as integers, all others as double.
#pragma once

#include <cstddef>
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

/// RFC 8785 canonical form: members sorted by UTF-16 code units, ES6 numbers, no white space.
std::string canonical_json(const json& value);
/// A string as a canonical JSON string, with its quotes.
std::string canonical_json_string(std::string_view text);
/// A number as ES6 Number::toString gives it (RFC 8785 section 3.2.2.3). Precondition: finite.
std::string canonical_json_number(double number);

/// The member `name` of an object, or nullptr; `value` may be any type.
const json* find_member(const json& value, std::string_view name);
/// The member as a string view into `value`, or nothing when absent or of another type.
std::optional<std::string_view> string_member(const json& value, std::string_view name);
/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace sallyport::encoding
