#include "wake/wake.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace sallyport;
using namespace sallyport::aws;

namespace {

constexpr wake_settings settings{1, 8443};

task make_task(task_status status, health_status health, unix_milliseconds created) {
  task out;
  out.arn = "arn:task/1";
  out.status = status;
  out.health = health;
  out.private_ipv4 = "10.0.0.1";
  out.created_at = created;
  out.wanted = status != task_status::stopped;
  return out;
}

looked seen(std::uint32_t desired, std::vector<task> tasks = {}) {
  return {service_answer{"ACTIVE", desired, 0, 0, "", 0}, std::move(tasks)};
}

call_refused refusal(error_kind kind) {
  return {{kind, "Code", "message", "r-1", 400}};
}

/// A walk from asleep through events at the times given.
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

walk healthy_and_ours() {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{}).then(alarm_rang{}, 2'000);
  w.then(seen(1, {make_task(task_status::running, health_status::healthy, w.now)}));
  return w;
}

}  // namespace

TEST_CASE("a service asleep is looked at, raised once, watched and healthy") {
  walk w;
  w.then(allowed_request{"alice"});
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.effects.send == wake_call::look);
  CHECK(w.effects.answer == wake_answer::join);
  w.then(allowed_request{"bob"});
  CHECK(w.effects.send == wake_call::none);
  w.then(seen(0));
  CHECK(w.effects.send == wake_call::update);
  CHECK(w.effects.desired == 1);
  w.then(updated{});
  CHECK(w.effects.send == wake_call::none);
  w.then(alarm_rang{}, 2'000);
  CHECK(w.effects.send == wake_call::look);
  w.then(seen(1, {make_task(task_status::pending, health_status::unknown, w.now)}));
  CHECK(w.state.progress == "provisioning");
  CHECK(w.effects.answer == wake_answer::none);
  CHECK(w.state.alarm == w.state.phase_since + settings.expected_start * 3 / 4);
  w.then(alarm_rang{}, 30'000);
  CHECK(w.effects.known_tasks_only);
  w.then(seen(1, {make_task(task_status::running, health_status::healthy, w.now)}));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.endpoints[0].address == "10.0.0.1");
  CHECK(w.state.endpoints[0].port == 8443);
}

TEST_CASE("a service that someone else runs is never raised and never stopped") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(3, {make_task(task_status::running, health_status::healthy, 1)}));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK_FALSE(w.state.ours);
  w.then(alarm_rang{}, settings.idle_stop * 2);
  CHECK(w.state.phase == wake_phase::asleep);
  CHECK(w.effects.send == wake_call::none);
}

TEST_CASE("what we raised goes back to zero after idle_stop, not before") {
  walk w = healthy_and_ours();
  w.then(allowed_request{"alice"}).then(alarm_rang{}, settings.idle_stop - 1);
  CHECK(w.state.phase == wake_phase::healthy);
  w.then(alarm_rang{}, 1);
  CHECK(w.state.phase == wake_phase::draining);
  CHECK(w.effects.send == wake_call::update);
  CHECK(w.effects.desired == 0);
  w.then(updated{});
  CHECK(w.state.phase == wake_phase::asleep);
  CHECK(w.state.alarm == 0);
}

TEST_CASE("a request while draining raises it again, after the update that is on its way") {
  walk w = healthy_and_ours();
  w.then(alarm_rang{}, settings.idle_stop * 2).then(allowed_request{"alice"});
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.effects.send == wake_call::none);
  w.then(updated{});
  CHECK(w.effects.send == wake_call::update);
  CHECK(w.effects.desired == 1);
}

TEST_CASE("when AWS is short of calls a stop waits for another idle time; denied, it is given up") {
  walk w = healthy_and_ours();
  w.then(alarm_rang{}, settings.idle_stop * 2).then(refusal(error_kind::throttled));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.ours);
  CHECK(w.state.alarm == w.now + settings.idle_stop);
  w.then(alarm_rang{}, settings.idle_stop).then(refusal(error_kind::access_denied));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK_FALSE(w.state.ours);
}

