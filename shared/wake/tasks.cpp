#include "wake/tasks.hpp"

#include <algorithm>

namespace sallyport::aws {
namespace {

std::string_view words_of(task_status status) {
  switch (status) {
    case task_status::provisioning: return "PROVISIONING";
    case task_status::pending: return "PENDING";
    case task_status::activating: return "ACTIVATING";
    case task_status::running: return "RUNNING";
    case task_status::deactivating: return "DEACTIVATING";
    case task_status::stopping: return "STOPPING";
    case task_status::stopped: return "STOPPED";
  }
  __builtin_trap();
}

std::string_view words_of(health_status health) {
  switch (health) {
    case health_status::unknown: return "health UNKNOWN: its task definition may have no health check";
    case health_status::healthy: return "HEALTHY";
    case health_status::unhealthy: return "UNHEALTHY";
  }
  __builtin_trap();
}

}  // namespace

bool is_running(const task_fact& one) {
  return one.status == task_status::running && one.wanted;
}

bool is_healthy(const task_fact& one) {
  const auto doubted_at = std::max(one.lost_at, one.unready_at);
  return is_running(one) && one.health == health_status::healthy && doubted_at <= one.asked_at;
}

std::vector<endpoint> ready_endpoints(const std::vector<task_fact>& facts, const wake_settings& settings,
                                      unix_milliseconds since, bool by_agent) {
  std::vector<endpoint> found;
  for (const auto& each : facts) {
    const bool ready = by_agent && !each.by_health ? is_running(each) && each.probed : is_healthy(each);
    if (!ready || each.asked_at < since || (settings.needs_address && each.address.empty())) continue;
    found.push_back({each.arn, each.address, settings.port});
  }
  return found;
}

bool lacks_address(const std::vector<task_fact>& facts, const wake_settings& settings) {
  if (!settings.needs_address || std::none_of(facts.begin(), facts.end(), is_running)) return false;
  return std::none_of(facts.begin(), facts.end(),
                      [](const task_fact& each) { return is_running(each) && !each.address.empty(); });
}

bool any_wanted(const std::vector<task_fact>& facts) {
  return std::any_of(facts.begin(), facts.end(), is_wanted);
}

std::string_view progress_of(const std::vector<task_fact>& facts) {
  std::string_view progress = "provisioning";
  for (const auto& each : facts) {
    if (!is_wanted(each)) continue;
    if (each.status == task_status::running) return "checking";
    if (each.pull_finished) progress = "starting";
    if (each.pull_started && !each.pull_finished) progress = "pulling";
  }
  return progress;
}

std::string seen_last(const std::vector<task_fact>& facts) {
  const auto last = std::find_if(facts.rbegin(), facts.rend(), is_wanted);
  if (last == facts.rend()) return "ECS shows no task that is on its way up";
  std::string said = "a task is " + std::string(words_of(last->status));
  if (last->status == task_status::running) said += ", " + std::string(words_of(last->health));
  return said;
}

}  // namespace sallyport::aws
