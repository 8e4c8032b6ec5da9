// A small model of ECS for random walks: what RunTask, DescribeTasks and StopTask do with client tokens and tasks. It says
// what happened apart from what is heard of it, so that responses can be lost.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "jobs/calls.hpp"
#include "jobs/jobs.hpp"

namespace sallyport::jobs {

class ecs_model {
 public:
  struct known_task {
    aws::task task;
    /// Of the run, by the request that asked for it.
    std::string request;
    std::string parameters;
    unix_milliseconds asked_at = 0, runs_at = 0, ends_at = 0;
    std::int64_t exit_code = 0;
    bool stop_asked = false;
  };

  static constexpr unix_milliseconds token_memory = 24 * 3'600'000LL;
  static constexpr unix_milliseconds task_memory = 3'600'000;

  /// Whoever asks with the same token gets the same task, for a day.
  aws::task run(const run& of, unix_milliseconds now, std::uint32_t life, std::int64_t exit_code) {
    const auto found = tokens_.find(of.client_token);
    if (found != tokens_.end() && now < tasks_.at(found->second).asked_at + token_memory) {
      same_parameters_ &= tasks_.at(found->second).parameters == run_task_call(of)["parameters"].dump();
      return tasks_.at(found->second).task;
    }
    known_task fresh;
    fresh.task.arn = "arn:task/" + std::to_string(tasks_.size() + 1);
    fresh.task.created_at = now;
    fresh.request = of.request_id;
    fresh.parameters = run_task_call(of)["parameters"].dump();
    fresh.asked_at = now;
    fresh.runs_at = now + std::min(life / 10, 20'000U);
    fresh.ends_at = now + life;
    fresh.exit_code = exit_code;
    tokens_[of.client_token] = fresh.task.arn;
    return tasks_.emplace(fresh.task.arn, fresh).first->second.task;
  }

  void stop(const std::string& arn, unix_milliseconds now) {
    const auto found = tasks_.find(arn);
    if (found == tasks_.end() || found->second.ends_at <= now) return;
    found->second.stop_asked = true;
    found->second.ends_at = now + 1'000;
  }

  /// Nothing: ECS does not know it yet, or any more.
  const aws::task* look(const std::string& arn, unix_milliseconds now) {
    const auto found = tasks_.find(arn);
    if (found == tasks_.end() || now > found->second.ends_at + task_memory) return nullptr;
    advance(found->second, now);
    return &found->second.task;
  }

  const std::map<std::string, known_task>& tasks() const { return tasks_; }
  /// No token was used with other parameters, which ECS would refuse.
  bool same_parameters() const { return same_parameters_; }

 private:
  static void advance(known_task& of, unix_milliseconds now) {
    auto& task = of.task;
    if (now >= of.runs_at) {
      task.status = aws::task_status::running;
      task.started_at = of.runs_at;
    }
    if (now < of.ends_at) return;
    task.status = aws::task_status::stopped;
    task.stopped_at = of.ends_at;
    task.stop_code = of.stop_asked ? "UserInitiated" : "EssentialContainerExited";
    task.containers = {{"export", of.stop_asked ? 143 : of.exit_code, ""}};
  }

  std::map<std::string, known_task> tasks_;
  std::map<std::string, std::string> tokens_;
  bool same_parameters_ = true;
};

}  // namespace sallyport::jobs
