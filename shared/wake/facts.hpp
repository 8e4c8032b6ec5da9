// What is known of the tasks of a service. ECS is eventually consistent: a look may tell less than an earlier one did.
//
// | a look tells of a task | the fact |
// | --- | --- |
// | a higher version, or the same one by a look that was asked later | replaced |
// | a lower version, or the same one by a look that was asked earlier | stays |
// | anything, after STOPPED | stays: that is final, and so is a desired status of STOPPED |
// | nothing (MISSING, or not listed), for the first time | stays |
// | nothing again, `gone_apart` later and `gone_after` since it was first seen | forgotten: the task is gone |
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs.hpp"
#include "wake/settings.hpp"

namespace sallyport::aws {

struct task_fact {
  std::string arn;
  /// 0: ECS did not tell; then the time of the look decides alone.
  std::int64_t version = 0;
  task_status status = task_status::provisioning;
  health_status health = health_status::unknown;
  bool wanted = true;
  std::string address;
  unix_milliseconds created_at = 0;
  bool pull_started = false, pull_finished = false;
  /// When the look that this is from, and the first that told of the task, were asked.
  unix_milliseconds asked_at = 0, first_seen = 0;
  /// When the first look was asked that missed it; 0: the last one did not.
  unix_milliseconds missing_since = 0;
  /// When a connection to it failed, and when its agent said that it is not ready though ECS called it healthy; 0: never.
  unix_milliseconds lost_at = 0, unready_at = 0;
  /// It is ready: its agent said so, or ECS's health check where that counts.
  bool probed = false;
  /// Its agent is too old to be asked.
  bool by_health = false;
  /// Requests were sent to it.
  bool served = false;
  /// Its end was counted.
  bool end_counted = false;

  bool operator==(const task_fact&) const = default;
};

task_fact* find_fact(std::vector<task_fact>& facts, std::string_view arn);

/// What a look says that was asked then. `is_told`: whether it had told of the task, if there were one.
void note_look(std::vector<task_fact>& facts, const std::vector<task>& seen, unix_milliseconds asked_at,
               const std::function<bool(const task_fact&)>& is_told, const wake_settings& settings);

/// It has not ended, and ECS is not about to stop it.
bool is_wanted(const task_fact& one);

}  // namespace sallyport::aws
