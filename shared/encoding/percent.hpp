// Percent-encoding (RFC 3986 section 2.1): triplets, and the few sets of characters that URLs and forms need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace sallyport::encoding {

/// RFC 3986 section 2.3: ALPHA / DIGIT / "-" / "." / "_" / "~".
bool is_unreserved(char c);

/// The byte of a triplet "%XX" at the start of `text`, or -1 when there is none.
int percent_triplet(std::string_view text);
/// Appends "%XX" with upper-case digits (RFC 3986 section 2.1).
void append_percent(std::string& to, byte value);

/// All but unreserved characters as triplets (RFC 3986 section 2.3; what SigV4 calls UriEncode).
std::string encode_percent(std::string_view text);
/// As encode_percent, and "/" stays.
std::string encode_percent_path(std::string_view text);

/// Every triplet decoded, nothing else touched. Reasons: percent_encoding_invalid.
result<std::string> decode_percent(std::string_view text);
/// application/x-www-form-urlencoded (WHATWG URL section 5.1): "+" is a space, valid triplets are decoded, a percent
/// sign without two digits stays as it is. Never fails; bytes, not necessarily UTF-8.
std::string decode_form(std::string_view text);
/// The form serializer's percent-encode set with "%20" for space (RFC 9421 section 2.2.8): all but ALPHA / DIGIT /
/// "*" / "-" / "." / "_" become triplets.
std::string encode_form_component(std::string_view text);

}  // namespace sallyport::encoding
