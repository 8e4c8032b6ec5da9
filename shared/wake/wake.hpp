// Waking a service from zero, as a pure function: (state, event, now) -> (state, effects). The coordinator (one for
// each service) keeps the state, sends what the effects ask for and feeds the answers back; it decides nothing itself.
//
// | state | event | next state | effects |
// | --- | --- | --- | --- |
// | asleep | request, within budget | starting/checking | look, alarm |
// | asleep | request, over budget | asleep | answer refused |
// | starting/checking | seen: desired = 0, whatever still runs | starting/updating (ours) | update to min, alarm |
// | starting/checking | seen: desired > 0, healthy tasks | healthy | answer ready, alarm |
// | starting/checking | seen: desired > 0 | starting/watching | alarm |
// | starting/* | seen: desired = 0, min is 0 | failed | answer failed |
// | starting/updating | updated | starting/watching | the start is booked, alarm |
// | starting/updating | refused, not carried out | starting/updating (no longer ours) | alarm after a growing pause; then the call again |
// | starting/updating | the answer was lost | starting/checking | alarm after a growing pause; then a look |
// | starting/watching | alarm | starting/watching | look, alarm |
// | starting/watching | seen: desired = 0, believed | starting/updating | update to min, alarm |
// | starting/watching | seen: healthy tasks, leftovers settled | healthy | answer ready, alarm |
// | starting/watching | seen: a known task is gone or not wanted | starting/watching | look at all |
// | starting/watching | seen: a first death | starting/watching | alarm: ECS starts the next task |
// | starting/watching | seen: more deaths than min; one for good; a failed check and no next task; crashes_most in a row | failed | answer failed, update to 0 when ours, alarm |
// | starting/watching | seen: ECS says that starts fail, or for stuck_after that it can place no task | failed | the same |
// | starting/watching | seen: tasks run, and have no address where one is needed | failed | the same |
// | starting/watching, begun by no request | seen: desired = 0, believed, and nobody waits | asleep | |
// | starting/* | refused, may pass | the same | alarm after a growing pause; then the call again |
// | starting/* | refused for good | failed | answer failed, alarm |
// | starting/* | longer than start_timeout | failed | answer failed, update to 0 when ours, alarm |
// | starting/*, healthy | request | the same | join, or answer ready |
// | healthy | request, tasks not looked at for refresh | healthy | answer ready, look |
// | healthy | seen: desired = 0, believed | asleep (no longer ours) | |
// | healthy | seen: healthy tasks | healthy | alarm |
// | healthy | seen: none healthy, desired > 0 | starting/watching | alarm |
// | healthy | endpoint lost | healthy or starting/watching | look, alarm; its agent is asked again |
// | starting/watching, healthy | connections to one that ECS called healthy fail again and again | the same | look: ECS's word counts if it is newer |
// | starting/watching, healthy | a task runs, is wanted and not known to be ready | the same | a probe, again and again (wake/probing.hpp) |
// | starting/watching | probed: ready | healthy | answer ready, alarm |
// | healthy | probed: ready, or not ready | healthy | on the list, or off it |
// | healthy | alarm, idle for idle_stop, ours; agents can be asked | healthy, asking | all are asked, and all again (wake/idle.cpp) |
// | healthy, asking | a request; one is busy | healthy | the stop is forgotten, or they are asked again, after a quarter of idle_stop at the latest |
// | healthy, asking | not all said anything, at their addresses | healthy | look; they are asked again after a quarter of idle_stop |
// | healthy, asking | not all were met, behind an origin | draining | update to 0, alarm |
// | healthy, asking | all are quiet, twice; or for a day not all could be asked | draining | update to 0, alarm |
// | healthy | alarm, idle for idle_stop, ours; nobody can be asked | draining | update to 0, alarm |
// | healthy | alarm, idle for idle_stop, not ours | asleep | |
// | draining | request, within budget | starting/updating | update to min, alarm |
// | draining | updated | asleep | |
// | draining | refused, may pass | healthy | alarm: starts go before stops when AWS throttles |
// | draining | refused for good | healthy (no longer ours), or asleep when no task is known | look, alarm |
// | failed | updated, or refused for good | failed (no longer ours) | |
// | governed: starting/checking | what would send an update to min | starting/queued | admit |
// | governed: starting/queued | go, and its turn | starting/updating (ours) | update to min, alarm |
// | governed: starting/queued | queued, full | the same | who waits is told its place; alarm: admit again |
// | governed: starting/queued | queue_most over | failed | answer failed |
// | governed: starting/updating | throttled | starting/queued | report, admit |
// | governed: starting/checking, watching | what would send a look | the same | watch: the Region looks, and tells |
// | governed: starting/watching, not raised just now; healthy, one lost | what would send a look | the same | watch, soon: those in their place may be there already |
// | governed: starting/watching, healthy | facts | as seen | as seen |
// | governed: healthy, asking | all are quiet | healthy, a stop queued | admit, after all who ask for a start |
// | governed: healthy, a stop queued | go, and its turn | healthy, asking | all are asked again |
// | governed: healthy, asking | all are quiet again, the grant still lives / is over | draining / healthy, a stop queued | update to 0 / report, admit |
// | governed: healthy, a stop queued or asking | request | healthy | the stop is forgotten, its grant given back |
// | governed: draining | throttled | healthy, a stop queued | report, admit |
// | governed: failed, ours | | failed, a stop queued | admit; then update to 0 |
// | starting/* | restarted, with a call in flight | the same | as refused, may pass |
// | healthy | restarted | healthy | idle counts from when the last request may have been, however often |
// | failed | request before retry_at | failed | answer failed |
// | failed | request from retry_at on, within budget / over | starting/checking / failed | look, alarm / answer refused |
// | failed | reset | asleep, or failed while a call is in flight or it is ours | starts and retry_at cleared |
// | any other | reset | the same | starts cleared |
//
// What ECS orders counts, not what it has left over: a look that was asked sooner than update_settles after an update that AWS
// accepted is not believed against it, and after a raise tasks count from leftovers_settle on.
//
// Invariants (tests/shared/wake/wake_test.cpp)
// * at most one call is in flight, and a call that never comes back is given up at its deadline;
// * UpdateService to more than zero only in answer to a request that policy allowed, and within the budgets;
// * ready only for a task that ECS wants, and that its agent calls ready or ECS healthy, never while a desired count of 0 is believed;
// * what we did not raise is never lowered;
// * every request is answered, or joined to a start that ends within start_timeout of its raise, and of queue_most;
// * a caller who comes back when told is not refused for the same reason;
// * the alarm is always set while anything is expected to happen by itself;
// * governed: no call without a grant that lives, each of which sends one call; or no Region answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aws/ecs.hpp"
#include "core/time.hpp"
#include "wake/facts.hpp"
#include "wake/probing.hpp"
#include "wake/queueing.hpp"
#include "wake/settings.hpp"

