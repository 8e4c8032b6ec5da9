#include "wake/budget.hpp"

#include <algorithm>

namespace sallyport::aws {
namespace {

// What is noted is stored with the state: whatever the settings say, it stays small.
constexpr std::size_t max_recent_starts = 256;

/// How long until fewer than `most` of these times, oldest first, are within the window.
unix_milliseconds free_in(const std::vector<unix_milliseconds>& times, std::size_t most, unix_milliseconds now,
                          unix_milliseconds window) {
  if (times.size() < most) return 0;
  if (most == 0) return window;
  return times[times.size() - most] + window - now;
}

}  // namespace

unix_milliseconds budget_free_in(const std::vector<recent_start>& starts, std::string_view caller,
                                 unix_milliseconds now, const wake_settings& settings) {
  std::vector<unix_milliseconds> all, own;
  for (const auto& each : starts) {
    if (each.at + settings.budget_window <= now) continue;
    all.push_back(each.at);
    if (each.caller == caller) own.push_back(each.at);
  }
  const auto most = std::min<std::size_t>(settings.starts_per_service, max_recent_starts);
  return std::max(free_in(all, most, now, settings.budget_window),
                  free_in(own, settings.starts_per_caller, now, settings.budget_window));
}

void book_start(std::vector<recent_start>& starts, std::string_view caller, unix_milliseconds now,
                const wake_settings& settings) {
  std::erase_if(starts, [&](const recent_start& each) { return each.at + settings.budget_window <= now; });
  if (starts.size() >= max_recent_starts) starts.erase(starts.begin());
  starts.push_back({std::string(caller), now});
}

void give_back_start(std::vector<recent_start>& starts, std::string_view caller) {
  const auto last =
      std::find_if(starts.rbegin(), starts.rend(), [&](const recent_start& each) { return each.caller == caller; });
  if (last != starts.rend()) starts.erase(std::next(last).base());
}

unix_milliseconds retry_time(const wake_state& failed, const wake_settings& settings) {
  if (failed.why != reason::aws_access_denied) return failed.retry_at;
  return std::min(failed.retry_at, failed.phase_since + settings.retry_first);
}

bool is_not_of_app(reason why) {
  return why != reason::wake_failed && why != reason::wake_timeout;
}

}  // namespace sallyport::aws
