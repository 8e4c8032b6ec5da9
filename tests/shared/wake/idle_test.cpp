// Before a stop: agents are asked whether they are idle, all of them and twice, and what cannot be asked is busy.
#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"
#include "wake/json.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

task running(std::string arn) {
  auto out = make_task(arn, task_status::running, 1);
  out.private_ipv4 = "10.0.0." + arn.substr(1);
  return out;
}

probed said(std::uint32_t number, std::string arn, std::int64_t in_flight = 0, unix_milliseconds idle_ms = 900'000) {
  probed out;
  out.number = number;
  out.said = probe_result::ready;
  out.heard = true;
  out.task_arn = std::move(arn);
  out.in_flight = in_flight;
  out.idle_ms = idle_ms;
  out.up_ms = 2'000'000;
  return out;
}

std::string arn_at(const std::string& address) {
  return "t" + address.substr(7);
}

/// Answers the probes that were sent last, as `how` has it.
template <class How>
void respond(walk& w, How how) {
  const auto orders = w.effects.probes;
  REQUIRE_FALSE(orders.empty());
  for (const auto& each : orders) w.then(how(each.number, arn_at(each.address)), 5);
}

/// Two tasks serve, we raised them, and idle_stop is over: the first probe of the first round is out.
walk idle_walk() {
  walk w;
  w.settings.ready_by_agent = true;
  w.settings.min = 2;
  w.raised();
  w.look(seen(2, {running("t1"), running("t2")}));
  respond(w, [](auto number, auto arn) { return said(number, arn); });
  REQUIRE(w.state.endpoints.size() == 2);
  w.then(alarm_rang{}, w.settings.idle_stop);
  REQUIRE(w.state.asking == idle_round::first);
  REQUIRE(w.effects.send == wake_call::none);
  return w;
}

const auto quiet = [](auto number, auto arn) { return said(number, arn); };

}  // namespace

TEST_CASE("what all agents call idle, twice, is stopped") {
  walk w = idle_walk();
  const auto orders = w.effects.probes;
  REQUIRE(orders.size() == 2);
  w.then(said(orders[0].number, "t1"), 5);
  CHECK(w.state.asking == idle_round::first);
  w.then(said(orders[1].number, "t2"), 5);
  CHECK(w.state.asking == idle_round::last);
  CHECK(w.effects.send == wake_call::none);
  respond(w, quiet);
  CHECK(w.state.phase == wake_phase::draining);
  CHECK(w.sends_update(0));
}

TEST_CASE("one task with a request under way keeps all, and is asked again after a quarter of idle_stop") {
  walk w = idle_walk();
  w.then(said(w.effects.probes[1].number, "t2", 1, 0), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.asking == idle_round::none);
  CHECK(w.state.alarm == w.now + w.settings.idle_stop / 4);
  CHECK(w.state.probing.at == 0);
  w.then(alarm_rang{}, w.settings.idle_stop / 4);
  CHECK(w.state.asking == idle_round::first);
}