namespace sallyport::aws {

enum class wake_phase : std::uint8_t { asleep, starting, healthy, draining, failed };
enum class start_step : std::uint8_t { checking, updating, watching, queued };
/// Of asking agents whether they are idle, before a stop.
enum class idle_round : std::uint8_t { none, first, last };
enum class wake_call : std::uint8_t { none, look, update };

/// Where a request may be sent.
struct endpoint {
  std::string task_arn;
  std::string address;
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

/// A start that someone caused, for the budgets.
struct recent_start {
  /// A hash of the identity, never the identity.
  std::string caller;
  unix_milliseconds at = 0;

  bool operator==(const recent_start&) const = default;
};

/// Of wake_state::pressure.
inline constexpr std::uint32_t most_pressure = 4;
/// At least, while no Region answers.
inline constexpr std::uint32_t alone_pressure = 2;

struct wake_state {
  wake_phase phase = wake_phase::asleep;
  start_step step = start_step::checking;
  wake_call in_flight = wake_call::none;
  /// We raised the desired count, so we may lower it again. Set before a raise is sent; `owned_before`: what it was then.
  bool ours = false;
  bool owned_before = false;
  unix_milliseconds phase_since = 0;
  unix_milliseconds last_request = 0;
  unix_milliseconds last_seen = 0;
  /// The next time something is due by itself; 0: nothing.
  unix_milliseconds alarm = 0;
  unix_milliseconds in_flight_until = 0;
  /// When it was sent.
  unix_milliseconds sent_at = 0;
  /// The desired count of the update that was sent last.
  std::uint32_t wanted = 0;
  /// The last update that AWS accepted: its desired count, and when; 0: none yet.
  std::uint32_t accepted = 0;
  unix_milliseconds accepted_at = 0;
  /// When the raise of this start was sent; 0: there was none.
  unix_milliseconds raised_at = 0;
  /// A running average of how long starts took; 0: none yet.
  unix_milliseconds usual_start = 0;
  /// What is known of the tasks. `endpoints` and `known_tasks` are drawn from it.
  std::vector<task_fact> facts;
  /// The tasks of this start, and then those that serve: they are described without being listed again. When they are
  /// not all healthy any more, and at every third look, the service and its list of tasks are looked at.
  std::vector<std::string> known_tasks;
  /// Refusals in a row of the current step, and failed starts in a row.
  std::uint32_t refusals = 0;
  std::uint32_t failed_starts = 0;
  /// 0 to 4: how short of calls the account was when this service last asked. It doubles the time between looks, and
  /// eases with every start that succeeds.
  std::uint32_t pressure = 0;
  std::uint32_t polls = 0;
  unix_milliseconds retry_at = 0;
  reason why = reason::ok;
  /// AWS's words, for operators.
  std::string detail;
  /// What callers may know of a start: "provisioning", "pulling", "starting", "checking".
  std::string progress;
  std::vector<endpoint> endpoints;
  std::vector<recent_start> starts;
  /// Whose request began this start, or joined it first; whether it is among `starts`; and whether nobody's did yet, because
  /// the tasks that served are gone.
  std::string starter;
  bool unasked = false;
  bool booked = false;
  /// One of the tasks of this start ended for reasons of its own, not AWS's.
  bool app_died = false;
  /// AWS's last refusal was of who we are.
  bool identity_refused = false;
  /// Tasks of this start that ended before they were ever healthy.
  std::uint32_t deaths = 0;
  /// When tasks ended unasked, lately.
  std::vector<unix_milliseconds> crashes;
  /// AWS's words: of the last task that ended, and the newest event of the service.
  std::string last_stop, last_event;
  /// Since when ECS says that it can place no task; 0: it does not.
  unix_milliseconds stuck_since = 0;
  /// Of tasks that are asked whether they are ready; not worth a row alone.
  aws::probing probing;
  /// Whether agents are asked just now if they are idle, until when, and when they may be asked again.
  idle_round asking = idle_round::none;
  unix_milliseconds ask_until = 0, ask_again_at = 0;
  /// Since when not all of them could be asked; 0: they could.
  unix_milliseconds unproven_since = 0;
  /// `last_request` as it was stored last: a later one alone is not worth a row (keeping.hpp).
  unix_milliseconds kept_request = 0;
  /// Of the Region that grants calls, where there is one.
  aws::admission admission;

