#include "jobs/run.hpp"

#include <algorithm>

namespace sallyport::jobs {
namespace {

/// ECS may not know a task in the first moments after it was started, and drops it an hour after its end.
constexpr unix_milliseconds first_moments = 60'000;
constexpr std::uint32_t misses_before_lost = 3;

ending ended_alone(std::optional<std::int64_t> exit_code, std::string_view why) {
  if (exit_code == 0) return {run_state::succeeded, run_reason::none, exit_code};
  if (why.starts_with("OutOfMemory")) return {run_state::failed, run_reason::out_of_memory, exit_code};
  return {run_state::failed, exit_code ? run_reason::exit_code : run_reason::no_exit_code, exit_code};
}

/// The stop code is AWS's: why the task ended, the task's own end among the reasons.
ending ending_of(const run& of, const aws::task& task) {
  const auto found = std::find_if(task.containers.begin(), task.containers.end(),
                                  [&](const aws::container& each) { return each.name == of.place.container; });
  const bool named = found != task.containers.end();
  const auto exit_code = named ? found->exit_code : std::nullopt;
  if (task.stop_code == "TaskFailedToStart") return {run_state::failed, run_reason::start_failed, exit_code};
  if (task.stop_code == "SpotInterruption" || task.stop_code == "TerminationNotice")
    return {run_state::failed, run_reason::interrupted, exit_code};
  if (task.stop_code != "UserInitiated") return ended_alone(exit_code, named ? std::string_view(found->why) : "");
  if (!of.stop) return {run_state::stopped, run_reason::stopped_by_operator, exit_code};
  ending by_us = stopped_by(of.stop->why);
  by_us.exit_code = exit_code;
  return by_us;
}

}  // namespace

bool is_final(run_state state) {
  return state != run_state::pending && state != run_state::running;
}

std::string_view name_of(run_state state) {
  switch (state) {
    case run_state::pending: return "pending";
    case run_state::running: return "running";
    case run_state::succeeded: return "succeeded";
    case run_state::failed: return "failed";
    case run_state::stopped: return "stopped";
    case run_state::timed_out: return "timed_out";
  }
  __builtin_trap();
}

std::string_view name_of(run_reason why) {
  switch (why) {
    case run_reason::none: return "";
    case run_reason::exit_code: return "exit_code";
    case run_reason::out_of_memory: return "out_of_memory";
    case run_reason::no_exit_code: return "no_exit_code";
    case run_reason::start_failed: return "start_failed";
    case run_reason::start_refused: return "start_refused";
    case run_reason::interrupted: return "interrupted";
    case run_reason::stopped_by_caller: return "stopped_by_caller";
    case run_reason::stopped_by_operator: return "stopped_by_operator";
    case run_reason::timeout: return "timeout";
    case run_reason::lost: return "lost";
  }
  __builtin_trap();
}

std::string_view name_of(stop_cause why) {
  switch (why) {
    case stop_cause::caller: return "caller";
    case stop_cause::timeout: return "timeout";
  }
  __builtin_trap();
}

std::string full_id(const run& of) {
  return of.job + "~" + of.id;
}

void take_task(run& of, const aws::task& task, unix_milliseconds now) {
  of.task_arn = task.arn;
  of.deadline = now + of.place.timeout;
  of.changed = now;
  of.environment.clear();
  // Those who may see the run know its caller by issuer and subject; the address was for the call of AWS.
  of.from.email.reset();
  observe(of, task, now);
}

void observe(run& of, const aws::task& task, unix_milliseconds now) {
  of.missing = 0;
  if (task.started_at > 0) of.started = task.started_at;
  if (task.status == aws::task_status::stopped) {
    return end(of, ending_of(of, task), task.stopped_at > 0 ? task.stopped_at : now);
  }
  // A task on its way down may never have been up.
  if (task.status != aws::task_status::running && of.started == 0) return;
  if (of.state != run_state::running) of.changed = now;
  of.state = run_state::running;
  if (of.started == 0) of.started = now;
}

void observe_missing(run& of, unix_milliseconds now) {
  ++of.missing;
  const auto asked_for = of.deadline - of.place.timeout;
  const bool may_be_new = of.started == 0 && now < asked_for + first_moments;
  if (of.missing < misses_before_lost || may_be_new) return;
  end(of, of.stop ? stopped_by(of.stop->why) : ending{run_state::failed, run_reason::lost, std::nullopt}, now);
}

void end(run& of, const ending& how, unix_milliseconds at) {
  of.state = how.state;
  of.why = how.why;
  of.exit_code = how.exit_code;
  of.ended = std::max(at, of.created);
  of.environment.clear();
  of.stop.reset();
  of.start.sending = false;
  of.from.email.reset();
}

ending stopped_by(stop_cause why) {
  switch (why) {
    case stop_cause::caller: return {run_state::stopped, run_reason::stopped_by_caller, std::nullopt};
    case stop_cause::timeout: return {run_state::timed_out, run_reason::timeout, std::nullopt};
  }
  __builtin_trap();
}

}  // namespace sallyport::jobs
