// One run of a job, as a value: what is stored of it, and what a task that ECS describes makes of it.
//
// | state | meaning |
// | --- | --- |
// | pending | accepted; its task is being asked for, or waits for its machine and image |
// | running | the task's containers run |
// | succeeded | the job's container ended with exit code 0 |
// | failed | it ended otherwise, or never came to run; the reason says which |
// | stopped | its caller, or an operator in AWS, stopped it before it ended |
// | timed_out | it ran longer than the job's timeout and was stopped |
//
// The last four are final. AWS's own words are for operators' logs: they name images, hosts and accounts. Callers get the
// exit code and a run_reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs.hpp"
#include "core/time.hpp"

namespace sallyport::jobs {

enum class run_state : std::uint8_t { pending, running, succeeded, failed, stopped, timed_out };
enum class run_reason : std::uint8_t {
  none,
  exit_code,
  out_of_memory,
  no_exit_code,
  start_failed,
  start_refused,
  interrupted,
  stopped_by_caller,
  stopped_by_operator,
  timeout,
  lost,
};

/// Who is behind a call of AWS, as gate::describe_caller names them.
struct caller {
  /// Stands for issuer and subject; shown to nobody.
  std::string key;
  std::string issuer, subject;
  std::optional<std::string> email;
  std::string kind, route;
};

/// Where and how the tasks of a job run, as it was when the run was accepted: a try that is repeated says the same to ECS.
struct job_place {
  aws::ecs_place where;
  std::string task_definition, container, role;
  std::vector<std::string> subnets, security_groups, passed_roles;
  bool assign_public_ip = false;
  unix_milliseconds timeout = 0;
};

struct start_attempt {
  /// When it is tried again; while a call is under way, when that is given up.
  unix_milliseconds at = 0;
  /// Rounds of calls in quick succession, and the calls of this round; 0: the round is over.
  std::uint32_t tries = 0, quick_tries = 0;
  bool sending = false;
  /// A task may have been started by a try whose answer never came.
  bool unclear = false;
};

enum class stop_cause : std::uint8_t { caller, timeout };

struct stop_wish {
  stop_cause why = stop_cause::caller;
  caller by;
  /// As start_attempt::at.
  unix_milliseconds at = 0;
  std::uint32_t tries = 0;
  bool sending = false;
  /// ECS has taken it.
  bool sent = false;
};

struct run {
  /// 128 bits, base64url.
  std::string id;
  std::string job;
  caller from;
  /// Of the request that asked for it; ECS has it as startedBy.
  std::string request_id;
  std::string client_token, input_digest;
  /// Only until the task is there; then nobody needs it any more.
  std::vector<aws::name_value> environment;
  job_place place;
  run_state state = run_state::pending;
  run_reason why = run_reason::none;
  std::optional<std::int64_t> exit_code;
  /// 0: not yet.
  unix_milliseconds created = 0, started = 0, ended = 0;
  /// The newest change, which says how soon to look again.
  unix_milliseconds changed = 0;
  /// Empty: not known yet.
  std::string task_arn;
  /// When the task is stopped.
  unix_milliseconds deadline = 0;
  /// Somebody was given its id.
  bool told = false;
  start_attempt start;
  std::optional<stop_wish> stop;
  /// How often in a row ECS did not know the task.
  std::uint32_t missing = 0;
};

struct ending {
  run_state state;
  run_reason why;
  std::optional<std::int64_t> exit_code;
};

bool is_final(run_state state);
std::string_view name_of(run_state state);
std::string_view name_of(run_reason why);
std::string_view name_of(stop_cause why);

/// "export~p3Zk…": the job and the run, as callers and operators see it.
std::string full_id(const run& of);

/// The task is there. Its timeout counts from now, so that one that never comes to run is stopped, too.
void take_task(run& of, const aws::task& task, unix_milliseconds now);
/// What ECS says of the task.
void observe(run& of, const aws::task& task, unix_milliseconds now);
/// ECS does not know the task.
void observe_missing(run& of, unix_milliseconds now);
/// Ends it; not before its beginning.
void end(run& of, const ending& how, unix_milliseconds at);
ending stopped_by(stop_cause why);

}  // namespace sallyport::jobs