  bool operator==(const wake_state&) const = default;
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
/// A probe is due (probing::at).
struct probe_due {};
/// What came of a probe that was sent.
struct probed {
  std::uint32_t number = 0;
  probe_result said = probe_result::nothing;
  /// Anything came at all.
  bool heard = false;
  /// The task that the agent says it is in; empty: it does not say.
  std::string task_arn;
  /// What the agent says against being ready.
  std::string why;
  /// For operators.
  std::string detail;
  /// Requests under way at it, since when there are none, and since when it runs.
  std::int64_t in_flight = 0;
  unix_milliseconds idle_ms = 0, up_ms = 0;
};
/// An operator repaired what made starts fail: budgets and the pause after a failure are forgotten.
struct reset {};
using wake_event = std::variant<allowed_request, looked, updated, call_refused, alarm_rang, restarted, endpoint_lost,
                                probe_due, probed, reset, granted, put_in_line, region_down, facts_told>;

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
  /// With send == look, at all: tasks that are known, and described even where ECS lists them no more.
  std::vector<std::string> also;
  std::vector<probe_order> probes;
  /// For the Region.
  std::optional<admit_order> admit;
  std::vector<grant_report> reports;
  std::vector<watch_order> watches;
  /// Lines to log.
  std::vector<wake_note> notes;
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
