// Waking a service from zero, as a pure function: (state, event, now) -> (state, effects). The coordinator (one for
// each service) keeps the state, sends what the effects ask for and feeds the answers back; it decides nothing itself.
//
// | state | event | next state | effects |
// | --- | --- | --- | --- |
// | asleep | request, within budget | starting/checking | look, alarm |
// | asleep | request, over budget | asleep | answer refused |
// | starting/checking | seen: healthy tasks | healthy | answer ready, alarm |
// | starting/checking | seen: desired > 0 | starting/watching (not ours) | alarm |
// | starting/checking | seen: desired = 0 | starting/updating (ours) | update to min, alarm |
// | starting/* | seen: desired = 0, min is 0 | failed | answer failed |
// | starting/updating | updated | starting/watching | alarm |
// | starting/watching | alarm | starting/watching | look, alarm |
// | starting/watching | seen: healthy tasks | healthy | answer ready, alarm |
// | starting/watching | seen: a task of this start stopped | failed | answer failed, update to 0 when ours, alarm |
// | starting/* | refused, may pass | the same | alarm after a growing pause; then the call again |
// | starting/* | refused for good | failed | answer failed, alarm |
// | starting/* | longer than start_timeout | failed | answer failed, update to 0 when ours, alarm |
// | starting/*, healthy | request | the same | join, or answer ready |
// | healthy | request, tasks not looked at for refresh | healthy | answer ready, look |
// | healthy | seen: healthy tasks | healthy | alarm |
// | healthy | seen: none healthy, desired > 0 | starting/watching | alarm |
// | healthy | seen: desired = 0 | asleep | |
// | healthy | endpoint lost | healthy or starting/watching | look, alarm |
// | healthy | alarm, idle for idle_stop, ours | draining | update to 0, alarm |
// | healthy | alarm, idle for idle_stop, not ours | asleep | |
// | draining | request, within budget | starting/updating | update to min, alarm |
// | draining | updated | asleep | |
// | draining | refused, may pass | healthy | alarm: starts go before stops when AWS throttles |
// | draining | refused for good | healthy (no longer ours), or asleep when no task is known | look, alarm |
// | failed | updated | failed (no longer ours) | |
// | starting/* | restarted, with a call in flight | the same | as refused, may pass |
// | failed | request before retry_at | failed | answer failed |
// | failed | request from retry_at on | starting/checking | look, alarm |
//
// Invariants (tests/shared/wake/wake_test.cpp)
// * at most one call is in flight, and a call that never comes back is given up at its deadline;
// * UpdateService to more than zero only in answer to a request that policy allowed, and within the budgets;
// * every request is answered, or joined to a start that ends within start_timeout;
// * the alarm is always set while anything is expected to happen by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aws/ecs.hpp"
#include "core/time.hpp"

namespace sallyport::aws {

struct wake_settings {
  /// 0: the service is not for us to start; without running tasks a request fails with service_stopped.
  std::uint32_t min = 1;
  std::uint16_t port = 0;
  unix_milliseconds idle_stop = 900'000;
  /// A start that takes longer has failed.
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
  /// A start that failed is not tried again for this long, at least: whoever waits for it asks again sooner, and shall
  /// hear that it failed, not that another one has begun.
  unix_milliseconds retry_first = 10'000;
  /// Starts within budget_window that one caller, and all callers together, may cause.
  std::uint32_t starts_per_caller = 6;
  std::uint32_t starts_per_service = 30;
  unix_milliseconds budget_window = 3'600'000;
};

enum class wake_phase : std::uint8_t { asleep, starting, healthy, draining, failed };
enum class start_step : std::uint8_t { checking, updating, watching };
enum class wake_call : std::uint8_t { none, look, update };

/// Where a request may be sent.
struct endpoint {
  std::string task_arn;
  std::string address;
  std::uint16_t port = 0;
};

/// A start that someone caused, for the budgets.
struct recent_start {
  /// A hash of the identity, never the identity.
  std::string caller;
  unix_milliseconds at = 0;
};

/// Of wake_state::pressure.
inline constexpr std::uint32_t most_pressure = 4;

struct wake_state {
  wake_phase phase = wake_phase::asleep;
  start_step step = start_step::checking;
  /// We raised the desired count, so we may lower it again.
  bool ours = false;
  unix_milliseconds phase_since = 0;
  unix_milliseconds last_request = 0;
  unix_milliseconds last_seen = 0;
  /// The next time something is due by itself; 0: nothing.
  unix_milliseconds alarm = 0;
  wake_call in_flight = wake_call::none;
  unix_milliseconds in_flight_until = 0;
  /// The desired count of the update that was sent last.
  std::uint32_t wanted = 0;
  std::uint32_t polls = 0;
  /// A running average of how long starts took; 0: none yet.
  unix_milliseconds usual_start = 0;
  /// The tasks of this start, and then those that serve: they are described without being listed again. When they are
  /// not all healthy any more, and at every third look, the service and its list of tasks are looked at.
  std::vector<std::string> known_tasks;
  /// Refusals in a row of the current step, and failed starts in a row.
  std::uint32_t refusals = 0;
  std::uint32_t failed_starts = 0;
  /// 0 to 4: how short of calls the account was when this service last asked. It doubles the time between looks, and
  /// eases with every start that succeeds.
  std::uint32_t pressure = 0;
  unix_milliseconds retry_at = 0;
  reason why = reason::ok;
  /// AWS's words, for operators.
  std::string detail;
  /// What callers may know of a start: "provisioning", "pulling", "starting", "checking".
  std::string progress;
  std::vector<endpoint> endpoints;
  std::vector<recent_start> starts;
};

/// A request that policy allowed, by a caller known by this hash. Nothing else wakes a service.
struct allowed_request {
  std::string caller;
};
/// The tasks that a look brought.
struct looked {
  /// Nothing when only known tasks were described.
  std::optional<service_answer> service;
  std::vector<task> tasks;
};
struct updated {};
/// A call was refused, or did not come back (kind transient).
struct call_refused {
  service_error error;
};
struct alarm_rang {};
/// The host of the machine began again with the state as it was stored: a call that was in flight never comes back.
struct restarted {};
/// A connection to a task failed.
struct endpoint_lost {
  std::string task_arn;
};
using wake_event = std::variant<allowed_request, looked, updated, call_refused, alarm_rang, restarted, endpoint_lost>;

/// What the caller of the event, or all who wait, is to be told.
enum class wake_answer : std::uint8_t {
  none,
  /// The one who asked waits for the start that runs.
  join,
  /// All who wait, and the one who asked: go to the endpoints.
  ready,
  /// All who wait, and the one who asked: `why`, `retry_at`.
  failed,
  /// Only the one who asked: over budget.
  refused,
};

struct wake_effects {
  wake_answer answer = wake_answer::none;
  wake_call send = wake_call::none;
  /// With send == update.
  std::uint32_t desired = 0;
  /// With send == look: describe the state's known_tasks, and neither the service nor its list of tasks.
  bool known_tasks_only = false;
  /// With send == look: a start is under way and its update was sent. When no task is on its way up then, those that
  /// stopped tell why.
  bool watching = false;
};

struct wake_outcome {
  wake_state state;
  wake_effects effects;
};

/// One step. `jitter` is 0 to 999, drawn by the host, and spreads the polls.
wake_outcome wake_next(wake_state state, const wake_event& event, unix_milliseconds now, const wake_settings& settings,
                       std::uint32_t jitter);

std::string_view name_of(wake_phase phase);
std::string_view name_of(wake_answer answer);
std::string_view name_of(wake_call call);

}  // namespace sallyport::aws
