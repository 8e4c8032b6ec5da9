// The two ways in which AWS writes a point in time.
#pragma once

#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::aws {

/// "2026-01-31T12:34:56Z", with or without a fraction, UTC only; or nothing.
std::optional<unix_seconds> parse_iso_time(std::string_view text);
/// Days since 1970-01-01 of a proleptic Gregorian date. Precondition: year >= 0, 1 <= month <= 12.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day);

}  // namespace sallyport::aws
