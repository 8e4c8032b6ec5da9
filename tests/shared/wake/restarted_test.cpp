#include <doctest/doctest.h>

#include "wake/wake.hpp"

using namespace sallyport;
using namespace sallyport::aws;

namespace {

constexpr wake_settings settings{1, 8443};

looked seen(std::uint32_t desired, std::vector<task> tasks = {}) {
  return {service_answer{"ACTIVE", desired, 0, 0, "", 0}, std::move(tasks)};
}

task healthy_task() {
  task out;
  out.arn = "arn:task/1";
  out.status = task_status::running;
  out.health = health_status::healthy;
  out.private_ipv4 = "10.0.0.1";
  return out;
}

/// A walk from asleep.
struct walk {
  wake_state state;
  wake_effects effects;
  unix_milliseconds now = 1'000'000;

  walk& then(const wake_event& event, unix_milliseconds later = 1'000) {
    now += later;
    auto next = wake_next(std::move(state), event, now, settings, 0);
    state = std::move(next.state);
    effects = next.effects;
    return *this;
  }
};

walk healthy() {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{}).then(alarm_rang{}, 5'000);
  w.then(seen(1, {healthy_task()}));
  return w;
}

}  // namespace

TEST_CASE("a machine that is restarted in a start gives up the call that was in flight, and goes on after a pause") {
  walk w;
  w.then(allowed_request{"alice"}).then(restarted{});
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.in_flight == wake_call::none);
  CHECK(w.state.alarm == w.now + settings.pause_first);
  CHECK(w.effects.send == wake_call::none);
  const auto before = w.state.refusals;
  w.then(restarted{});
  CHECK(w.state.refusals == before);
  w.then(alarm_rang{}, settings.pause_first);
  CHECK(w.effects.send == wake_call::look);
}

TEST_CASE("a machine that is restarted while nothing starts stays as it was") {
  auto w = healthy();
  const auto alarm = w.state.alarm;
  w.then(restarted{});
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.alarm == alarm);
  CHECK(w.effects.answer == wake_answer::none);
}

TEST_CASE("a look at a start whose update was sent says so, any other does not") {
  walk w;
  w.then(allowed_request{"alice"});
  CHECK_FALSE(w.effects.watching);
  w.then(seen(0)).then(updated{}).then(alarm_rang{}, 5'000);
  CHECK(w.effects.send == wake_call::look);
  CHECK(w.effects.watching);
  w.then(seen(1, {healthy_task()})).then(endpoint_lost{"other"}, 60'000);
  CHECK(w.effects.send == wake_call::look);
  CHECK_FALSE(w.effects.watching);
}
