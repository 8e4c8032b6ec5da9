// Tasks that served and are replaced, as in a rolling deployment: what is looked at at once, and whose word counts meanwhile.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/shared/wake/asking.hpp"
#include "tests/shared/wake/governed.hpp"
#include "tests/shared/wake/region.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

walk with_agents(health_status health) {
  walk w = queued_start();
  w.settings.ready_by_agent = true;
  w.then(go_for(w), 100).then(updated{}, 100);
  w.then(told(only({running("t1", w.now, health)})), 30'000);
  return w;
}

region::watch serving() {
  return {"place", "prod", "svc", {"old"}, region::watch_kind::run};
}

region::watch replaced() {
  return {"place", "prod", "svc", {"old"}, region::watch_kind::start, {}, true};
}

std::size_t count_of(const region_walk& w, region::look_kind kind) {
  const auto& calls = w.effects.calls;
  return static_cast<std::size_t>(
      std::count_if(calls.begin(), calls.end(), [&](const region::look& each) { return each.kind == kind; }));
}

}  // namespace

TEST_CASE("when all tasks that served are lost, the Region is asked for those in their place at once") {
  walk w = governed_healthy();
  w.then(endpoint_lost{"t1"}, 60'000);
  CHECK(w.state.phase == wake_phase::starting);
  const auto* watch = watched_for(w, region::watch_kind::start);
  REQUIRE(watch != nullptr);
  CHECK(watch->soon);
  CHECK(watch->tasks == std::vector<std::string>{"t1"});
}

TEST_CASE("when one of several is lost, the Region is asked at once, too") {
  walk w = governed_watching();
  w.then(told(only({healthy_task("t1", w.now), healthy_task("t2", w.now)})), 30'000);
  w.then(endpoint_lost{"t1"}, 60'000);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.endpoints.size() == 1);
  const auto* watch = watched_for(w, region::watch_kind::start);
  REQUIRE(watch != nullptr);
  CHECK(watch->soon);
  CHECK(watch->tasks == std::vector<std::string>{"t1", "t2"});
}

TEST_CASE("tasks of a raise are not there sooner because they are asked for") {
  const walk w = governed_watching();
  const auto* watch = watched_for(w, region::watch_kind::start);
  REQUIRE(watch != nullptr);
  CHECK_FALSE(watch->soon);
}

TEST_CASE("an agent that stops is not ready because ECS said so before it stopped") {
  walk w = with_agents(health_status::healthy);
  w.then(said(number_of(w), probe_result::ready), 5);
  REQUIRE(w.state.phase == wake_phase::healthy);
  w.then(endpoint_lost{"t1"}, 60'000);
  answer_for(w, 2'000, probe_result::unready, "stopping");
  answer_for(w, 2'000, probe_result::broken, "");
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.endpoints.empty());
}

TEST_CASE("where connections fail, ECS's word on a task counts once it was asked after the first of them") {
  walk w = one_runs(asking_walk(), health_status::healthy);
  const auto created = w.now;
  w.then(said(number_of(w), probe_result::ready), 5);
  w.then(endpoint_lost{"t1"}, 60'000).then(seen(1, {running("t1", created, health_status::healthy)}), 5);
  REQUIRE(w.state.phase == wake_phase::starting);
  answer_for(w, 2'000, probe_result::broken, "");
  CHECK(w.effects.notes.empty());
  CHECK(w.state.phase == wake_phase::starting);
  CHECK((w.effects.send == wake_call::look || w.state.alarm <= w.now + w.settings.poll_first));
  while (w.state.in_flight == wake_call::none)
    w.then(alarm_rang{}, std::max<unix_milliseconds>(w.state.alarm - w.now, 0));
  w.then(seen(1, {running("t1", created, health_status::healthy)}), 5);
  next_probe(w);
  w.then(said(number_of(w), probe_result::broken), 1);
  CHECK(has_note(w, "probe_unavailable"));
  CHECK(w.state.phase == wake_phase::healthy);
}

TEST_CASE("what is to be looked at soon is listed and described at the next beat") {
  region_walk w;
  w.filled().then(serving()).then(replaced(), 1'234).then(region::alarm_rang{}, 100);
  CHECK(count_of(w, region::look_kind::list_service) == 1);
  CHECK(count_of(w, region::look_kind::tasks) == 1);
}

TEST_CASE("what is looked at soon is found as soon as it is listed") {
  region_walk w;
  w.filled().then(serving()).then(replaced()).then(region::alarm_rang{}, 100);
  for (const auto& each : std::vector(w.effects.calls)) {
    if (each.kind != region::look_kind::list_service) continue;
    w.then(region::look_answer{each.id, region::look_refusal::none, {}, {}, {"new"}, ""}, 20);
  }
  REQUIRE(w.effects.calls.size() == 1);
  const auto& names = w.effects.calls[0].names;
  CHECK(std::find(names.begin(), names.end(), "new") != names.end());
}

TEST_CASE("who asks for it again and again is not listed more than once a second") {
  region_walk w;
  w.filled();
  std::size_t lists = 0;
  for (int i = 0; i < 40; ++i) {
    w.then(replaced(), 50);
    lists += count_of(w, region::look_kind::list_service);
    w.then(region::alarm_rang{}, 50);
    lists += count_of(w, region::look_kind::list_service);
    for (const auto& each : std::vector(w.effects.calls))
      w.then(region::look_answer{each.id, region::look_refusal::none, {}, {}, {"old"}, ""});
  }
  CHECK(lists >= 2);
  CHECK(lists <= 5);
}

TEST_CASE("a task that is to be looked at soon and belongs to no service is only described") {
  region_walk w;
  auto job = replaced();
  job.service.clear();
  w.filled().then(job).then(region::alarm_rang{}, 1'000);
  CHECK(count_of(w, region::look_kind::list_service) == 0);
  CHECK(count_of(w, region::look_kind::tasks) == 1);
}
