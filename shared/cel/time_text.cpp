#include "cel/time_text.hpp"

#include <array>

#include "core/ascii.hpp"
#include "core/calendar.hpp"

namespace sallyport::cel {
namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::int64_t first_second = -62135596800;   // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = year_10000 - 1;  // 9999-12-31T23:59:59Z

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
  bool at_digit() const { return !rest_.empty() && ascii::is_digit(rest_.front()); }
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

bool in_range(timestamp when) {
  return when.seconds >= first_second && when.seconds <= last_second;
}

std::optional<timestamp> parse_timestamp(std::string_view text) {
  const auto read = parse_rfc3339(text);
  if (!read) return std::nullopt;
  const timestamp when{read->seconds, read->nanoseconds};
  return in_range(when) ? std::optional(when) : std::nullopt;
}

std::string format_timestamp(timestamp when) {
  return rfc3339_text({when.seconds, when.nanoseconds});
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
  std::string_view rest = text;
  int seconds = 0;
  if (!take_offset(rest, seconds) || !rest.empty()) return std::nullopt;
  return seconds;
}

}  // namespace sallyport::cel
