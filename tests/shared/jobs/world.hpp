// What tests of jobs begin with: a run that is wanted, and tasks as ECS describes them.
#pragma once

#include "jobs/jobs.hpp"

namespace sallyport::jobs {

inline caller make_caller(const std::string& name) {
  return {name + "-key", "okta", name, name + "@acme.example", "user", "export"};
}

inline job_place make_place() {
  return {{"us-east-1", "batch"}, "export:1", "export", "role", {"subnet-1"}, {"sg-1"}, {"passed"}, false, 60'000};
}

inline run_wanted make_order(const std::string& id, const std::string& name = "alice", unix_milliseconds wait = 0) {
  return {{make_caller(name), false, wait}, id,          "export", "request-" + id, "token-" + id, "digest",
          {{"MONTH", "2026-01"}},           make_place()};
}

inline aws::task make_task(aws::task_status status = aws::task_status::pending, unix_milliseconds started = 0) {
  aws::task out;
  out.arn = "arn:task/1";
  out.status = status;
  out.started_at = started;
  return out;
}

inline aws::task ended_task(const std::string& stop_code, std::optional<std::int64_t> exit_code,
                            const std::string& why = "", const std::string& container = "export") {
  auto out = make_task(aws::task_status::stopped, 3'000);
  out.stopped_at = 9'000;
  out.stop_code = stop_code;
  out.containers = {{"sidecar", 0, ""}, {container, exit_code, why}};
  return out;
}

inline aws::service_error make_error(aws::error_kind kind) {
  return {kind, "Code", "message", "r-1", 400};
}

}  // namespace sallyport::jobs
