#include "wake/tasks.hpp"

namespace sallyport::aws {
namespace {

/// A task of an earlier start is told from one of this start by AWS's clock, which is not ours.
constexpr unix_milliseconds clock_tolerance = 5'000;

}  // namespace

std::vector<endpoint> healthy_endpoints(const std::vector<task>& tasks, std::uint16_t port) {
  std::vector<endpoint> found;
  for (const auto& each : tasks) {
    const bool good = each.status == task_status::running && each.wanted && each.health == health_status::healthy;
    if (good && !each.private_ipv4.empty()) found.push_back({each.arn, each.private_ipv4, port});
  }
  return found;
}

std::string_view progress_of(const std::vector<task>& tasks) {
  std::string_view progress = "provisioning";
  for (const auto& each : tasks) {
    if (each.status == task_status::running) return "checking";
    if (each.image_pull_finished) progress = "starting";
    if (each.image_pull_started && !each.image_pull_finished) progress = "pulling";
  }
  return progress;
}

const task* task_that_died(const std::vector<task>& tasks, unix_milliseconds start) {
  for (const auto& each : tasks) {
    const bool ended = each.status == task_status::stopped || each.status == task_status::stopping;
    if (each.created_at + clock_tolerance < start) continue;
    if (ended && !each.stop_code.empty() && each.stop_code != "ServiceSchedulerInitiated") return &each;
  }
  return nullptr;
}

std::string death_of(const task& dead) {
  std::string why = dead.stop_code + ": " + dead.stopped_why;
  for (const auto& each : dead.containers) {
    if (each.exit_code && *each.exit_code != 0) {
      why += "; container " + each.name + " exited with " + std::to_string(*each.exit_code);
    }
    if (!each.why.empty()) why += "; " + each.name + ": " + each.why;
  }
  return why;
}

}  // namespace sallyport::aws
