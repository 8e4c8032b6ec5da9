// Tasks that are asked again: they were lost, given up, or answered for another one.
#include <doctest/doctest.h>

#include "tests/shared/wake/asking.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

TEST_CASE("an address that another task answers at is forgotten, and a look tells") {
  walk w = one_runs();
  const auto number = number_of(w);
  w.then(said(number, probe_result::ready, "", "t9"), 5);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.probing.at == 0);
  w.then(alarm_rang{}, 60'000);
  CHECK(w.effects.probes.empty());
  CHECK(w.effects.send == wake_call::look);
  CHECK_FALSE(w.effects.known_tasks_only);
}

TEST_CASE("a lost task is asked again at once; ready puts it back, and twice not ready has it looked at") {
  walk w = ready_and_ours();
  w.then(endpoint_lost{"t1"}, 60'000);
  CHECK(w.state.endpoints.empty());
  w.then(said(number_of(w), probe_result::ready), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.endpoints.size() == 1);
  walk bad = ready_and_ours();
  bad.then(endpoint_lost{"t1"}, 60'000).then(said(number_of(bad), probe_result::unready, "app"), 5);
  bad.then(seen(1, {running("t1", 1)}), 100);
  const auto seen_at = bad.now;
  CHECK(bad.state.alarm > seen_at + bad.settings.poll_first);
  while (bad.now < seen_at + 500) next_probe(bad);
  bad.then(said(number_of(bad), probe_result::unready, "app"), 5);
  CHECK(bad.state.alarm == seen_at + bad.settings.poll_first);
}

TEST_CASE("a task that was ready for hours is asked again like a new one once it is lost") {
  walk w = ready_and_ours();
  w.then(allowed_request{"alice"}, 10 * w.settings.start_timeout);
  w.then(endpoint_lost{"t1"}, 100);
  REQUIRE(w.effects.probes.size() == 1);
  w.then(said(number_of(w), probe_result::ready), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  walk bad = ready_and_ours();
  bad.then(allowed_request{"alice"}, 10 * bad.settings.start_timeout);
  bad.then(endpoint_lost{"t1"}, 100).then(said(number_of(bad), probe_result::unready, "app"), 5);
  answer_for(bad, 30'000, probe_result::unready, "app");
  next_probe(bad);
  bad.then(said(number_of(bad), probe_result::ready), 5);
  CHECK(bad.state.phase == wake_phase::healthy);
}

TEST_CASE("a task that was given up is asked again when it is all that is left") {
  walk w = ready_and_ours();
  w.then(allowed_request{"alice"}, w.settings.refresh);
  w.then(seen(2, {running("t1", 1), running("t2", w.now)}), 100);
  answer_for(w, w.settings.start_timeout - 1'000, probe_result::unready, "app", "t2");
  w.then(allowed_request{"alice"}, 60'000);
  CHECK(w.state.probing.at == 0);
  walk looked_at = w;
  looked_at.look(seen(2, {running("t1", 1), running("t2", 1)}));
  REQUIRE(looked_at.effects.probes.size() == 1);
  looked_at.then(said(number_of(looked_at), probe_result::ready, "", "t2"), 5);
  CHECK(looked_at.state.endpoints.size() == 2);
  w.then(endpoint_lost{"t1"}, 60'000);
  CHECK(w.effects.probes.size() == 2);
}

TEST_CASE("a task that is ready and stopping by turns is held unready for ten seconds, with one line") {
  walk w = ready_and_ours();
  int lines = 0;
  for (int i = 0; i < 12 && lines == 0; ++i) {
    w.then(endpoint_lost{"t1"}, 100);
    if (w.effects.probes.empty()) next_probe(w);
    w.then(said(number_of(w), probe_result::ready), 100);
    lines += has_note(w, "flapping") ? 1 : 0;
  }
  CHECK(lines == 1);
  CHECK(w.state.endpoints.empty());
  CHECK(w.state.probing.at == w.now + 10'000);
  w.then(probe_due{}, 10'000);
  CHECK(w.effects.probes.size() == 1);
}

TEST_CASE("a second task of a healthy service is asked, too, and joins the list when it is ready") {
  walk w = ready_and_ours();
  w.then(allowed_request{"alice"}, w.settings.refresh);
  w.then(seen(2, {running("t1", 1), running("t2", w.now)}), 100);
  CHECK(w.state.endpoints.size() == 1);
  w.then(said(number_of(w), probe_result::ready, "", "t2"), 5);
  CHECK(w.state.endpoints.size() == 2);
}
