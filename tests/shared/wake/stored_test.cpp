// What is stored: it is read as it was written, by this version and of older ones, and only when something changed.
#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"
#include "wake/json.hpp"
#include "wake/keeping.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;
using encoding::json;

TEST_CASE("a state is read as it was written") {
  walk w = healthy_and_ours();
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
  w.then(endpoint_lost{"t1"}, 60'000).then(allowed_request{"alice"});
  w.then(seen(
      1, {dead_task("t1", w.now, "EssentialContainerExited", "exited"), make_task("t2", task_status::pending, w.now)}));
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
  w.then(alarm_rang{}, 700'000);
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
}

TEST_CASE(
    "a healthy service that an older version stored goes on serving, is looked after, and is still ours to stop") {
  walk w;
  w.state =
      *wake_state_from({{"version", 1},
                        {"phase", 2},
                        {"step", 2},
                        {"in_flight", 0},
                        {"ours", true},
                        {"phase_since", 900'000},
                        {"last_request", 990'000},
                        {"last_seen", 990'000},
                        {"alarm", 1'890'000},
                        {"known_tasks", {"t1"}},
                        {"endpoints", json::array({{{"task_arn", "t1"}, {"address", "10.0.0.1"}, {"port", 8443}}})}});
  w.then(allowed_request{"alice"});
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.endpoints.size() == 1);
  w.then(allowed_request{"alice"}, w.settings.refresh).then(only({healthy_task("t1", 1)}));
  CHECK(w.state.endpoints.size() == 1);
  w.then(alarm_rang{}, w.settings.idle_stop);
  CHECK(w.sends_update(0));
}

TEST_CASE("a start that an older version stored goes on, and is not booked twice") {
  walk w;
  w.state = *wake_state_from({{"version", 1},
                              {"phase", 1},
                              {"step", 1},
                              {"ours", true},
                              {"in_flight", 2},
                              {"wanted", 1},
                              {"in_flight_until", 1'010'000},
                              {"alarm", 1'010'000},
                              {"phase_since", 995'000},
                              {"starts", json::array({{{"caller", "alice"}, {"at", 995'000}}})}});
  w.then(updated{});
  CHECK(w.state.step == start_step::watching);
  CHECK(w.state.starts.size() == 1);
  w.look(seen(1, {healthy_task("t1", w.now)}));
  CHECK(w.state.phase == wake_phase::healthy);
}

TEST_CASE("a state is stored when it changed apart from its last request, and for that once a quarter of idle_stop") {
  walk w = healthy_and_ours();
  w.state.kept_request = w.state.last_request;
  int rows = 0;
  const auto begun = w.now;
  for (int i = 0; i < 500; ++i) {
    const auto before = w.state;
    w.then(allowed_request{"alice"}, 100);
    rows += keep(before, w.state, w.settings) ? 1 : 0;
  }
  CHECK(rows == 0);
  while (w.now - begun < w.settings.refresh - 1'000) {
    const auto before = w.state;
    w.then(allowed_request{"alice"}, 1'000);
    rows += keep(before, w.state, w.settings) ? 1 : 0;
  }
  CHECK(rows == 1);
  const auto before = w.state;
  w.then(endpoint_lost{"t1"}, 10);
  CHECK(keep(before, w.state, w.settings));
}

TEST_CASE("many who wait for one start cost no rows") {
  walk w;
  w.raised();
  w.state.kept_request = w.state.last_request;
  int rows = 0;
  for (int i = 0; i < 500; ++i) {
    const auto before = w.state;
    w.then(allowed_request{"caller " + std::to_string(i)}, 10);
    rows += keep(before, w.state, w.settings) ? 1 : 0;
  }
  CHECK(rows == 0);
}

TEST_CASE("after a restart idle counts from when the last request may have been, and never from later than now") {
  walk w = healthy_and_ours();
  const auto stored = w.state.last_request;
  w.then(restarted{}, 100'000);
  CHECK(w.state.last_request == stored);
  CHECK(w.state.ask_again_at == w.now + w.settings.idle_stop);
  w.then(restarted{}, w.settings.idle_stop);
  CHECK(w.state.ask_again_at == stored + w.settings.idle_stop / 4 + w.settings.idle_stop);
}
