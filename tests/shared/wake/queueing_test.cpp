// A governed machine: it waits for a grant before it calls AWS, and its Region looks.
#include <doctest/doctest.h>

#include "tests/shared/wake/governed.hpp"
#include "wake/told.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

TEST_CASE("the first look of a start is the Region's, and a start waits in line for its raise") {
  walk w = governed();
  w.then(allowed_request{"alice"});
  CHECK(w.effects.send == wake_call::none);
  CHECK(watched_for(w, region::watch_kind::check) != nullptr);
  w.then(told(seen(0)), 200);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.step == start_step::queued);
  CHECK(w.effects.send == wake_call::none);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->what == region::operation::update);
  CHECK(w.effects.admit->how == region::urgency::waited_for);
  CHECK(w.effects.admit->waited_ms == 0);
  CHECK_FALSE(w.state.ours);
}

TEST_CASE("a grant is stored with ours before the raise is sent, and reported when it comes back") {
  walk w = queued_start();
  w.then(go_for(w), 100);
  CHECK(w.sends_update(1));
  CHECK(w.state.ours);
  CHECK_FALSE(w.state.admission.grant.empty());
  const auto grant = w.state.admission.grant;
  w.then(updated{}, 200);
  CHECK(w.state.step == start_step::watching);
  CHECK(reports(w, region::outcome::ok));
  CHECK(w.effects.reports[0].grant == grant);
  CHECK(watched_for(w, region::watch_kind::start) != nullptr);
}

