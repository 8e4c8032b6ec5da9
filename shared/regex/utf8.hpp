// CEL strings count, index and slice by Unicode code point; these walk UTF-8 accordingly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::regex {

/// The code point that starts at `text[offset]`; moves `offset` behind it. Precondition: offset < size, well-formed
/// UTF-8 (a stray byte counts as one code point of its own value).
char32_t next_code_point(std::string_view text, std::size_t& offset);
/// How many code points `text` has.
std::size_t count_code_points(std::string_view text);
/// The byte offset of code point number `index`; text.size() when there are exactly `index`; npos beyond.
std::size_t offset_of_code_point(std::string_view text, std::size_t index);
/// Appends `point` as UTF-8. Precondition: is_scalar_value(point).
void append_utf8(std::string& out, char32_t point);
/// Whether `point` is a Unicode scalar value: at most U+10FFFF and no surrogate.
bool is_scalar_value(char32_t point);

}  // namespace sallyport::regex
