// Helpers of the JSON gate that look at text only: positions, tokens, messages, UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "encoding/json.hpp"

namespace sallyport::encoding {

/// Line and column of `at`, counted on from `begin`, which stands at `position`.
text_position position_of(const char* begin, const char* at, text_position position = {});
/// "<what> at line L, column C" for the character just before `at`.
std::string describe_position(const char* begin, const char* at, std::string_view what);
/// The first character in [from, to) that is neither white space, separator nor comment.
const char* skip_to_token(const char* from, const char* to);
/// RFC 6901 section 3: `~` and `/` escaped.
std::string escape_pointer_token(std::string_view token);
/// Bytes of the well-formed sequence at the start of `text` (RFC 3629 section 4), 0 when ill-formed.
std::size_t utf8_sequence(std::string_view text);
/// How many bytes there are before the first that is not part of well-formed UTF-8 (RFC 3629 section 4).
std::size_t utf8_prefix(std::string_view text);
/// What the parser complained about, without its quotation of the input, which may be a secret.
std::string syntax_message(std::string_view parser_message);

}  // namespace sallyport::encoding