TEST_CASE("a call is sent when its turn is, not before") {
  walk w = queued_start();
  w.then(go_for(w, 3'000), 100);
  CHECK(w.effects.send == wake_call::none);
  CHECK(w.state.alarm == w.now + 3'000);
  w.then(alarm_rang{}, 2'999);
  CHECK(w.effects.send == wake_call::none);
  w.then(alarm_rang{}, 1);
  CHECK(w.sends_update(1));
}

TEST_CASE("a grant that is over is given back, and another asked for") {
  walk w = queued_start();
  const auto first = w.state.admission.attempt;
  w.then(go_for(w, 3'000), 100).then(alarm_rang{}, 9'000);
  CHECK(w.effects.send == wake_call::none);
  CHECK(reports(w, region::outcome::unused));
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->attempt > first);
}

TEST_CASE("who waits in line asks again, keeps its attempt, and says for how long it has waited") {
  walk w = queued_start();
  const auto attempt = w.state.admission.attempt;
  w.then(line_for(w, 40, 10'000), 100);
  CHECK(w.state.alarm == w.now + 5'000);
  w.then(alarm_rang{}, 5'000);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->attempt == attempt);
  CHECK(w.effects.admit->waited_ms == 5'100);
  // Nothing comes.
  w.then(alarm_rang{}, w.state.alarm - w.now);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->attempt == attempt);
  w.then(put_in_line{attempt, -1, 0, 30'000}, 100);
  CHECK(w.state.alarm == w.now + 30'000);
}

TEST_CASE("those who wait are told their place, and a time that has the line and the start in it") {
  walk w = queued_start();
  const auto first = told_of(w.state, w.now, w.settings);
  CHECK(first["queued"] == true);
  CHECK(encoding::find_member(first, "position") == nullptr);
  w.then(line_for(w, 40, 10'000), 100);
  const auto said = told_of(w.state, w.now, w.settings);
  CHECK(said["answer"] == "starting");
  CHECK(said["progress"] == "queued");
  CHECK(said["position"] == 40);
  CHECK(said["eta_ms"] == 10'000);
  CHECK(said["retry_after_s"] == 40);
  const auto document = state_document(said);
  CHECK(document["state"] == "queued");
  CHECK(document["position"] == 40);
  w.then(go_for(w), 100);
  CHECK(state_document(told_of(w.state, w.now, w.settings))["state"] == "starting");
}

TEST_CASE("a raise that AWS throttled is reported, is not ours, and waits again without a pause") {
  walk w = queued_start();
  w.then(go_for(w), 100).then(refusal(error_kind::throttled), 100);
  CHECK(reports(w, region::outcome::throttled));
  CHECK(w.state.step == start_step::queued);
  CHECK_FALSE(w.state.ours);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->waited_ms == 200);
}

TEST_CASE("a start leaves the line after queue_most, and is refused for that") {
  walk w = queued_start();
  const auto begun = w.now;
  while (w.state.phase == wake_phase::starting) {
    REQUIRE(w.state.alarm > w.now);
    w.then(alarm_rang{}, w.state.alarm - w.now);
    if (w.effects.admit) w.then(line_for(w, 900, 60'000), 10);
  }
  CHECK(w.now == begun + w.settings.queue_most);
  CHECK(w.state.why == reason::wake_queued);
  CHECK(w.effects.answer == wake_answer::failed);
  CHECK_FALSE(w.state.detail.empty());
}

TEST_CASE("start_timeout counts from the accepted raise, not from the line") {
  walk w = queued_start();
  w.then(line_for(w, 900, 60'000), 10).then(alarm_rang{}, 1'500'000).then(go_for(w), 10).then(updated{}, 100);
  const auto raised = w.now;
  while (w.state.phase == wake_phase::starting) {
    REQUIRE(w.state.alarm > w.now);
    w.then(alarm_rang{}, w.state.alarm - w.now);
    if (watched_for(w, region::watch_kind::check) != nullptr) w.then(told(seen(1)), 10);
  }
  CHECK(w.state.why == reason::wake_timeout);
  CHECK(w.now >= raised + w.settings.start_timeout - 200);
}

TEST_CASE("a start is watched every watch_renew, and ready by what the Region tells") {
  walk w = governed_watching();
  CHECK(w.state.alarm == w.now + w.settings.watch_renew);
  w.then(told(only({make_task("t1", task_status::pending, w.now)})), 6'000);
  w.then(alarm_rang{}, w.state.alarm - w.now);
  REQUIRE(watched_for(w, region::watch_kind::start) != nullptr);
  CHECK(watched_for(w, region::watch_kind::start)->tasks == std::vector<std::string>{"t1"});
  CHECK(watched_for(w, region::watch_kind::check) == nullptr);
  CHECK(w.effects.send == wake_call::none);
  w.then(told(only({healthy_task("t1", w.now)})), 1'000);
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.phase == wake_phase::healthy);
  REQUIRE(watched_for(w, region::watch_kind::run) != nullptr);
}

TEST_CASE("ECS's word on the service is asked for again while no task is on its way up, and when one is gone") {
  walk w = governed_watching();
  w.then(alarm_rang{}, w.settings.watch_renew);
  CHECK(watched_for(w, region::watch_kind::check) != nullptr);
  w.then(told(only({make_task("t1", task_status::pending, w.now)})), 1'000);
  w.then(told(only({dead_task("t1", w.now, "EssentialContainerExited", "exited")})), 1'000);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(watched_for(w, region::watch_kind::check) != nullptr);
  REQUIRE(watched_for(w, region::watch_kind::start) != nullptr);
  CHECK(watched_for(w, region::watch_kind::start)->tasks.empty());
}

TEST_CASE("a desired count of 0 that is believed sends a start that is watched into the line again") {
  walk w = governed_watching();
  w.then(told(seen(0)), 1'000);
  CHECK(w.state.step == start_step::watching);
  w.then(told(seen(0)), 10'000);
  CHECK(w.state.step == start_step::queued);
  CHECK(w.effects.admit);
}

TEST_CASE("a stop asks the agents, waits for a grant, asks them again, and only then lowers") {
  walk w = governed();
  w.settings.ready_by_agent = true;
  w.then(allowed_request{"alice"}).then(told(seen(0)));
  w.then(go_for(w), 100).then(updated{}, 100);
  w.then(told(only({make_task("t1", task_status::running, w.now)})), 30'000);
  REQUIRE(w.effects.probes.size() == 1);
  w.then(probed{w.effects.probes[0].number, probe_result::ready, true, "t1", "", "ready", 0, 0, 0}, 50);
  REQUIRE(w.state.phase == wake_phase::healthy);
  w.then(alarm_rang{}, w.settings.idle_stop);
  CHECK(w.state.asking == idle_round::first);
  REQUIRE(w.effects.probes.size() == 1);
  probed said{w.effects.probes[0].number, probe_result::ready, true, "t1", "", "ready", 0, 5'000'000, 5'000'000};
  w.then(said, 50);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->how == region::urgency::stop);
  CHECK(w.state.phase == wake_phase::healthy);
  w.then(go_for(w), 100);
  CHECK(w.state.asking == idle_round::last);
  CHECK(w.effects.send == wake_call::none);
  REQUIRE(w.effects.probes.size() == 1);
  said.number = w.effects.probes[0].number;
  SUBCASE("quiet in time") {
    w.then(said, 50);
    CHECK(w.sends_update(0));
    CHECK(w.state.phase == wake_phase::draining);
    w.then(updated{}, 100);
    CHECK(reports(w, region::outcome::ok));
    CHECK(w.state.phase == wake_phase::asleep);
  }
  SUBCASE("busy") {
    said.in_flight = 1;
    w.then(said, 50);
    CHECK(reports(w, region::outcome::unused));
    CHECK(w.state.phase == wake_phase::healthy);
    CHECK(w.state.alarm == w.now + w.settings.idle_stop / 4);
  }
  SUBCASE("quiet when the grant is over") {
    w.then(probe_due{}, 5'000);
    REQUIRE_FALSE(w.effects.probes.empty());
    said.number = w.effects.probes[0].number;
    w.then(said, 50);
    CHECK(w.effects.send == wake_call::none);
    CHECK(reports(w, region::outcome::unused));
    CHECK(w.effects.admit);
  }
}

TEST_CASE("a request forgets a stop that waits, and gives its grant back") {
  walk w = queued_stop();
  REQUIRE(w.effects.admit);
  SUBCASE("in line") {
    w.then(line_for(w, 7, 60'000), 100).then(allowed_request{"alice"}, 1'000);
    CHECK(w.effects.reports.empty());
    // What comes of it later is given back.
    w.then(granted{w.state.admission.attempt, "late", 0, 5'000}, 100);
    CHECK(reports(w, region::outcome::unused));
  }
  SUBCASE("with a grant") {
    w.then(go_for(w, 3'000), 100).then(allowed_request{"alice"}, 1'000);
    CHECK(reports(w, region::outcome::unused));
  }
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.admission.what == errand::none);
  w.then(alarm_rang{}, 30'000);
  CHECK_FALSE(w.effects.admit);
  CHECK(w.effects.send == wake_call::none);
}

TEST_CASE("a stop that AWS throttled waits again, as long as it has waited; the service serves on") {
  walk w = queued_stop();
  w.then(go_for(w), 100);
  CHECK(w.sends_update(0));
  w.then(refusal(error_kind::throttled), 100);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.ours);
  CHECK(reports(w, region::outcome::throttled));
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->waited_ms == 200);
  w.then(allowed_request{"alice"}, 100);
  CHECK(w.effects.answer == wake_answer::ready);
}

TEST_CASE("a request while the stop is sent starts anew, in line, when that has landed") {
  walk w = queued_stop();
  w.then(go_for(w), 100).then(allowed_request{"bob"}, 10);
  CHECK(w.effects.answer == wake_answer::join);
  CHECK_FALSE(w.effects.admit);
  w.then(updated{}, 100);
  CHECK(w.state.step == start_step::queued);
  CHECK(w.effects.admit);
}

TEST_CASE("what a failed start raised is lowered in its turn, as a stop") {
  walk w = governed_watching();
  auto dead = dead_task("t1", w.now, "TaskFailedToStart", "CannotPullContainerError: image not found");
  w.then(told(only({dead})), 1'000);
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.effects.send == wake_call::none);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->how == region::urgency::stop);
  w.then(go_for(w), 100);
  CHECK(w.sends_update(0));
  w.then(updated{}, 100);
  CHECK_FALSE(w.state.ours);
}

TEST_CASE("those that serve are watched while requests come, and the service is looked at when that is long ago") {
  walk w = governed_healthy();
  w.then(allowed_request{"alice"}, 10'000);
  CHECK(w.effects.watches.empty());
  w.then(allowed_request{"alice"}, 30'000);
  CHECK(watched_for(w, region::watch_kind::run) != nullptr);
  CHECK(watched_for(w, region::watch_kind::check) == nullptr);
  w.then(allowed_request{"alice"}, w.settings.refresh);
  CHECK(watched_for(w, region::watch_kind::check) != nullptr);
  CHECK(w.effects.send == wake_call::none);
  w.then(told(seen(0)), 200);
  CHECK(w.state.phase == wake_phase::asleep);
}