TEST_CASE("a start is not looked at before it is likely to have ended") {
  walk w = healthy_and_ours();
  const auto took = w.state.usual_start;
  CHECK(took > 0);
  w.then(alarm_rang{}, settings.idle_stop * 2).then(updated{}).then(allowed_request{"alice"}).then(seen(0));
  w.then(updated{}).then(alarm_rang{}, settings.poll_first).then(seen(1));
  CHECK(w.state.alarm >= w.state.phase_since + took * 3 / 4);
}

TEST_CASE("tasks that die while starting are the failure, in AWS's words, and what was raised is lowered") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{}).then(alarm_rang{}, 2'000);
  auto dead = make_task(task_status::stopped, health_status::unknown, w.now);
  dead.stop_code = "EssentialContainerExited";
  dead.stopped_why = "Essential container in task exited";
  dead.containers = {{"app", 1, ""}};
  auto second = dead;
  second.arn = "arn:task/2";
  w.then(seen(1, {dead, second}));
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.effects.answer == wake_answer::failed);
  CHECK(w.state.detail == "EssentialContainerExited: Essential container in task exited; container app exited with 1");
  CHECK(w.effects.send == wake_call::update);
  CHECK(w.effects.desired == 0);
  w.then(updated{}, 100).then(allowed_request{"alice"}, settings.retry_first - 101);
  CHECK(w.effects.answer == wake_answer::failed);
  w.then(allowed_request{"alice"}, 1);
  CHECK(w.state.phase == wake_phase::starting);
}

TEST_CASE("a task that died in an earlier start is not held against this one") {
  walk w;
  auto dead = make_task(task_status::stopped, health_status::unknown, 10);
  dead.stop_code = "EssentialContainerExited";
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{}).then(alarm_rang{}, 2'000).then(seen(1, {dead}));
  CHECK(w.state.phase == wake_phase::starting);
}

TEST_CASE("throttling is waited out with growing pauses; a denial fails at once") {
  walk w;
  w.then(allowed_request{"alice"}).then(refusal(error_kind::throttled));
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.alarm == w.now + settings.pause_first);
  w.then(alarm_rang{}, settings.pause_first).then(refusal(error_kind::throttled));
  CHECK(w.state.alarm == w.now + 2 * settings.pause_first);
  w.then(alarm_rang{}, 2 * settings.pause_first).then(refusal(error_kind::access_denied));
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.why == reason::aws_access_denied);
}

TEST_CASE("a start ends at start_timeout whatever AWS answers") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{});
  const auto started = w.state.phase_since;
  while (w.state.phase == wake_phase::starting) {
    REQUIRE(w.state.alarm > 0);
    REQUIRE(w.now < started + settings.start_timeout + settings.call_timeout);
    w.then(alarm_rang{}, w.state.alarm - w.now);
    if (w.effects.send == wake_call::look) w.then(seen(1), 100);
  }
  CHECK(w.state.why == reason::wake_timeout);
}

namespace {

/// A coordinator's world for random walks: it checks every step against the invariants.
class world {
 public:
  explicit world(std::uint32_t seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += draw(4) == 0 ? draw(400'000) : draw(3'000);
      apply(next_event());
    }
  }

