// Timestamps and durations as text: years 1 to 9999 of core/calendar.hpp, UTC and fixed offsets only (policy,
// "Conditions").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cel/value.hpp"

namespace sallyport::cel {

/// Whether the instant lies in years 0001 to 9999 (google.protobuf.Timestamp).
bool in_range(timestamp when);

/// RFC 3339 date-time, upper-case T and Z, at most nine digits of a second, no leap second; nothing when out of range.
std::optional<timestamp> parse_timestamp(std::string_view text);
/// RFC 3339 in UTC with as many digits of a second as are needed.
std::string format_timestamp(timestamp when);

/// A sequence of decimal numbers with units h, m, s, ms, us, ns ("1h30m", "-1.5s"), or "0"; nothing when it does not
/// fit.
std::optional<duration> parse_duration(std::string_view text);
/// Seconds with as many decimals as are needed, e.g. "6347.5s".
std::string format_duration(duration span);

/// Seconds east of UTC for "UTC", "" and "+hh:mm", "-hh:mm", "hh:mm"; nothing for anything else, named zones included.
std::optional<int> parse_zone(std::string_view name);

}  // namespace sallyport::cel
