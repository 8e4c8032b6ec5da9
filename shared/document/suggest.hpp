// "Did you mean …?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sallyport::document {

/// The candidate closest to `text` (at most two edits, fewer for short words), or an empty view into nothing.
std::string_view closest(std::string_view text, std::span<const std::string_view> candidates);

/// "did you mean x?" when something is close, else "expected one of a, b, c"; empty without candidates.
std::string suggestion(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace sallyport::document
