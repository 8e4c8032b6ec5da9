// When the object of a job looks at its tasks, and when its alarm rings: a pure function of what is due.
//
// AWS takes 20 DescribeTasks a second for the whole account. So all tasks of one cluster and role are looked at in one call,
// 100 at most; what has not changed for long is looked at ever less often; and never because somebody asks about a run.
//
// | state | event | next | effects |
// | --- | --- | --- | --- |
// | no look planned | changed: there are tasks | planned, in a second | alarm |
// | planned | changed: a task is new, or one was stopped | planned, in a second at most | alarm |
// | planned | changed: no tasks | no look planned | |
// | planned | rang, in time | looking | look, alarm |
// | looking | looked | planned: in a quarter of the time since the newest change, 15 s at most, a second a call at least | alarm |
// | looking | looked, and AWS refused | planned, after a growing pause | alarm |
// | looking | rang: the look never came back | looking | look, alarm |
//
// An object that begins anew has no look planned. Each time it rings, at most `most_due` runs are taken; what is left is due
// a second later, so that those refused together are not asked for together.
//
// Invariant (tests/shared/jobs/walk_test.cpp): the alarm is set whenever a run is live or will be forgotten, and no later than
// that is due.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "jobs/run.hpp"

namespace sallyport::jobs {

/// Growing with the tries, drawn from 0.75 to 1.25 of it by `jitter` (0 to 999).
unix_milliseconds pause_of(std::uint32_t tries, std::uint32_t jitter);

/// How long after one look comes the next.
unix_milliseconds until_next_look(unix_milliseconds since_change, std::uint32_t calls, std::uint32_t jitter);

struct pace {
  /// 0: no look is planned.
  unix_milliseconds look_at = 0;
  /// While a look is under way, when it is given up.
  unix_milliseconds looking_until = 0;
  /// The newest change that was known when the look was planned.
  unix_milliseconds newest = 0;
  std::uint32_t failed_looks = 0;
  /// What is due waits until then.
  unix_milliseconds next_round = 0;
};

/// Tasks that are looked at in one call, up to what a call takes.
struct watched {
  std::uint32_t tasks = 0;
  /// The newest run::changed of theirs.
  unix_milliseconds newest = 0;
};

/// What the store knows of its runs.
struct summary {
  /// due_of the live run that is due first; 0: none is live.
  unix_milliseconds first_due = 0;
  /// How many are due now.
  std::uint32_t due = 0;
  /// When the run ended that ended first; 0: none has.
  unix_milliseconds first_ended = 0;
  std::vector<watched> groups;
};

enum class pace_event : std::uint8_t { changed, rang, looked, look_refused };

struct plan {
  pace state;
  /// 0: none.
  unix_milliseconds alarm = 0;
  bool look = false;
  /// With `rang`: how many of the runs that are due are told so.
  std::uint32_t take = 0;
  /// Runs that ended then or before are forgotten.
  unix_milliseconds forget_ended_by = 0;
};

plan next_plan(pace state, pace_event happened, const summary& runs, unix_milliseconds now, std::uint32_t jitter);

/// Which runs are looked at in one call: equal text; empty, when there is no task to look at.
std::string group_of(const run& of);

/// What DescribeTasks takes.
inline constexpr std::size_t most_tasks_a_call = 100;

}  // namespace sallyport::jobs