 private:
  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }

  wake_event next_event() {
    const auto kind = draw(10);
    if (kind < 3) return allowed_request{std::string(1, static_cast<char>('a' + draw(5)))};
    if (kind < 5 && state_.alarm > 0) {
      now_ = std::max(now_, state_.alarm);
      return alarm_rang{};
    }
    if (kind == 5) return draw(3) == 0 ? wake_event(reset{}) : wake_event(endpoint_lost{"arn:task/1"});
    if (kind == 6) return refusal(draw(3) == 0 ? error_kind::access_denied : error_kind::throttled);
    if (kind == 7) return alarm_rang{};
    return draw(2) == 0 ? wake_event(updated{}) : wake_event(random_look());
  }

  looked random_look() {
    std::vector<task> tasks;
    for (auto count = draw(3); count > 0; --count) {
      auto one = make_task(static_cast<task_status>(draw(7)), static_cast<health_status>(draw(3)), now_ - draw(60'000));
      one.arn = "arn:task/" + std::to_string(now_ / 200'000 + draw(3));
      one.version = draw(6);
      one.wanted = one.wanted && draw(4) != 0;
      if (one.status == task_status::stopped && draw(2) == 0) one.stop_code = "TaskFailedToStart";
      if (one.status == task_status::stopped && draw(4) == 0) one.stop_code = "ServiceSchedulerInitiated";
      tasks.push_back(one);
    }
    if (draw(3) == 0) return {std::nullopt, tasks};
    return seen(draw(3), tasks);
  }

  void apply(const wake_event& event) {
    const wake_state before = state_;
    const auto next = wake_next(state_, event, now_, settings, draw(1000));
    state_ = next.state;
    check_one_call(before, event, next.effects);
    check_wakes(before, event, next.effects);
    check_waiters(before, event, next.effects);
    check_ready(before, event, next.effects);
    check_facts(before);
    check_alarm();
  }

  void check_one_call(const wake_state& before, const wake_event& event, const wake_effects& effects) {
    const bool landed = (std::holds_alternative<looked>(event) && before.in_flight == wake_call::look) ||
                        (std::holds_alternative<updated>(event) && before.in_flight == wake_call::update) ||
                        std::holds_alternative<call_refused>(event);
    const bool expired = now_ >= before.in_flight_until;
    if (before.in_flight != wake_call::none && !landed && !expired) {
      CHECK(effects.send == wake_call::none);
      CHECK(state_.in_flight == before.in_flight);
    }
    if (effects.send != wake_call::none) CHECK(state_.in_flight == effects.send);
  }

  void check_wakes(const wake_state& before, const wake_event& event, const wake_effects& effects) {
    const bool fresh = before.phase != wake_phase::starting && before.phase != wake_phase::healthy;
    if (fresh && state_.phase == wake_phase::starting) {
      CHECK(std::holds_alternative<allowed_request>(event));
    }
    CHECK(state_.starts.size() <= settings.starts_per_service);
    if (effects.send == wake_call::update && effects.desired == 0) CHECK(before.ours);
    if (effects.send == wake_call::update && effects.desired > 0) CHECK(state_.ours);
    if (effects.send == wake_call::update && effects.desired > 0) CHECK(state_.phase == wake_phase::starting);
  }

  void check_waiters(const wake_state& before, const wake_event& event, const wake_effects& effects) {
    const bool left = before.phase == wake_phase::starting && state_.phase != wake_phase::starting;
    const bool nobody = before.unasked && state_.phase == wake_phase::asleep;
    if (left && !nobody) CHECK((effects.answer == wake_answer::ready || effects.answer == wake_answer::failed));
    if (left && state_.phase == wake_phase::failed) CHECK_FALSE(state_.detail.empty());
    if (std::holds_alternative<allowed_request>(event)) CHECK(effects.answer != wake_answer::none);
    if (effects.answer == wake_answer::join) CHECK(state_.phase == wake_phase::starting);
    if (effects.answer == wake_answer::ready) CHECK_FALSE(state_.endpoints.empty());
  }

  /// Those who wait are told ready only by a look that shows a healthy task, and a desired count that is not 0.
  void check_ready(const wake_state& before, const wake_event& event, const wake_effects& effects) {
    if (before.phase != wake_phase::starting || effects.answer != wake_answer::ready) return;
    const auto* look = std::get_if<looked>(&event);
    REQUIRE(look != nullptr);
    if (look->service && before.accepted_at + settings.update_settles <= before.sent_at)
      CHECK(look->service->desired > 0);
    for (const auto& each : state_.endpoints) {
      const task_fact* fact = find_fact(state_.facts, each.task_arn);
      REQUIRE(fact != nullptr);
      CHECK(is_wanted(*fact));
      CHECK(fact->health == health_status::healthy);
      if (state_.accepted > 0) CHECK(fact->asked_at >= state_.accepted_at + settings.leftovers_settle);
    }
  }

  void check_facts(wake_state before) {
    for (const auto& each : state_.facts) {
      const task_fact* was = find_fact(before.facts, each.arn);
      if (was == nullptr) continue;
      CHECK(each.version >= was->version);
      if (was->status == task_status::stopped) CHECK(each.status == task_status::stopped);
      if (!is_wanted(*was)) CHECK_FALSE(is_wanted(each));
    }
  }

  void check_alarm() {
    const bool moves = state_.phase == wake_phase::starting || state_.phase == wake_phase::healthy ||
                       state_.phase == wake_phase::draining || state_.in_flight != wake_call::none;
    if (moves) CHECK(state_.alarm > 0);
    if (state_.phase == wake_phase::starting) {
      const auto since = std::max(state_.raised_at, state_.phase_since);
      CHECK(state_.alarm <= std::max(since + settings.start_timeout, now_ + settings.call_timeout));
    }
  }

  std::mt19937 random_;
  unix_milliseconds now_ = 10'000'000;
  wake_state state_;
};

}  // namespace

TEST_CASE("random walks keep the invariants") {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    world(seed).run(300);
  }
}

