#include "document/position.hpp"

#include <algorithm>

namespace sallyport::document {

text_position position_of(const encoding::json_positions& positions, std::string_view pointer) {
  const auto found = positions.find(pointer);
  return found == positions.end() ? text_position{} : found->second;
}

std::size_t offset_of(std::string_view text, text_position at) {
  std::size_t start = 0;
  for (std::size_t line = 1; line < at.line; ++line) {
    const auto end = text.find('\n', start);
    if (end == std::string_view::npos) return text.size();
    start = end + 1;
  }
  return std::min(start + std::max<std::size_t>(at.column, 1) - 1, text.size());
}

}  // namespace sallyport::document
