// What ECS orders counts, not what it has left over.
#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

TEST_CASE("a service whose desired count is 0 is raised before anybody is told ready, whatever of it still runs") {
  for (const auto& left :
       {std::vector{healthy_task("t1", 1)}, std::vector{healthy_task("t1", 1), healthy_task("t2", 1)},
        std::vector{make_task("t1", task_status::stopping, 1)}, std::vector<task>{}}) {
    walk w;
    w.then(allowed_request{"alice"}).then(seen(0, left));
    CHECK(w.effects.answer == wake_answer::none);
    CHECK(w.sends_update(1));
    CHECK(w.state.ours);
    w.then(updated{}, 100);
    CHECK(w.effects.answer == wake_answer::none);
  }
}

TEST_CASE("after a raise over leftovers only a look that was asked two seconds later says which of them stay") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0, {healthy_task("t1", 1)})).then(updated{});
  CHECK(w.state.alarm == w.now + w.settings.leftovers_settle);
  w.then(alarm_rang{}, 1'999).then(only({healthy_task("t1", 1)}), 10'000);
  CHECK(w.state.phase == wake_phase::starting);
  w.then(alarm_rang{}, 2'000).then(only({healthy_task("t1", 1)}), 10);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.ours);
  CHECK(w.state.usual_start == 0);
}

TEST_CASE("a leftover that goes is not served, and its successor is found by the same look") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0, {healthy_task("t1", 1)})).then(updated{}).then(alarm_rang{}, 2'000);
  CHECK_FALSE(w.effects.known_tasks_only);
  CHECK(w.effects.also == std::vector<std::string>{"t1"});
  auto going = healthy_task("t1", 1);
  going.wanted = false;
  w.then(seen(1, {going, make_task("t2", task_status::pending, w.now)}), 100);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.effects.answer == wake_answer::none);
  w.then(alarm_rang{}, 20'000);
  CHECK(w.effects.known_tasks_only);
  w.then(only({healthy_task("t2", w.now - 20'000)}));
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.endpoints.size() == 1);
}

TEST_CASE("a desired count that was asked for within five seconds of our own update is not believed against it") {
  walk w;
  w.raised();
  w.then(alarm_rang{}, 4'000).then(seen(0, {make_task("t1", task_status::pending, w.now)}));
  CHECK(w.state.step == start_step::watching);
  CHECK(w.effects.send == wake_call::none);
  w.then(alarm_rang{}, 30'000).then(only({}));
  CHECK(w.effects.send == wake_call::look);
  w.then(seen(0));
  CHECK(w.sends_update(1));
}

TEST_CASE("a stop that ECS does not tell of yet stands: a request raises again, and nobody is told ready before") {
  walk w = healthy_and_ours();
  w.then(alarm_rang{}, w.settings.idle_stop).then(updated{}, 100);
  CHECK(w.state.phase == wake_phase::asleep);
  w.then(allowed_request{"alice"}, 100).then(seen(1, {healthy_task("t1", w.now)}), 100);
  CHECK(w.effects.answer == wake_answer::none);
  CHECK(w.sends_update(1));
}

TEST_CASE("a request during a stop raises again, and the tasks that were there count when they have settled") {
  walk w = healthy_and_ours();
  w.then(alarm_rang{}, w.settings.idle_stop).then(allowed_request{"alice"}, 100).then(updated{}, 100);
  CHECK(w.sends_update(1));
  w.then(updated{}, 100);
  CHECK(w.effects.answer == wake_answer::none);
  CHECK(w.state.phase == wake_phase::starting);
  w.then(alarm_rang{}, 2'000).then(seen(1, {healthy_task("t1", 1'000'000)}), 100);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.ours);
}

TEST_CASE("a service that others lower while it serves is asleep and no longer ours, whatever of it still runs") {
  walk w = healthy_and_ours();
  w.then(endpoint_lost{"other"}, 60'000);
  REQUIRE(w.effects.send == wake_call::look);
  w.then(seen(0, {healthy_task("t1", 1'000'000)}));
  CHECK(w.state.phase == wake_phase::asleep);
  CHECK_FALSE(w.state.ours);
  w.then(allowed_request{"bob"}).then(seen(0, {healthy_task("t1", 1'000'000)}));
  CHECK(w.sends_update(1));
}

TEST_CASE("a raise that AWS refused is not ours, one whose answer was lost is when a look finds it") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0));
  CHECK(w.state.ours);
  w.then(refusal(error_kind::access_denied));
  CHECK(w.state.phase == wake_phase::failed);
  CHECK_FALSE(w.state.ours);
  CHECK(w.effects.send == wake_call::none);

  walk lost;
  lost.then(allowed_request{"alice"}).then(seen(0)).then(alarm_rang{}, lost.settings.call_timeout);
  CHECK(lost.effects.send == wake_call::look);
  lost.then(seen(1, {make_task("t1", task_status::pending, lost.now)}));
  CHECK(lost.state.step == start_step::watching);
  CHECK(lost.state.ours);
  CHECK(lost.state.starts.size() == 1);

  walk never;
  never.then(allowed_request{"alice"}).then(seen(0)).then(refusal(error_kind::transient)).then(alarm_rang{}, 5'000);
  CHECK(never.effects.send == wake_call::look);
  never.then(seen(0));
  CHECK(never.sends_update(1));
  CHECK(never.state.starts.empty());
}

TEST_CASE("a stop that is refused for good leaves a service that is not ours, one that may pass does not") {
  walk w = healthy_and_ours();
  w.then(alarm_rang{}, w.settings.idle_stop)
      .then(allowed_request{"alice"}, 100)
      .then(refusal(error_kind::access_denied), 100);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.effects.send == wake_call::look);
  CHECK_FALSE(w.state.ours);
  w.then(seen(1, {healthy_task("t1", 1'000'000)}));
  CHECK(w.state.phase == wake_phase::healthy);
}

TEST_CASE("a service that nobody asks for any more, and that others lowered, sleeps again") {
  walk w = healthy_and_ours();
  w.then(endpoint_lost{"t1"}, 60'000);
  REQUIRE(w.state.phase == wake_phase::starting);
  walk asked = w;
  w.then(seen(0), 100);
  CHECK(w.state.phase == wake_phase::asleep);
  CHECK(w.effects.send == wake_call::none);
  asked.then(allowed_request{"bob"}, 100).then(seen(0), 100);
  CHECK(asked.sends_update(1));
}
