// Structured Field Values for HTTP (RFC 9651): the whole of it, parsed and serialized.
//
// Rules
// * Parsing is RFC 9651 section 4.2 to the letter; where it allows a choice we are strict: base64 needs its padding and
//   no spare bits. Anything else is sf_syntax, never a partial value.
// * A key that comes twice keeps its first place and takes its last value (sections 4.2.2 and 4.2.3.2).
// * Several field lines are one value: join them with ", " first (RFC 9110 section 5.3); an empty line is no member.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/structured_field_model.hpp"

namespace sallyport::encoding::sf {

/// Reasons: sf_syntax (detail: byte offset and what was expected there).
result<item> parse_item(std::string_view text);
result<list> parse_list(std::string_view text);
result<dictionary> parse_dictionary(std::string_view text);
/// A single inner list with its parameters, as a member of a dictionary (RFC 9421 signature parameters).
result<inner_list> parse_inner_list(std::string_view text);

/// The field lines of one field as one value.
std::string join_lines(std::span<const std::string_view> lines);

/// Reasons: sf_unserializable (detail: what cannot be carried). An empty list or dictionary gives "": send no field.
result<std::string> serialize(const item& value);
result<std::string> serialize(const inner_list& value);
result<std::string> serialize(const list& value);
result<std::string> serialize(const dictionary& value);
result<std::string> serialize(const member& value);
result<std::string> serialize(const bare_item& value);
result<std::string> serialize(const parameter_list& value);

/// `text` as an sf-string with its quotes. Reasons: sf_unserializable (not printable ASCII).
result<std::string> serialize_string(std::string_view text);
/// `data` as an sf-binary with its colons.
std::string serialize_bytes(bytes_view data);

/// Whether `text` is a key (RFC 9651 section 3.1.2) or a token (section 3.3.4).
bool is_key(std::string_view text);
bool is_token(std::string_view text);

}  // namespace sallyport::encoding::sf
