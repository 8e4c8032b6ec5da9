#include "aws/date.hpp"

namespace sallyport::aws {
namespace {

/// `count` digits at `at`, or -1.
std::int64_t digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return -1;
  std::int64_t value = 0;
  for (char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool has_zulu_end(std::string_view rest) {
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const auto length = rest.find_first_not_of("0123456789");
    if (length == 0 || length == std::string_view::npos) return false;
    rest.remove_prefix(length);
  }
  return rest == "Z";
}

bool is_date(std::int64_t year, std::int64_t month, std::int64_t day) {
  return year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

}  // namespace

std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

std::optional<unix_seconds> parse_iso_time(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (text.size() <= form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '0' && form[i] != text[i]) return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!is_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  if (!has_zulu_end(text.substr(form.size()))) return std::nullopt;
  return days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace sallyport::aws
