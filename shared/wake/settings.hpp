// What bounds the machine that wakes a service: the policy's rule for it, and the deployment's tuning.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace sallyport::aws {

struct wake_settings {
  /// 0: the service is not for us to start; without running tasks a request fails with service_stopped.
  std::uint32_t min = 1;
  std::uint16_t port = 0;
  unix_milliseconds idle_stop = 900'000;
  /// A start that takes longer has failed. It counts from when AWS accepted the raise.
  unix_milliseconds start_timeout = 600'000;
  /// A start is looked at once early, for its progress; then not before most of the time that the last starts took has
  /// passed; then again and again, in growing steps. Describe calls are what an account has too few of
  /// (bench/wake_sim).
  unix_milliseconds poll_first = 4'000;
  unix_milliseconds poll_then = 2'000;
  unix_milliseconds poll_most = 5'000;
  /// What a start is expected to take before there is experience.
  unix_milliseconds expected_start = 30'000;
  /// How old the list of tasks may be before a request has it looked at again, beside being answered.
  unix_milliseconds refresh = 300'000;
  /// The same while fewer than `min` tasks are healthy.
  unix_milliseconds refresh_incomplete = 15'000;
  unix_milliseconds call_timeout = 15'000;
  unix_milliseconds pause_first = 2'000;
  unix_milliseconds pause_most = 300'000;
  /// A start that failed is not tried again for this long, twice as long after the next failure, and so on up to
  /// pause_most. Where AWS did not take who we are it never grows: people repair a role and try again at once.
  unix_milliseconds retry_first = 10'000;
  /// Starts within budget_window that one caller, and all callers together, may cause.
  std::uint32_t starts_per_caller = 6;
  std::uint32_t starts_per_service = 30;
  unix_milliseconds budget_window = 3'600'000;
  /// Requests go to the tasks' addresses. Where they go to an origin a task needs none.
  bool needs_address = true;
  /// A desired count that was asked for sooner after an update that AWS accepted is not believed against it.
  unix_milliseconds update_settles = 5'000;
  /// After a raise, only a look asked that much later says which of the tasks that were there before stay.
  unix_milliseconds leftovers_settle = 2'000;
  /// Looks without a task are believed when they are that far apart, and the task was first seen that long ago.
  unix_milliseconds gone_apart = 10'000;
  unix_milliseconds gone_after = 30'000;
  /// ECS says for that long that it can place no task.
  unix_milliseconds stuck_after = 30'000;
  /// So many tasks that end within this time have failed a service, whether or not they were healthy once.
  std::uint32_t crashes_most = 5;
  unix_milliseconds crash_window = 600'000;
  /// Whether agents are asked if they are ready (wake/probing.hpp); else ECS's health check says it.
  bool ready_by_agent = false;
  std::uint32_t probes_most = 4;
  unix_milliseconds probe_first = 250;
  unix_milliseconds probe_then = 500;
  unix_milliseconds probe_eager = 10'000;
  unix_milliseconds probe_patience = 1'000;
  unix_milliseconds probe_slow = 1'000;
  unix_milliseconds probe_slow_patience = 3'000;
  unix_milliseconds bad_apart = 500;
  unix_milliseconds unprobeable_for = 300'000;
  std::uint32_t throws_most = 5;
  std::uint32_t flaps_most = 5;
  unix_milliseconds flap_window = 60'000;
  unix_milliseconds flap_pause = 10'000;
  unix_milliseconds policy_differs_after = 60'000;
  /// How long all agents have to say whether they are idle, and how long what cannot be asked counts as busy.
  unix_milliseconds ask_for = 10'000;
  unix_milliseconds unproven_most = 86'400'000;
  /// Calls wait for a grant of the Region, and it looks (wake/queueing.hpp).
  bool governed = false;
  /// A start leaves the line.
  unix_milliseconds queue_most = 1'800'000;
  unix_milliseconds admit_patience = 10'000;
  unix_milliseconds ask_least = 250;
  unix_milliseconds watch_renew = 30'000;
  unix_milliseconds own_looks = 300'000;
  /// While no Region answers.
  unix_milliseconds alone_wait = 60'000;
  unix_milliseconds alone_pause = 20'000;
  unix_milliseconds alone_asks = 10'000;
  unix_milliseconds alone_stop = 3'600'000;
  unix_milliseconds alone_stop_asks = 60'000;
};

}  // namespace sallyport::aws
