// A governed machine whose Region does not answer, may not look, is told twice, or is gone with what was in memory.
#include <doctest/doctest.h>

#include "tests/shared/wake/governed.hpp"
#include "wake/json.hpp"
#include "wake/keeping.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;
using encoding::json;

TEST_CASE("a check that the Region does not answer is made by the machine itself, with a grant") {
  walk w = governed();
  w.then(allowed_request{"alice"}).then(alarm_rang{}, 15'000);
  CHECK(watched_for(w, region::watch_kind::check) != nullptr);
  w.then(alarm_rang{}, 15'000);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->what == region::operation::read);
  CHECK(w.effects.send == wake_call::none);
  w.then(go_for(w), 100);
  CHECK(w.effects.send == wake_call::look);
  w.then(seen(0), 100);
  CHECK(reports(w, region::outcome::ok));
  CHECK(w.state.step == start_step::queued);
}

TEST_CASE("what the Region may not look at, the machine looks at itself, with a grant") {
  walk w = governed();
  w.then(allowed_request{"alice"}).then(facts_told{std::nullopt, {}, {}, 0, true}, 200);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->what == region::operation::read);
  w.then(go_for(w), 100);
  CHECK(w.effects.send == wake_call::look);
}

TEST_CASE("without a Region a start is raised after a random wait, and after a growing pause where AWS throttled it") {
  walk w = queued_start();
  const auto down = [&] { return region_down{w.state.admission.attempt}; };
  w.then(down(), 100);
  // The walk draws 0.
  CHECK(w.sends_update(1));
  w.then(refusal(error_kind::throttled), 100);
  REQUIRE(w.effects.admit);
  w.then(down(), 100);
  CHECK(w.effects.send == wake_call::none);
  CHECK(w.state.alarm == w.now + 10'000);
  w.then(alarm_rang{}, 10'000);
  CHECK(w.sends_update(1));
  w.then(refusal(error_kind::throttled), 100).then(down(), 100);
  CHECK(w.state.admission.go_at == w.now + 20'000);
  // It is asked again meanwhile.
  w.then(alarm_rang{}, 10'000);
  CHECK(w.effects.admit);
  CHECK(w.effects.send == wake_call::none);
  w.then(go_for(w), 100);
  CHECK(w.sends_update(1));
  CHECK_FALSE(w.state.admission.alone);
}

TEST_CASE("without a Region a start looks itself, and asks to be told again") {
  walk w = governed_watching();
  w.then(region_down{0}, 100);
  CHECK(w.state.pressure == alone_pressure);
  w.then(alarm_rang{}, w.state.alarm - w.now);
  CHECK(w.effects.send == wake_call::look);
  w.then(seen(1, {make_task("t1", task_status::pending, w.now)}), 100);
  CHECK(w.effects.send == wake_call::none);
  bool asked = false;
  for (int i = 0; i < 6; ++i) {
    w.then(alarm_rang{}, w.state.alarm - w.now);
    CHECK(w.effects.send == wake_call::look);
    asked = asked || watched_for(w, region::watch_kind::start) != nullptr;
    w.then(only({make_task("t1", task_status::pending, w.now)}), 100);
  }
  CHECK(asked);
  w.then(told(only({make_task("t1", task_status::pending, w.now)})), 100);
  w.then(alarm_rang{}, w.state.alarm - w.now);
  CHECK(w.effects.send == wake_call::none);
}

TEST_CASE("without a Region a stop waits for an hour at most, and asks it again meanwhile") {
  walk w = queued_stop();
  const auto begun = w.now;
  while (w.effects.send == wake_call::none) {
    if (w.effects.admit) w.then(region_down{w.state.admission.attempt}, 10);
    REQUIRE(w.state.alarm > w.now);
    REQUIRE(w.state.alarm <= w.now + w.settings.alone_stop_asks);
    w.then(alarm_rang{}, w.state.alarm - w.now);
  }
  CHECK(w.sends_update(0));
  CHECK(w.now == begun + w.settings.alone_stop);
}

TEST_CASE("a restarted object asks again at once, with the same attempt") {
  walk w = queued_start();
  w.then(line_for(w, 900, 60'000), 100);
  const auto attempt = w.state.admission.attempt;
  w.then(restarted{}, 100);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->attempt == attempt);
}

TEST_CASE("an attempt is never the same as one of a state that was lost") {
  walk w = queued_start();
  const auto first = w.state.admission.attempt;
  w.state = {};
  w.then(allowed_request{"alice"}).then(told(seen(0)));
  CHECK(w.state.admission.attempt > first);
}

TEST_CASE("a grant is used once, however often it is told") {
  walk w = queued_start();
  const auto go = go_for(w);
  w.then(go, 100).then(go, 10);
  CHECK(w.effects.send == wake_call::none);
  CHECK(w.effects.reports.empty());
  w.then(updated{}, 100).then(go, 10);
  CHECK(w.effects.send == wake_call::none);
  CHECK(w.effects.reports.empty());
}

TEST_CASE("what hears of its place in the line costs no rows, what holds a grant does") {
  walk w = queued_start();
  w.state.kept_request = w.state.last_request;
  const auto asks = [&](const wake_event& event, unix_milliseconds later) {
    const auto before = w.state;
    w.then(event, later);
    return keep(before, w.state, w.settings);
  };
  CHECK_FALSE(asks(line_for(w, 900, 60'000), 100));
  CHECK_FALSE(asks(alarm_rang{}, 30'000));
  CHECK_FALSE(asks(line_for(w, 400, 30'000), 100));
  CHECK(asks(go_for(w), 100));
  CHECK(w.sends_update(1));
}

TEST_CASE("the words of a Region are read as they are written, and nothing else is") {
  const auto read = [](const char* text) { return wake_event_from(*encoding::parse_json(text)); };
  const auto go = read(R"({"kind":"go","attempt":"12","grant":"g","in_ms":5,"valid_ms":6})");
  REQUIRE(go);
  CHECK(std::get<granted>(*go).attempt == 12);
  CHECK(std::get<granted>(*go).grant == "g");
  CHECK(std::get<put_in_line>(*read(R"({"kind":"queued","attempt":"12","position":3,"eta_ms":9,"ask_ms":4})")).eta_ms ==
        9);
  CHECK(std::get<put_in_line>(*read(R"({"kind":"full","attempt":"12","ask_ms":4})")).position == -1);
  CHECK(std::get<region_down>(*read(R"({"kind":"down"})")).attempt == 0);
  CHECK(std::get<region_down>(*read(R"({"kind":"down","attempt":"-3"})")).attempt == 0);
  CHECK(std::get<facts_told>(*read(R"({"kind":"facts","tasks":[],"missing":["t"],"denied":true})")).denied);
  CHECK_FALSE(read(R"({"kind":"go","attempt":"12"})"));
  CHECK_FALSE(read(R"({"kind":"gone"})"));
}

TEST_CASE("a state that waits is read as it was written, and its errands are written for the host") {
  walk w = queued_start();
  const wake_outcome out{w.state, w.effects};
  CHECK(to_json(out)["admit"] == json{{"op", "update"},
                                      {"n", 1},
                                      {"class", "waited_for"},
                                      {"waited_ms", 0},
                                      {"attempt", std::to_string(w.state.admission.attempt)}});
  w.then(line_for(w, 40, 10'000), 100);
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
  w.then(go_for(w, 1'000), 100);
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
  w.then(alarm_rang{}, 1'000).then(updated{}, 10);
  const auto written = to_json(wake_outcome{w.state, w.effects});
  CHECK(written["reports"][0]["outcome"] == "ok");
  CHECK(written["watches"][0]["for"] == "start");
}

TEST_CASE("a machine that no Region governs any more sends what waited") {
  walk w = queued_start();
  w.then(line_for(w, 40, 10'000), 100);
  w.settings.governed = false;
  w.then(alarm_rang{}, 5'000);
  CHECK(w.sends_update(1));
}

TEST_CASE("a service that the Region may not look at looks itself, once, and its tasks are looked at for it") {
  walk w = governed();
  w.then(allowed_request{"alice"});
  facts_told no;
  no.denied = no.of_service = true;
  w.then(no, 100);
  REQUIRE(w.effects.admit);
  CHECK(w.effects.admit->what == region::operation::read);
  w.then(go_for(w), 10).then(alarm_rang{}, 1);
  REQUIRE(w.state.in_flight == wake_call::look);
  w.then(seen(0), 100);
  CHECK(w.state.step == start_step::queued);
  w.then(go_for(w), 100).then(updated{}, 100);
  CHECK(watched_for(w, region::watch_kind::start) != nullptr);
  CHECK(w.state.admission.own_until == 0);
}
