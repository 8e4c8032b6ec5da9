#include "core/calendar.hpp"

#include <array>

#include "core/ascii.hpp"

namespace sallyport {
namespace {

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int64_t days_per_era = 146097;  // 400 years
constexpr std::int64_t epoch = 719468;         // 1970-01-01, counted from 0000-03-01

bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::int64_t era_of(std::int64_t number, std::int64_t length) {
  return (number >= 0 ? number : number - (length - 1)) / length;
}

// Years begin in March here, so that the leap day is the last one.
std::int64_t days_of(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = era_of(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * days_per_era + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - epoch;
}

void set_date(civil_time& at, std::int64_t days) {
  const std::int64_t era = era_of(days + epoch, days_per_era);
  const std::int64_t day_of_era = days + epoch - era * days_per_era;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month = static_cast<int>((5 * day_of_year + 2) / 153);
  at.month = month < 10 ? month + 3 : month - 9;
  at.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  at.year = year_of_era + era * 400 + (at.month <= 2 ? 1 : 0);
  at.day_of_year = static_cast<int>(days - days_of(at.year, 1, 1));
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text, civil_time& at) {
  int year = 0;
  const bool shaped = take_digits(text, 4, year) && take(text, '-') && take_digits(text, 2, at.month) &&
                      take(text, '-') && take_digits(text, 2, at.day);
  at.year = year;
  return shaped && year >= 1 && is_date(year, at.month, at.day);
}

bool take_time(std::string_view& text, civil_time& at) {
  const bool shaped = take_digits(text, 2, at.hour) && take(text, ':') && take_digits(text, 2, at.minute) &&
                      take(text, ':') && take_digits(text, 2, at.second);
  return shaped && at.hour <= 23 && at.minute <= 59 && at.second <= 59;
}

bool take_fraction(std::string_view& text, std::int32_t& nanoseconds) {
  if (!take(text, '.')) return true;
  int digit = 0;
  std::int32_t unit = 100'000'000;
  if (!take_digits(text, 1, digit)) return false;
  do {
    if (unit == 0) return false;
    nanoseconds += digit * unit;
    unit /= 10;
  } while (take_digits(text, 1, digit));
  return true;
}

}  // namespace

bool is_date(std::int64_t year, int month, int day) {
  constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

civil_time civil_of(unix_seconds time) {
  const std::int64_t days = era_of(time, seconds_per_day);
  const std::int64_t rest = time - days * seconds_per_day;
  civil_time at;
  at.hour = static_cast<int>(rest / 3600);
  at.minute = static_cast<int>(rest / 60 % 60);
  at.second = static_cast<int>(rest % 60);
  at.day_of_week = static_cast<int>(((days + 4) % 7 + 7) % 7);
  set_date(at, days);
  return at;
}

unix_seconds seconds_of(const civil_time& at) {
  const std::int64_t minutes = std::int64_t{at.hour} * 60 + at.minute;
  return days_of(at.year, at.month, at.day) * seconds_per_day + minutes * 60 + at.second;
}

bool take_digits(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count || !ascii::all_are(text.substr(0, count), ascii::is_digit)) return false;
  number = 0;
  for (const char c : text.substr(0, count)) number = number * 10 + (c - '0');
  text.remove_prefix(count);
  return true;
}

bool take_offset(std::string_view& text, int& east) {
  east = 0;
  if (take(text, 'Z')) return true;
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return false;
  int hours = 0;
  int minutes = 0;
  const bool shaped = take_digits(text, 2, hours) && take(text, ':') && take_digits(text, 2, minutes);
  east = (hours * 60 + minutes) * (west ? -60 : 60);
  return shaped && hours <= 23 && minutes <= 59;
}

void append_padded(std::string& to, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  to.append(width > digits.size() ? width - digits.size() : 0, '0');
  to += digits;
}

std::optional<instant> parse_rfc3339(std::string_view text) {
  civil_time at;
  int offset = 0;
  instant when;
  const bool whole = take_date(text, at) && take(text, 'T') && take_time(text, at) &&
                     take_fraction(text, when.nanoseconds) && take_offset(text, offset) && text.empty();
  if (!whole) return std::nullopt;
  when.seconds = seconds_of(at) - offset;
  return when;
}

std::string rfc3339_text(instant when) {
  const civil_time at = civil_of(when.seconds);
  std::string text;
  append_padded(text, at.year, 4);
  append_padded(text += '-', at.month, 2);
  append_padded(text += '-', at.day, 2);
  append_padded(text += 'T', at.hour, 2);
  append_padded(text += ':', at.minute, 2);
  append_padded(text += ':', at.second, 2);
  if (when.nanoseconds != 0) {
    append_padded(text += '.', when.nanoseconds, 9);
    while (text.back() == '0') text.pop_back();
  }
  return text += 'Z';
}

}  // namespace sallyport