TEST_CASE("a service that is not ours to start is found when it runs, and fails honestly when it does not") {
  wake_settings only_found = settings;
  only_found.min = 0;
  auto next = wake_next({}, allowed_request{"alice"}, 1'000'000, only_found, 0);
  const auto asleep = wake_next(next.state, seen(0), 1'001'000, only_found, 0);
  CHECK(asleep.state.phase == wake_phase::failed);
  CHECK(asleep.state.why == reason::service_stopped);
  CHECK(asleep.effects.answer == wake_answer::failed);
  CHECK(asleep.effects.send == wake_call::none);
  const auto up = wake_next(next.state, seen(2, {make_task(task_status::running, health_status::healthy, 1)}),
                            1'001'000, only_found, 0);
  CHECK(up.state.phase == wake_phase::healthy);
}

TEST_CASE("tasks that serve are described without the service, but for every third look") {
  walk w = healthy_and_ours();
  for (int look = 1; look <= 6; ++look) {
    w.then(allowed_request{"alice"}, settings.refresh);
    REQUIRE(w.effects.send == wake_call::look);
    CHECK(w.effects.known_tasks_only == (look % 3 != 0));
    auto tasks = std::vector{make_task(task_status::running, health_status::healthy, w.now)};
    w.then(w.effects.known_tasks_only ? looked{std::nullopt, tasks} : seen(1, tasks));
    CHECK(w.state.phase == wake_phase::healthy);
  }
}

TEST_CASE("a service with fewer healthy tasks than it should have is looked at sooner") {
  wake_settings two = settings;
  two.min = 2;
  wake_outcome at{healthy_and_ours().state, {}};
  const auto seen_at = at.state.last_seen;
  const auto request = [&](unix_milliseconds later) {
    return wake_next(at.state, allowed_request{"alice"}, seen_at + later, two, 0).effects;
  };
  CHECK(request(two.refresh_incomplete - 1).send == wake_call::none);
  CHECK(request(two.refresh_incomplete).send == wake_call::look);
  CHECK(request(two.refresh_incomplete).answer == wake_answer::ready);
  at.state.pressure = 1;
  CHECK(request(two.refresh_incomplete).send == wake_call::none);
  at.state.pressure = most_pressure;
  CHECK(request(two.refresh).send == wake_call::look);
}

TEST_CASE("when a known task is not healthy any more, its place is looked for at once") {
  walk w = healthy_and_ours();
  w.then(allowed_request{"alice"}, settings.refresh);
  REQUIRE(w.effects.known_tasks_only);
  w.then(looked{std::nullopt, {make_task(task_status::stopped, health_status::unknown, w.now)}});
  CHECK(w.effects.send == wake_call::look);
  CHECK_FALSE(w.effects.known_tasks_only);
  auto successor = make_task(task_status::running, health_status::healthy, w.now);
  successor.arn = "arn:task/2";
  w.then(seen(1, {successor}));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.endpoints.size() == 1);
}

TEST_CASE("a service that was throttled looks less often, until starts succeed again") {
  walk w;
  w.then(allowed_request{"alice"}).then(refusal(error_kind::throttled)).then(alarm_rang{}, 10'000);
  CHECK(w.state.pressure == 1);
  w.then(seen(0)).then(updated{});
  CHECK(w.state.alarm - w.now >= settings.expected_start * 3 / 4);
  w.then(alarm_rang{}, 30'000);
  w.then(seen(1, {make_task(task_status::running, health_status::healthy, w.now)}));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.pressure == 0);
}