TEST_CASE("what was used a moment ago is busy, also in the second round; what never was is idle") {
  walk w = idle_walk();
  respond(w, quiet);
  REQUIRE(w.state.asking == idle_round::last);
  w.then(said(w.effects.probes[0].number, "t1", 0, 899'000), 5);
  CHECK(w.state.alarm == w.now + 1'000);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.asking == idle_round::none);
  walk young = idle_walk();
  respond(young, [](auto number, auto arn) {
    auto out = said(number, arn, 0, 50'000);
    out.up_ms = 50'000;
    return out;
  });
  CHECK(young.state.asking == idle_round::last);
}

TEST_CASE("what was asked in the first round says nothing in the second") {
  walk w = idle_walk();
  const auto first = w.effects.probes;
  w.then(probe_due{}, 300);
  const auto again = w.effects.probes;
  REQUIRE(again.size() == 2);
  for (const auto& each : first) w.then(said(each.number, arn_at(each.address)), 5);
  REQUIRE(w.state.asking == idle_round::last);
  for (const auto& each : again) w.then(said(each.number, arn_at(each.address)), 5);
  CHECK(w.state.asking == idle_round::last);
  CHECK_FALSE(w.sends_update(0));
  CHECK(w.state.probing.sent.size() <= w.settings.probes_most);
}

TEST_CASE("a day of what cannot be asked is one day, and ends where one is found busy") {
  walk w = idle_walk();
  w.then(alarm_rang{}, w.state.alarm - w.now);
  REQUIRE(w.state.unproven_since > 0);
  w.then(seen(2, {running("t1"), running("t2")}), 5);
  w.then(alarm_rang{}, w.state.alarm - w.now);
  REQUIRE(w.effects.probes.size() == 2);
  w.then(said(w.effects.probes[0].number, "t1", 1, 0), 5);
  CHECK(w.state.unproven_since == 0);
}

TEST_CASE("a task that is gone when agents are asked is no way that is broken") {
  walk w = idle_walk();
  for (auto& each : w.state.facts) each.health = health_status::healthy;
  for (int i = 0; i < 8; ++i) {
    for (const auto& each : std::vector<probe_order>(w.effects.probes)) {
      auto out = said(each.number, arn_at(each.address));
      out.said = probe_result::broken;
      w.then(out, 1);
      CHECK(w.effects.notes.empty());
    }
    w.then(probe_due{}, 300);
  }
  CHECK(w.state.probing.unprobeable_until == 0);
}

TEST_CASE("a request while agents are asked is served, and the stop is forgotten") {
  walk w = idle_walk();
  const auto number = w.effects.probes[0].number;
  w.then(allowed_request{"alice"}, 5);
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.asking == idle_round::none);
  w.then(said(number, "t1"), 5);
  w.then(alarm_rang{}, 20'000);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK_FALSE(w.sends_update(0));
}

TEST_CASE("what cannot be asked is busy for a day, and then stopped, with one line") {
  walk w = idle_walk();
  const auto begun = w.now;
  int lines = 0;
  while (w.state.phase == wake_phase::healthy && w.now < begun + 2 * w.settings.unproven_most) {
    const bool asks = w.state.asking != idle_round::none;
    w.then(alarm_rang{}, std::max<unix_milliseconds>(w.state.alarm - w.now, 1));
    CHECK((asks || w.effects.send == wake_call::none));
    if (w.effects.send == wake_call::look) w.then(seen(2, {running("t1"), running("t2")}), 5);
    for (const auto& each : w.effects.notes) lines += each.what == "idle_unproven" ? 1 : 0;
  }
  CHECK(w.sends_update(0));
  CHECK(lines == 1);
  CHECK(w.now - begun >= w.settings.unproven_most);
  CHECK(w.now - begun < w.settings.unproven_most + w.settings.idle_stop);
}

TEST_CASE("what cannot be asked is looked at: where ECS has replaced it unseen, its successor is asked") {
  walk w = idle_walk();
  w.then(alarm_rang{}, w.state.alarm - w.now);
  REQUIRE(w.effects.send == wake_call::look);
  // As ECS shows the known ones, and then all there are.
  w.then(only({}), 5);
  REQUIRE(w.effects.send == wake_call::look);
  w.then(seen(2, {running("t3"), running("t4")}), 5);
  const auto from = w.now;
  for (int turns = 0; turns < 20 && !w.sends_update(0); ++turns) {
    if (!w.effects.probes.empty())
      respond(w, quiet);
    else if (w.effects.send == wake_call::look)
      w.then(seen(2, {running("t3"), running("t4")}), 5);
    else
      w.then(alarm_rang{}, std::max<unix_milliseconds>(w.state.alarm - w.now, 1));
  }
  CHECK(w.sends_update(0));
  CHECK(w.now - from < w.settings.idle_stop);
}

TEST_CASE("a host that ends between any two alarms does not keep its service up") {
  walk w = healthy_and_ours();
  const auto last = w.state.last_request;
  for (int lives = 0; lives < 9 && !w.sends_update(0); ++lives) {
    w.then(restarted{}, w.state.alarm - w.now);
    w.state = *wake_state_from(to_json(w.state));
    w.then(alarm_rang{}, 0);
  }
  CHECK(w.sends_update(0));
  CHECK(w.now <= last + w.settings.idle_stop + w.settings.idle_stop / 4);
}

TEST_CASE("nobody is asked where health counts, or where agents are too old") {
  walk health = healthy_and_ours();
  health.then(alarm_rang{}, health.settings.idle_stop);
  CHECK(health.sends_update(0));
  walk old = idle_walk();
  for (auto& each : old.state.facts) each.by_health = true;
  old.then(allowed_request{"alice"}, 5).then(alarm_rang{}, old.settings.idle_stop);
  CHECK(old.sends_update(0));
}

TEST_CASE("what is asked is stored with the rest, and a machine that is restarted asks on") {
  walk w = idle_walk();
  w.then(said(w.effects.probes[0].number, "t1"), 5);
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
  w.then(restarted{}, 5);
  CHECK(w.state.asking == idle_round::first);
  CHECK(w.state.probing.sent.empty());
}
