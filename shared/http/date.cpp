#include "http/date.hpp"

#include <array>
#include <cstdint>

#include "core/calendar.hpp"

namespace sallyport::http {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

/// Takes pieces off the front of a text; once one was not there, it stays failed.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  scanner& literal(std::string_view expected) {
    good_ = good_ && rest_.starts_with(expected);
    if (good_) rest_.remove_prefix(expected.size());
    return *this;
  }
  scanner& digits(std::size_t count, int& to) {
    good_ = good_ && take_digits(rest_, count, to);
    return *this;
  }
  /// One of the names; its number, from 1.
  template <std::size_t N>
  scanner& name(const std::array<std::string_view, N>& names, int& to) {
    for (std::size_t i = 0; good_ && i < N; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      to = static_cast<int>(i) + 1;
      return *this;
    }
    good_ = false;
    return *this;
  }
  /// The day of asctime: two digits, or a space and one.
  scanner& padded_day(int& to) {
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

// RFC 9110 section 5.6.7 has leap seconds.
bool is_valid(const civil_time& at) {
  return at.year >= 1970 && is_date(at.year, at.month, at.day) && at.hour <= 23 && at.minute <= 59 && at.second <= 60;
}

std::optional<unix_seconds> checked(const scanner& read, const civil_time& at) {
  return read.finished() && is_valid(at) ? std::optional(seconds_of(at)) : std::nullopt;
}

std::optional<unix_seconds> parse_imf_fixdate(std::string_view text) {
  civil_time at;
  int weekday = 0;
  int year = 0;
  scanner in(text);
  in.name(days, weekday).literal(", ").digits(2, at.day).literal(" ").name(months, at.month).literal(" ");
  in.digits(4, year).literal(" ").clock(at).literal(" GMT");
  at.year = year;
  return checked(in, at);
}

// RFC 9110 section 5.6.7: a year that appears to be more than 50 years ahead is in the past.
std::optional<unix_seconds> parse_rfc850_date(std::string_view text, unix_seconds now) {
  constexpr std::int64_t seconds_per_year = 31556952;
  civil_time at;
  int weekday = 0;
  int year = 0;
  scanner in(text);
  in.name(long_days, weekday).literal(", ").digits(2, at.day).literal("-").name(months, at.month).literal("-");
  in.digits(2, year).literal(" ").clock(at).literal(" GMT");
  const std::int64_t this_year = 1970 + now / seconds_per_year;
  at.year = year + this_year / 100 * 100;
  if (at.year > this_year + 50) at.year -= 100;
  return checked(in, at);
}

std::optional<unix_seconds> parse_asctime_date(std::string_view text) {
  civil_time at;
  int weekday = 0;
  int year = 0;
  scanner in(text);
  in.name(days, weekday).literal(" ").name(months, at.month).literal(" ").padded_day(at.day).literal(" ");
  in.clock(at).literal(" ").digits(4, year);
  at.year = year;
  return checked(in, at);
}

}  // namespace

std::optional<unix_seconds> parse_http_date(std::string_view text, unix_seconds now) {
  if (auto found = parse_imf_fixdate(text)) return found;
  if (auto found = parse_rfc850_date(text, now)) return found;
  return parse_asctime_date(text);
}

void append_http_date(std::string& to, unix_seconds time) {
  const civil_time at = civil_of(time);
  to.append(days[static_cast<std::size_t>(at.day_of_week)]).append(", ");
  append_padded(to, at.day, 2);
  to.append(" ").append(months[static_cast<std::size_t>(at.month - 1)]).append(" ");
  append_padded(to, at.year, 4);
  append_padded(to += ' ', at.hour, 2);
  append_padded(to += ':', at.minute, 2);
  append_padded(to += ':', at.second, 2);
  to.append(" GMT");
}

}  // namespace sallyport::http
