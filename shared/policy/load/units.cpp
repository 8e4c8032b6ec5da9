#include "policy/load/units.hpp"

#include <algorithm>
#include <span>

namespace sallyport::policy {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A number of at most nine digits, without leading zeros, and its unit: no product can overflow.
std::optional<std::uint64_t> parse_amount(std::string_view text, std::span<const unit> units) {
  constexpr std::size_t max_digits = 9;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > max_digits || (digits > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t amount = 0;
  for (const char c : text.substr(0, digits)) amount = amount * 10 + static_cast<std::uint64_t>(c - '0');
  for (const auto& each : units) {
    if (each.name == text.substr(digits)) return amount * each.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<seconds> parse_duration(std::string_view text) {
  static constexpr unit units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  const auto amount = parse_amount(text, units);
  return amount ? std::optional(static_cast<seconds>(*amount)) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr unit units[] = {{"B", 1}, {"KiB", 1024}, {"MiB", std::uint64_t{1} << 20}};
  return parse_amount(text, units);
}

}  // namespace sallyport::policy
