// Timestamps and durations as text, and the calendar behind the getters: the proleptic Gregorian calendar, years 1 to
// 9999. No time zone database: UTC and fixed offsets only, so that two machines cannot disagree (policy, "Conditions").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cel/value.hpp"

namespace sallyport::cel {

/// A point in time on the calendar of one offset.
struct civil_time {
  std::int64_t year = 1970;
  /// 1 to 12.
  int month = 1;
  /// 1 to 31.
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  /// 0 is Sunday.
  int day_of_week = 4;
  /// 0 is the first of January.
  int day_of_year = 0;
};

civil_time civil_of(std::int64_t unix_seconds);
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
