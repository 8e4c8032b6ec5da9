#include "document/units.hpp"

#include <charconv>
#include <span>

namespace sallyport::document {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};
using units = std::span<const unit>;

// Largest first, so that writing takes the largest that fits.
constexpr unit times[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
constexpr unit sizes[] = {{"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}, {"B", 1}, {"", 1}};

constexpr std::uint64_t second = 1000;
constexpr std::uint64_t year = std::uint64_t{366} * 86400 * second;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 53;
constexpr std::uint64_t nine_digits = 999'999'999;

struct amount {
  std::uint64_t number, factor;
};

std::optional<amount> parse(std::string_view text, units known) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  const bool padded = text.size() - name.size() > 1 && text.front() == '0';
  if (error != std::errc() || padded) return std::nullopt;
  for (const auto& each : known) {
    if (each.name == name) return amount{number, each.factor};
  }
  return std::nullopt;
}

std::optional<std::uint64_t> few_digits(const std::optional<amount>& of) {
  return of && of->number <= nine_digits ? std::optional(of->number * of->factor) : std::nullopt;
}

std::optional<std::uint64_t> at_most(std::uint64_t most, const std::optional<amount>& of) {
  return of && of->number <= most / of->factor ? std::optional(of->number * of->factor) : std::nullopt;
}

/// Nothing is written in the last of the units.
std::string write(std::uint64_t number, units known) {
  for (const auto& each : known) {
    const bool fits = number > 0 ? number % each.factor == 0 : &each == &known.back();
    if (fits) return std::to_string(number / each.factor) + std::string(each.name);
  }
  return "";
}

}  // namespace

std::optional<seconds> parse_seconds(std::string_view text) {
  const auto time = few_digits(parse(text, units(times).first(4)));
  return time ? std::optional(static_cast<seconds>(*time / second)) : std::nullopt;
}

std::optional<std::int64_t> parse_milliseconds(std::string_view text) {
  const auto time = at_most(year, parse(text, units(times).subspan(1)));
  return time ? std::optional(static_cast<std::int64_t>(*time)) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return few_digits(parse(text, units(sizes).subspan(1, 3)));
}

std::optional<std::uint64_t> parse_any_size(std::string_view text) {
  return at_most(most_bytes, parse(text, sizes));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto count = parse(text, units(sizes).last(1));
  return count ? std::optional(count->number) : std::nullopt;
}

std::string seconds_text(seconds time) {
  return write(static_cast<std::uint64_t>(time) * second, units(times).first(4));
}

std::string milliseconds_text(std::int64_t time) {
  return write(static_cast<std::uint64_t>(time), units(times).subspan(1));
}

std::string size_text(std::uint64_t bytes) {
  return write(bytes, units(sizes).first(4));
}

}  // namespace sallyport::document
