// base64url without padding (RFC 4648 section 5, RFC 7515 section 2) and plain padded base64 (RFC 4648 section 4).
// Strict: one spelling for one value, so a token cannot be written in two ways.
#pragma once

#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace sallyport::encoding {

/// Reasons: base64url_invalid (padding, white space, foreign character, impossible length, spare bits not zero).
result<bytes> decode_base64url(std::string_view text);
std::string encode_base64url(bytes_view data);

/// Padded base64, the same strictness. Reasons: base64_invalid.
result<bytes> decode_base64(std::string_view text);
std::string encode_base64(bytes_view data);

}  // namespace sallyport::encoding
