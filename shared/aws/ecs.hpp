// The calls of Amazon ECS that waking and jobs need (API 2014-11-13, awsJson1.1): built as values, read strictly.
// The readers meet untrusted JSON: whatever does not have the shape is error_kind::unreadable, never a guess.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/call.hpp"
#include "core/time.hpp"

namespace sallyport::aws {

/// Where a service or a job lives.
struct ecs_place {
  std::string region;
  std::string cluster;
};

struct run_task {
  ecs_place where;
  std::string task_definition;
  /// Which container gets the environment below.
  std::string container;
  /// Overrides of the environment only, never of the command.
  std::vector<name_value> environment;
  /// Idempotency: the same token with other parameters is a ConflictException. At most 64 characters.
  std::string client_token;
  /// At most 128 characters of [a-zA-Z0-9_-/].
  std::string started_by;
  std::vector<std::string> subnets, security_groups;
  bool assign_public_ip = false;
};

/// "ecs.us-east-1.amazonaws.com".
std::string ecs_endpoint(std::string_view region);

call build_run_task(const run_task& request);
call build_describe_tasks(const ecs_place& where, const std::vector<std::string>& task_arns);
/// RUNNING as desired status: tasks that are on their way up or up. Without a service, of the whole cluster.
call build_list_tasks(const ecs_place& where, std::string_view service, std::string_view next_token);
/// Tasks of a service that ECS has stopped: why it does not come up.
call build_list_stopped_tasks(const ecs_place& where, std::string_view service);
call build_stop_task(const ecs_place& where, std::string_view task_arn, std::string_view why);
call build_update_service(const ecs_place& where, std::string_view service, std::uint32_t desired_count);
/// At most ten.
call build_describe_services(const ecs_place& where, const std::vector<std::string>& services);

enum class task_status : std::uint8_t { provisioning, pending, activating, running, deactivating, stopping, stopped };
enum class health_status : std::uint8_t { unknown, healthy, unhealthy };

struct container {
  std::string name;
  std::optional<std::int64_t> exit_code;
  /// Why it ended, in AWS's words, printable.
  std::string why;
};

struct task {
  std::string arn;
  /// Grows with each change that ECS counts; health and address change without it. 0: not told.
  std::int64_t version = 0;
  task_status status = task_status::provisioning;
  health_status health = health_status::unknown;
  /// Desired status RUNNING: ECS is not about to stop it.
  bool wanted = true;
  /// 0: not yet.
  unix_milliseconds created_at = 0, started_at = 0, stopped_at = 0;
  /// Private IPv4 address of the task's network interface, of one that is not gone; or empty.
  std::string private_ipv4;
  std::string started_by;
  /// "service:<name>", or the family of its task definition.
  std::string group;
  /// TaskFailedToStart, EssentialContainerExited, UserInitiated, SpotInterruption, …; empty while it runs.
  std::string stop_code;
  /// AWS's words, printable: "CannotPullContainerError: …".
  std::string stopped_why;
  bool image_pull_started = false;
  bool image_pull_finished = false;
  std::vector<container> containers;
};

/// An entry of `failures[]`: HTTP 200 and yet no.
struct failed_resource {
  std::string arn;
  /// "RESOURCE:MEMORY", "AGENT", "MISSING", …
  std::string why;
  std::string detail;
};

struct tasks_answer {
  std::vector<task> tasks;
  std::vector<failed_resource> failures;
};
struct list_answer {
  std::vector<std::string> task_arns;
  /// Empty: that was all.
  std::string next_token;
};
struct service_answer {
  std::string status;
  std::uint32_t desired = 0, running = 0, pending = 0;
  /// The newest event of the service, printable: "unable to place a task because …".
  std::string newest_event;
  /// 0: not told.
  unix_milliseconds newest_event_at = 0;
};

/// RunTask, DescribeTasks.
answer<tasks_answer> read_tasks(const reply& from);
answer<task> read_stop_task(const reply& from);
answer<list_answer> read_list_tasks(const reply& from);
/// UpdateService.
answer<service_answer> read_update_service(const reply& from);
/// DescribeServices; a service in `failures` is error_kind::not_found.
answer<service_answer> read_describe_services(const reply& from);

struct named_service {
  std::string name;
  service_answer what;
};
/// DescribeServices of several; those in `failures` are absent.
answer<std::vector<named_service>> read_describe_some_services(const reply& from);

/// The kind of a failure of RunTask: capacity for RESOURCE:*, not_found for MISSING, else transient.
error_kind kind_of_failure(const failed_resource& failure);

}  // namespace sallyport::aws
