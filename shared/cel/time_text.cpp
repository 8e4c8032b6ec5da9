#include "cel/time_text.hpp"

#include <array>

namespace sallyport::cel {
namespace {

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::int64_t first_second = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253402300799;   // 9999-12-31T23:59:59Z

bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(std::int64_t year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// Days between 1970-01-01 and the first of January of `year`.
std::int64_t days_before_year(std::int64_t year) {
  // One era of 400 years is added, so that year 0 (the first hours of year 1, seen from further west) divides well,
  // too.
  const std::int64_t past = year + 399;
  return past * 365 + past / 4 - past / 100 + past / 400 - 719162 - 146097;
}

std::int64_t days_of(std::int64_t year, int month, int day) {
  std::int64_t days = days_before_year(year) + day - 1;
  for (int m = 1; m < month; ++m) days += days_in_month(year, m);
  return days;
}

/// Reads a text from the left; every step says whether it held.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  /// Exactly `count` digits.
  bool number(std::size_t count, int& out) {
    if (rest_.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!at_digit()) return false;
      out = out * 10 + digit();
    }
    return true;
  }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  /// Precondition: at_digit().
  int digit() {
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool scan_fraction(scanner& in, std::int32_t& nanoseconds) {
  if (!in.take('.')) return true;
  if (!in.at_digit()) return false;
  std::int32_t unit = 100'000'000;
  for (; in.at_digit(); unit /= 10) {
    if (unit == 0) return false;
    nanoseconds += in.digit() * unit;
  }
  return true;
}

bool scan_offset(scanner& in, int& seconds) {
  if (in.take('Z')) return true;
  const bool west = in.take('-');
  if (!west && !in.take('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.number(2, hours) || !in.take(':') || !in.number(2, minutes) || hours > 23 || minutes > 59) return false;
  seconds = (hours * 60 + minutes) * (west ? -60 : 60);
  return true;
}

bool is_date(int year, int month, int day) {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

bool is_time(int hour, int minute, int second) {
  return hour <= 23 && minute <= 59 && second <= 59;
}

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

void append_fraction(std::string& out, std::int64_t nanoseconds) {
  if (nanoseconds == 0) return;
  out += '.';
  append_padded(out, nanoseconds, 9);
  while (out.back() == '0') out.pop_back();
}

struct duration_unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// "ms" stands before "m", so that it is recognized.
constexpr std::array<duration_unit, 8> duration_units = {{{"ns", 1},
                                                          {"us", 1'000},
                                                          {"\u00B5s", 1'000},
                                                          {"\u03BCs", 1'000},
                                                          {"ms", 1'000'000},
                                                          {"s", nanoseconds_per_second},
                                                          {"m", 60 * nanoseconds_per_second},
                                                          {"h", 3600 * nanoseconds_per_second}}};

std::optional<std::int64_t> scan_unit(scanner& in) {
  for (const auto& unit : duration_units) {
    if (in.take(unit.name)) return unit.nanoseconds;
  }
  return std::nullopt;
}

// One "1.5h"; takes its nanoseconds off `total`. Everything stays negative, so that the most negative duration can be
// read.
bool scan_duration_part(scanner& in, std::int64_t& total) {
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t scale = 1;
  bool digits = false;
  for (; in.at_digit(); digits = true) {
    if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_sub_overflow(whole, in.digit(), &whole)) return false;
  }
  if (in.take('.')) {
    for (; in.at_digit(); digits = true) {
      const int digit = in.digit();
      if (scale >= 1'000'000'000'000) continue;
      fraction = fraction * 10 + digit;
      scale *= 10;
    }
  }
  const auto unit = scan_unit(in);
  if (!digits || !unit || __builtin_mul_overflow(whole, *unit, &whole)) return false;
  const double share = static_cast<double>(*unit) / static_cast<double>(scale);
  const auto part = static_cast<std::int64_t>(static_cast<double>(fraction) * share);
  return !__builtin_add_overflow(total, whole, &total) && !__builtin_sub_overflow(total, part, &total);
}

}  // namespace

civil_time civil_of(std::int64_t unix_seconds) {
  std::int64_t days = unix_seconds / seconds_per_day;
  std::int64_t rest = unix_seconds % seconds_per_day;
  if (rest < 0) rest += seconds_per_day, --days;
  civil_time civil;
  civil.hour = static_cast<int>(rest / 3600);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.second = static_cast<int>(rest % 60);
  civil.day_of_week = static_cast<int>(((days + 4) % 7 + 7) % 7);
  civil.year = 1970 + days / 366;
  while (days_before_year(civil.year) > days) --civil.year;
  while (days_before_year(civil.year + 1) <= days) ++civil.year;
  civil.day_of_year = static_cast<int>(days - days_before_year(civil.year));
  civil.day = civil.day_of_year + 1;
  for (; civil.day > days_in_month(civil.year, civil.month); ++civil.month) {
    civil.day -= days_in_month(civil.year, civil.month);
  }
  return civil;
}

bool in_range(timestamp when) {
  return when.seconds >= first_second && when.seconds <= last_second;
}

std::optional<timestamp> parse_timestamp(std::string_view text) {
  scanner in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0;
  timestamp when;
  const bool scanned = in.number(4, year) && in.take('-') && in.number(2, month) && in.take('-') && in.number(2, day) &&
                       in.take('T') && in.number(2, hour) && in.take(':') && in.number(2, minute) && in.take(':') &&
                       in.number(2, second) && scan_fraction(in, when.nanoseconds) && scan_offset(in, offset) &&
                       in.at_end();
  if (!scanned || !is_date(year, month, day) || !is_time(hour, minute, second)) return std::nullopt;
  when.seconds =
      days_of(year, month, day) * seconds_per_day + (std::int64_t{hour} * 60 + minute) * 60 + second - offset;
  if (!in_range(when)) return std::nullopt;
  return when;
}

std::string format_timestamp(timestamp when) {
  const civil_time civil = civil_of(when.seconds);
  std::string out;
  append_padded(out, civil.year, 4);
  append_padded(out += '-', civil.month, 2);
  append_padded(out += '-', civil.day, 2);
  append_padded(out += 'T', civil.hour, 2);
  append_padded(out += ':', civil.minute, 2);
  append_padded(out += ':', civil.second, 2);
  append_fraction(out, when.nanoseconds);
  return out += 'Z';
}

std::optional<duration> parse_duration(std::string_view text) {
  scanner in(text);
  const bool negative = in.take('-');
  if (!negative) in.take('+');
  if (in.take("0") && in.at_end()) return duration{};
  scanner parts(text);
  if (!parts.take('-')) parts.take('+');
  std::int64_t total = 0;
  do {
    if (!scan_duration_part(parts, total)) return std::nullopt;
  } while (!parts.at_end());
  if (!negative && __builtin_sub_overflow(std::int64_t{0}, total, &total)) return std::nullopt;
  return duration{total};
}

std::string format_duration(duration span) {
  std::string out;
  const std::int64_t seconds = span.nanoseconds / nanoseconds_per_second;
  const std::int64_t rest = span.nanoseconds % nanoseconds_per_second;
  if (span.nanoseconds < 0) out += '-';
  out += std::to_string(seconds < 0 ? -seconds : seconds);
  append_fraction(out, rest < 0 ? -rest : rest);
  return out += 's';
}

std::optional<int> parse_zone(std::string_view name) {
  if (name.empty() || name == "UTC") return 0;
  const bool signed_form = name.front() == '+' || name.front() == '-';
  const std::string text = signed_form ? std::string(name) : "+" + std::string(name);
  scanner in(text);
  int seconds = 0;
  if (!scan_offset(in, seconds) || !in.at_end()) return std::nullopt;
  return seconds;
}

}  // namespace sallyport::cel
