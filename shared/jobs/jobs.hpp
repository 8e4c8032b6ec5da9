// Runs of jobs, as a pure function: (run, event, now) -> (run, effects). The object of a job (one for each) stores the
// runs, sends what the effects ask for and feeds the responses back; it decides nothing itself. When tasks are looked at, and
// when the alarm rings, says jobs/pace.hpp.
//
// Of a run without a task, `asking` is a RunTask under way, `resting` the pause before the next one. `unclear`: the response
// of a RunTask was lost or cannot be read, so that there may be a task (jobs/start_answer.hpp).
//
// | run | event | next | effects |
// | --- | --- | --- | --- |
// | none | run wanted | pending, asking | RunTask; the caller waits for its response |
// | any, of this key | run wanted: same caller, same input | the same | as for the caller who came first |
// | any, of this key | run wanted: another caller or input | the same | refused: job_key_reused |
// | none, or another caller's, unless inspect lets in | look or stop wanted | the same | refused: job_not_found |
// | any | look wanted | the same | shown, at its end if the caller waits for that |
// | asking, or unclear | stop wanted | to be stopped | shown; the stop follows once the task is known |
// | resting, clear | stop wanted | stopped | shown |
// | with a task | stop wanted | to be stopped | StopTask; the caller waits for its response |
// | final | stop wanted | the same | shown |
// | asking | a task | pending or running | StopTask if it is to be stopped |
// | asking | not now, or not known (then unclear) | resting | alarm: two more tries in quick succession, then in growing pauses |
// | asking, clear | refused for good, nobody was told its id | forgotten | refused to those who wait: the same key may try again |
// | asking, clear | refused for good | failed: start_refused | |
// | asking, unclear | refused for good | resting | |
// | asking, clear | not now, for longer than 10 minutes | failed: start_failed; forgotten if nobody was told its id | |
// | asking, clear | no task, and it is to be stopped | stopped | |
// | asking or resting, unclear | no task for 50 minutes | failed: lost | |
// | asking | alarm: no response came | resting, unclear | alarm |
// | resting | alarm | asking | RunTask |
// | asking | restarted | resting, unclear | alarm, at once |
// | with a task | alarm: over its timeout | to be stopped | StopTask |
// | to be stopped | StopTask refused, or without response, or restarted | the same | alarm after a growing pause; then StopTask |
// | with a task | seen: running | running | |
// | with a task | seen: stopped | final (jobs/run.hpp) | all who wait are shown it |
// | with a task | missing, three looks in a row, not in its first minute | failed: lost; stopped or timed_out if it was to be stopped | |
//
// Invariants (tests/shared/jobs/walk_test.cpp)
// * one run never gets two tasks: every RunTask of it has the same client token and parameters, and none is sent when the
//   key may stand for another run before ECS has forgotten the token;
// * a run whose task may exist is never forgotten, and does not end before ECS says so, or has said nothing for 50 minutes;
// * a stop is never lost: it ends with the run, and is sent until ECS has taken it;
// * nobody sees or stops a run but its caller and those whom the job's `inspect` lets in;
// * every run ends, whatever AWS says, once AWS is there again;
// * something is always due for a run that is not over, by itself or by a look.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "jobs/records.hpp"
#include "jobs/run.hpp"
#include "jobs/start_answer.hpp"

namespace sallyport::jobs {

/// How long a run can be looked at after its end.
inline constexpr unix_milliseconds run_kept = 7 * 86'400'000LL;
/// How long an idempotency key stands for its run. Callers are promised 24 h; ECS remembers a client token for as long from
/// the start of the task, which is up to search_patience after the run was accepted, so that ours must outlast it.
inline constexpr unix_milliseconds key_kept = 25 * 3'600'000LL;
/// How long RunTask may be repeated. ECS remembers a client token for 24 h from the start of its task: a later start would
/// outlast key_kept, and the next run of the key would be given this one's task.
inline constexpr unix_milliseconds search_patience = 50 * 60'000LL;
/// A start that AWS puts off for longer has failed.
inline constexpr unix_milliseconds start_patience = 600'000;
/// How long a caller who would not wait is kept for the response of RunTask or StopTask, so that a refusal is told at once.
inline constexpr unix_milliseconds answer_hold = 10'000;
/// A call that is under way for longer never comes back.
inline constexpr unix_milliseconds call_lease = 60'000;

/// Who asks, as policy allowed it (gate/edge/job_order.hpp).
struct question {
  caller from;
  /// The job's `inspect` is true for the caller.
  bool may_inspect = false;
  /// How long the caller waits for the end of the run.
  unix_milliseconds wait = 0;
};

/// The run given is the newest of this client token, or none.
struct run_wanted {
  question by;
  /// The id of the run, should it be a new one.
  std::string fresh_id;
  std::string job, request_id, client_token, input_digest;
  std::vector<aws::name_value> environment;
  job_place place;
};
struct look_wanted {
  question by;
};
struct stop_wanted {
  question by;
};

/// What a caller may wait for.
enum class wait_for : std::uint8_t { nothing, start, stop, end };

/// What the caller waited for is there, or the time is over.
struct waited {
  question by;
  wait_for what = wait_for::end;
  /// What those who waited were told instead.
  std::optional<aws_refusal> refused;
};
struct alarm_rang {};
/// The object began anew: what was under way never comes back.
struct restarted {};
struct start_answered {
  start_answer answer;
};
struct stop_answered {
  /// Nothing: ECS stops the task.
  std::optional<aws::service_error> refused;
};
struct task_seen {
  aws::task task;
};
struct task_missing {};

using event = std::variant<run_wanted, look_wanted, stop_wanted, waited, alarm_rang, restarted, start_answered,
                           stop_answered, task_seen, task_missing>;

enum class task_call : std::uint8_t { none, run_task, stop_task };

/// All who wait for this go on, with a refusal or without.
struct release {
  wait_for what = wait_for::nothing;
  std::optional<aws_refusal> refused;
};

struct effects {
  /// To the caller of the event; the rest of the effects is not about the caller.
  std::optional<aws_refusal> refused;
  /// Else the caller waits for this, at most so long, and then is `waited`; or, with nothing to wait for, is shown the run.
  wait_for wait = wait_for::nothing;
  unix_milliseconds wait_time = 0;
  task_call send = task_call::none;
  std::vector<release> releases;
  std::vector<record> records;
};

struct outcome {
  /// Nothing: there is none, or it is forgotten.
  std::optional<run> state;
  effects then;
};

/// One step. `jitter` is 0 to 999, drawn by the host, and spreads the tries.
outcome next(std::optional<run> state, const event& happened, unix_milliseconds now, std::uint32_t jitter);

/// When something is due by itself for a run that is not over; `never`: only a look can tell.
inline constexpr unix_milliseconds never = (1LL << 53) - 1;
unix_milliseconds due_of(const run& of);

/// Whether this caller may know of the run.
bool is_visible(const run& of, const question& by);

}  // namespace sallyport::jobs
