// Places in the text of a document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "encoding/json.hpp"

namespace sallyport::document {

using encoding::text_position;

/// Where the value or name with this RFC 6901 pointer stands; the start of the text when it has no place.
text_position position_of(const encoding::json_positions& positions, std::string_view pointer);
/// The byte at a line and column; the end of the text when they are behind it.
std::size_t offset_of(std::string_view text, text_position at);

}  // namespace sallyport::document
