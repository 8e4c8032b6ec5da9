// A walk of the machine through events, and what ECS may say on the way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "wake/wake.hpp"

namespace sallyport::testing {

inline aws::task make_task(std::string arn, aws::task_status status, unix_milliseconds created,
                           aws::health_status health = aws::health_status::unknown) {
  aws::task out;
  out.arn = std::move(arn);
  out.status = status;
  out.health = health;
  out.private_ipv4 = "10.0.0.1";
  out.created_at = created;
  out.wanted = status != aws::task_status::stopped;
  return out;
}

inline aws::task healthy_task(std::string arn, unix_milliseconds created) {
  return make_task(std::move(arn), aws::task_status::running, created, aws::health_status::healthy);
}

inline aws::task dead_task(std::string arn, unix_milliseconds created, std::string code, std::string why) {
  auto out = make_task(std::move(arn), aws::task_status::stopped, created);
  out.stop_code = std::move(code);
  out.stopped_why = std::move(why);
  return out;
}

inline aws::looked seen(std::uint32_t desired, std::vector<aws::task> tasks = {}) {
  return {aws::service_answer{"ACTIVE", desired, static_cast<std::uint32_t>(tasks.size()), 0, "", 0}, std::move(tasks)};
}

inline aws::looked only(std::vector<aws::task> tasks) {
  return {std::nullopt, std::move(tasks)};
}

inline aws::call_refused refusal(aws::error_kind kind) {
  return {{kind, "Code", "message", "r-1", 400}};
}

struct walk {
  aws::wake_settings settings{1, 8443};
  aws::wake_state state;
  aws::wake_effects effects;
  unix_milliseconds now = 1'000'000;

  walk& then(const aws::wake_event& event, unix_milliseconds later = 1'000) {
    now += later;
    auto next = aws::wake_next(std::move(state), event, now, settings, 0);
    state = std::move(next.state);
    effects = std::move(next.effects);
    return *this;
  }
  /// A request, a look that finds it at zero, and the raise.
  walk& raised(const std::string& caller = "alice") {
    return then(aws::allowed_request{caller}).then(seen(0)).then(aws::updated{});
  }
  /// The alarm, and what the look says that it causes.
  walk& look(const aws::looked& what, unix_milliseconds later = 4'000) {
    return then(aws::alarm_rang{}, later).then(what, 100);
  }
  bool sends_update(std::uint32_t desired) const {
    return effects.send == aws::wake_call::update && effects.desired == desired;
  }
};

inline walk healthy_and_ours() {
  walk w;
  w.raised();
  w.look(seen(1, {healthy_task("t1", w.now)}));
  return w;
}

}  // namespace sallyport::testing
