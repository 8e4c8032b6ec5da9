// Durations and sizes as people write them: a whole number without a zero in front, and one unit. No sums, no fractions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::document {

/// Of s, m, h, d, with at most nine digits: "30s", "5m", "1h", "7d".
std::optional<seconds> parse_seconds(std::string_view text);
/// Of ms, s, m, h, at most a year: "250ms", "30s".
std::optional<std::int64_t> parse_milliseconds(std::string_view text);
/// Of B, KiB, MiB, with at most nine digits; in bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// As parse_size, also of GiB or without a unit, at most 2^53.
std::optional<std::uint64_t> parse_any_size(std::string_view text);
/// No unit.
std::optional<std::uint64_t> parse_count(std::string_view text);

/// In the largest unit that loses nothing; these are read back by the functions above.
std::string seconds_text(seconds time);
std::string milliseconds_text(std::int64_t time);
std::string size_text(std::uint64_t bytes);

}  // namespace sallyport::document
