// Literals: from the token to its value (cel-spec, doc/langdef.md, "Numeric Values", "String and Bytes Values").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cel/token.hpp"
#include "cel/value.hpp"
#include "core/result.hpp"

namespace sallyport::cel {

/// An integer, unsigned integer or real token; nothing when out of range. `negative`: a minus sign stands before it.
std::optional<value> number_literal(const token& number, bool negative);

/// The content of a string or bytes token, escapes resolved; the failure's detail says what is wrong. Reasons:
/// cel_syntax.
result<std::string> text_literal(const token& text);

}  // namespace sallyport::cel
