#include "wake/budget.hpp"

#include <algorithm>

namespace sallyport::aws {
namespace {

// What is noted is stored at every step: whatever the settings say, it stays small.
constexpr std::size_t max_recent_starts = 256;

}  // namespace

bool take_start(std::vector<recent_start>& starts, std::string_view caller, unix_milliseconds now,
                const wake_settings& settings) {
  std::erase_if(starts, [&](const recent_start& each) { return each.at + settings.budget_window <= now; });
  const auto by_caller =
      std::count_if(starts.begin(), starts.end(), [&](const recent_start& each) { return each.caller == caller; });
  if (by_caller >= static_cast<std::ptrdiff_t>(settings.starts_per_caller)) return false;
  if (starts.size() >= std::min<std::size_t>(settings.starts_per_service, max_recent_starts)) return false;
  starts.push_back({std::string(caller), now});
  return true;
}

}  // namespace sallyport::aws
