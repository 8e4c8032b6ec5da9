#include "agent/config/units.hpp"

#include <charconv>
#include <span>

namespace sallyport::agent::config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, so that printing takes the largest that fits and parsing the longest name.
constexpr unit time_units[] = {{"h", 3600000}, {"m", 60000}, {"ms", 1}, {"s", 1000}};
constexpr unit size_units[] = {{"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}, {"B", 1}};
constexpr std::uint64_t year_ms = std::uint64_t{366} * 24 * 3600 * 1000;
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 53;

struct amount {
  std::uint64_t number;
  std::string_view unit;
};

std::optional<amount> split(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return amount{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::optional<std::uint64_t> multiply(const amount& what, std::span<const unit> units, std::uint64_t most) {
  for (const unit& each : units)
    if (each.name == what.unit)
      return what.number <= most / each.factor ? std::optional(what.number * each.factor) : std::nullopt;
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto what = split(text);
  if (!what) return std::nullopt;
  const auto ms = multiply(*what, time_units, year_ms);
  return ms ? std::optional(std::chrono::milliseconds(*ms)) : std::nullopt;
}

std::string to_text(std::chrono::milliseconds time) {
  const auto ms = static_cast<std::uint64_t>(time.count());
  for (const unit& each : {time_units[0], time_units[1], time_units[3]})
    if (ms > 0 && ms % each.factor == 0) return std::to_string(ms / each.factor) + std::string(each.name);
  return std::to_string(ms) + "ms";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto what = split(text);
  if (!what) return std::nullopt;
  if (what->unit.empty()) return what->number <= most_bytes ? std::optional(what->number) : std::nullopt;
  return multiply(*what, size_units, most_bytes);
}

std::string size_text(std::uint64_t bytes) {
  for (const unit& each : size_units)
    if (bytes > 0 && bytes % each.factor == 0) return std::to_string(bytes / each.factor) + std::string(each.name);
  return "0B";
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto what = split(text);
  return what && what->unit.empty() ? std::optional(what->number) : std::nullopt;
}

}  // namespace sallyport::agent::config
