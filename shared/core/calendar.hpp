// The proleptic Gregorian calendar in UTC, and RFC 3339, its most common spelling. Days have 86400 seconds; there is no
// time zone database, so that two machines cannot disagree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sallyport {

/// The first second that RFC 3339 cannot spell: its years have four digits.
constexpr unix_seconds year_10000 = 253402300800;

/// A point in time on the calendar.
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

/// Whether the calendar has this day.
bool is_date(std::int64_t year, int month, int day);
civil_time civil_of(unix_seconds time);
/// From year, month, day, hour, minute and second. Precondition: is_date; a second 60 is the first one of the next minute.
unix_seconds seconds_of(const civil_time& at);

/// Takes exactly `count` decimal digits off the front of `text`; false, and nothing taken, when they are not there.
bool take_digits(std::string_view& text, std::size_t count, int& number);
/// Takes `Z`, `+hh:mm` or `-hh:mm` off the front: `east` is in seconds.
bool take_offset(std::string_view& text, int& east);
/// Appends a number that is not negative with zeros in front, up to `width` digits.
void append_padded(std::string& to, std::int64_t number, std::size_t width);

/// A second and its part.
struct instant {
  unix_seconds seconds = 0;
  std::int32_t nanoseconds = 0;
};

/// RFC 3339 date-time: upper-case T and Z, at most nine digits of a second, no leap second, years 1 to 9999 where it was
/// written; or nothing.
std::optional<instant> parse_rfc3339(std::string_view text);
/// In UTC, with as many digits of a second as are needed. Precondition: in the years 0 to 9999.
std::string rfc3339_text(instant when);

}  // namespace sallyport
