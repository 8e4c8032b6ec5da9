#include "http/date.hpp"

#include <array>
#include <cstdint>

namespace sallyport::http {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> long_days = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

struct civil_time {
  std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// Takes pieces off the front of a text; once one was not there, it stays failed.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  scanner& literal(std::string_view expected) {
    good_ = good_ && rest_.starts_with(expected);
    if (good_) rest_.remove_prefix(expected.size());
    return *this;
  }
  scanner& digits(std::size_t count, std::int64_t& to) {
    good_ = good_ && rest_.size() >= count;
    for (to = 0; good_ && count > 0; --count) {
      const char c = rest_.front();
      good_ = c >= '0' && c <= '9';
      to = to * 10 + (c - '0');
      rest_.remove_prefix(1);
    }
    return *this;
  }
  /// One of the names; its number, from 1.
  template <std::size_t N>
  scanner& name(const std::array<std::string_view, N>& names, std::int64_t& to) {
    for (std::size_t i = 0; good_ && i < N; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      to = static_cast<std::int64_t>(i) + 1;
      return *this;
    }
    good_ = false;
    return *this;
  }
  /// The day of asctime: two digits, or a space and one.
  scanner& padded_day(std::int64_t& to) {
    if (!rest_.starts_with(' ')) return digits(2, to);
    return literal(" ").digits(1, to);
  }
  scanner& clock(civil_time& to) {
    return digits(2, to.hour).literal(":").digits(2, to.minute).literal(":").digits(2, to.second);
  }
  bool finished() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool is_valid(const civil_time& at) {
  constexpr std::array<std::int64_t, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (at.year < 1970 || at.day < 1 || at.hour > 23 || at.minute > 59 || at.second > 60) return false;
  const auto length = lengths[static_cast<std::size_t>(at.month - 1)] + (at.month == 2 && is_leap(at.year) ? 1 : 0);
  return at.day <= length;
}

/// Leap days before January 1st of `year`, counted from year 0.
std::int64_t leap_days_before(std::int64_t year) {
  const std::int64_t last = year - 1;
  return last / 4 - last / 100 + last / 400;
}

unix_seconds to_unix(const civil_time& at) {
  constexpr std::array<std::int64_t, 12> before = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  std::int64_t day = (at.year - 1970) * 365 + leap_days_before(at.year) - leap_days_before(1970);
  day += before[static_cast<std::size_t>(at.month - 1)] + (at.month > 2 && is_leap(at.year) ? 1 : 0) + at.day - 1;
  return day * 86400 + at.hour * 3600 + at.minute * 60 + at.second;
}

std::optional<unix_seconds> checked(const scanner& read, const civil_time& at) {
  return read.finished() && is_valid(at) ? std::optional(to_unix(at)) : std::nullopt;
}

std::optional<unix_seconds> parse_imf_fixdate(std::string_view text) {
  civil_time at;
  std::int64_t weekday = 0;
  scanner in(text);
  in.name(days, weekday).literal(", ").digits(2, at.day).literal(" ").name(months, at.month).literal(" ");
  in.digits(4, at.year).literal(" ").clock(at).literal(" GMT");
  return checked(in, at);
}

// RFC 9110 section 5.6.7: a year that appears to be more than 50 years ahead is in the past.
std::optional<unix_seconds> parse_rfc850_date(std::string_view text, unix_seconds now) {
  constexpr std::int64_t seconds_per_year = 31556952;
  civil_time at;
  std::int64_t weekday = 0;
  scanner in(text);
  in.name(long_days, weekday).literal(", ").digits(2, at.day).literal("-").name(months, at.month).literal("-");
  in.digits(2, at.year).literal(" ").clock(at).literal(" GMT");
  const std::int64_t this_year = 1970 + now / seconds_per_year;
  at.year += this_year / 100 * 100;
  if (at.year > this_year + 50) at.year -= 100;
  return checked(in, at);
}

std::optional<unix_seconds> parse_asctime_date(std::string_view text) {
  civil_time at;
  std::int64_t weekday = 0;
  scanner in(text);
  in.name(days, weekday).literal(" ").name(months, at.month).literal(" ").padded_day(at.day).literal(" ");
  in.clock(at).literal(" ").digits(4, at.year);
  return checked(in, at);
}

}  // namespace

std::optional<unix_seconds> parse_http_date(std::string_view text, unix_seconds now) {
  if (auto found = parse_imf_fixdate(text)) return found;
  if (auto found = parse_rfc850_date(text, now)) return found;
  return parse_asctime_date(text);
}

}  // namespace sallyport::http
