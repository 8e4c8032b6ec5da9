// Agents are asked: when, whom, and what follows from what they say.
#include <doctest/doctest.h>

#include <random>

#include "tests/shared/wake/asking.hpp"
#include "wake/json.hpp"
#include "wake/keeping.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

TEST_CASE("a wanted task that runs is asked at once, at its address, and is ready when its agent says so") {
  walk w = one_runs();
  CHECK(w.state.phase == wake_phase::starting);
  REQUIRE(w.effects.probes.size() == 1);
  CHECK(w.effects.probes[0].address == "10.0.0.1");
  CHECK(w.effects.probes[0].port == 8443);
  CHECK(w.effects.probes[0].patience == 1'000);
  w.then(said(number_of(w), probe_result::ready), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.effects.answer == wake_answer::ready);
  REQUIRE(w.state.endpoints.size() == 1);
  CHECK(w.state.endpoints[0].task_arn == "t1");
  CHECK(w.state.probing.at == 0);
}

TEST_CASE("health says nothing where agents are asked") {
  walk w = one_runs(asking_walk(), health_status::healthy);
  CHECK(w.state.phase == wake_phase::starting);
  answer_for(w, 6'000, probe_result::unready, "app");
  CHECK(w.state.phase == wake_phase::starting);
}

TEST_CASE("nobody is asked where policy says health, or before a wanted task runs, or after a leftover") {
  walk plain;
  plain.raised();
  plain.look(seen(1, {running("t1", plain.now)}));
  CHECK(plain.effects.probes.empty());
  CHECK(plain.state.probing.at == 0);
  walk w = asking_walk();
  w.raised();
  w.look(seen(1, {make_task("t1", task_status::pending, w.now)}));
  CHECK(w.effects.probes.empty());
  walk leftover = asking_walk();
  leftover.then(allowed_request{"alice"}).then(seen(0, {running("old", 1)}));
  CHECK(leftover.effects.probes.empty());
  leftover.then(updated{});
  CHECK(leftover.effects.probes.empty());
  auto going = running("old", 1);
  going.wanted = false;
  leftover.look(seen(1, {going}));
  CHECK(leftover.effects.probes.empty());
}

TEST_CASE("one probe each 250 ms, each 500 ms after ten seconds, and none waits for the one before") {
  walk w = one_runs();
  const auto begun = w.now;
  std::vector<unix_milliseconds> times{w.now};
  while (w.now < begun + 12'000) {
    next_probe(w);
    if (!w.effects.probes.empty()) times.push_back(w.now);
    // One in four is lost.
    if (!w.effects.probes.empty() && times.size() % 4 != 0) w.then(said(number_of(w), probe_result::nothing), 0);
    CHECK(w.state.probing.sent.size() <= 4);
  }
  CHECK(times[1] - times[0] == 250);
  CHECK(times[39] - times[38] == 250);
  CHECK(times.back() - times[times.size() - 2] == 500);
}

TEST_CASE("four are under way at most; after ten silent seconds one a second, with patience for three") {
  walk w = one_runs();
  const auto begun = w.now;
  unix_milliseconds patience = 0;
  while (w.now < begun + 20'000) {
    next_probe(w);
    CHECK(w.state.probing.sent.size() <= 4);
    if (!w.effects.probes.empty()) patience = w.effects.probes[0].patience;
  }
  CHECK(patience == 3'000);
  CHECK(w.state.probing.at - w.now == 1'000);
}

TEST_CASE("a response to a probe that is not under way means nothing") {
  walk w = one_runs();
  w.then(said(77, probe_result::ready), 5);
  CHECK(w.state.phase == wake_phase::starting);
  walk late = one_runs();
  const auto number = number_of(late);
  late.then(said(number, probe_result::ready), 10'000);
  CHECK(late.state.phase == wake_phase::starting);
}

TEST_CASE("an agent that does not know its task is believed about the one at its address") {
  walk w = one_runs();
  w.then(said(number_of(w), probe_result::ready, "", ""), 5);
  CHECK(w.state.phase == wake_phase::healthy);
}

TEST_CASE("behind an origin any wanted task that is ready will do, and no other one") {
  walk w = asking_walk();
  w.settings.needs_address = false;
  w = one_runs(w);
  REQUIRE(w.effects.probes.size() == 1);
  CHECK(w.effects.probes[0].address.empty());
  w.then(said(number_of(w), probe_result::ready, "", "leftover"), 5);
  CHECK(w.state.phase == wake_phase::starting);
  next_probe(w);
  w.then(said(number_of(w), probe_result::ready, "", "t1"), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.probing.at == 0);
}

TEST_CASE("behind an origin one that is ready is enough, and the service is not looked at for the others") {
  walk w = asking_walk();
  w.settings.needs_address = false;
  w.settings.min = 2;
  w.raised();
  w.look(seen(2, {running("t1", w.now), running("t2", w.now)}));
  w.then(said(number_of(w), probe_result::ready), 5);
  REQUIRE(w.state.phase == wake_phase::healthy);
  w.then(allowed_request{"alice"}, 2 * w.settings.refresh_incomplete);
  CHECK(w.effects.send == wake_call::none);
}

TEST_CASE("behind an origin an agent that does not know its task speaks for the only one") {
  walk w = asking_walk();
  w.settings.needs_address = false;
  walk one = one_runs(w);
  one.then(said(number_of(one), probe_result::ready, "", ""), 5);
  CHECK(one.state.phase == wake_phase::healthy);
  w.raised();
  w.look(seen(2, {running("t1", w.now), running("t2", w.now)}));
  w.then(said(number_of(w), probe_result::ready, "", ""), 5);
  CHECK(w.state.phase == wake_phase::starting);
}

TEST_CASE("a task whose agent is too old goes by its health, with one line") {
  walk w = one_runs(asking_walk(), health_status::healthy);
  w.then(said(number_of(w), probe_result::too_old), 5);
  CHECK(has_note(w, "agent_too_old"));
  CHECK(w.state.phase == wake_phase::healthy);
  walk young = one_runs();
  young.then(said(number_of(young), probe_result::too_old), 5);
  CHECK(young.state.phase == wake_phase::starting);
  CHECK(young.state.probing.at == 0);
  young.then(alarm_rang{}, 30'000).then(seen(1, {running("t1", young.now, health_status::healthy)}), 100);
  CHECK(young.state.phase == wake_phase::healthy);
  CHECK(young.effects.notes.empty());
}

TEST_CASE("where nothing can be sent health counts for five minutes, with one line") {
  walk w = one_runs(asking_walk(), health_status::healthy);
  w.then(said(number_of(w), probe_result::unsendable), 5);
  CHECK(has_note(w, "probe_unavailable"));
  CHECK(w.state.phase == wake_phase::healthy);
}

TEST_CASE("refused connections are an agent that does not listen yet, unless ECS calls its task healthy") {
  walk w = one_runs();
  for (int i = 0; i < 20; ++i) {
    w.then(said(number_of(w), probe_result::broken), 1);
    CHECK(w.effects.notes.empty());
    next_probe(w);
  }
  CHECK(w.state.phase == wake_phase::starting);
  walk up = one_runs(asking_walk(), health_status::healthy);
  for (int i = 0; i < 4; ++i) {
    up.then(said(number_of(up), probe_result::broken), 1);
    next_probe(up);
  }
  CHECK(up.state.phase == wake_phase::starting);
  up.then(said(number_of(up), probe_result::broken), 1);
  // It may have gone since.
  CHECK(up.state.phase == wake_phase::starting);
  const auto created = up.state.facts.front().created_at;
  up.look(seen(1, {running("t1", created, health_status::healthy)}));
  next_probe(up);
  up.then(said(number_of(up), probe_result::broken), 1);
  CHECK(has_note(up, "probe_unavailable"));
  CHECK(up.state.phase == wake_phase::healthy);
}

TEST_CASE("another policy for a minute is told once") {
  walk w = one_runs();
  w.then(said(number_of(w), probe_result::unready, "policy"), 0);
  int lines = 0;
  const auto until = w.now + 90'000;
  while (w.now < until) {
    next_probe(w);
    if (w.effects.probes.empty()) continue;
    w.then(said(number_of(w), probe_result::unready, "policy"), 0);
    lines += has_note(w, "policy_differs") ? 1 : 0;
    if (w.now < until - 40'000) CHECK(lines == 0);
  }
  CHECK(lines == 1);
  CHECK(w.state.phase == wake_phase::starting);
}

TEST_CASE("the last probe is the first cause of a timeout") {
  walk w = one_runs();
  answer_for(w, 2'000, probe_result::unready, "app");
  w.then(alarm_rang{}, 700'000);
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.detail.find("last probe: what was said") == 0);
}

TEST_CASE("tasks that run together are asked together, and the first that is ready waits a moment for the others") {
  const auto two_run = [] {
    walk w = asking_walk();
    w.settings.min = 2;
    w.raised();
    w.look(seen(2, {running("t1", w.now), running("t2", w.now)}));
    REQUIRE(w.effects.probes.size() == 2);
    return w;
  };
  walk both = two_run();
  const auto orders = both.effects.probes;
  both.then(said(orders[0].number, probe_result::ready, "", ""), 5);
  CHECK(both.state.phase == wake_phase::starting);
  both.then(said(orders[1].number, probe_result::ready, "", ""), 5);
  CHECK(both.state.phase == wake_phase::healthy);
  CHECK(both.state.endpoints.size() == 2);
  walk alone = two_run();
  const auto first = alone.effects.probes[0].number;
  alone.then(said(first, probe_result::ready, "", ""), 5);
  next_probe(alone);
  CHECK(alone.state.phase == wake_phase::healthy);
  CHECK(alone.effects.answer == wake_answer::ready);
  CHECK(alone.state.endpoints.size() == 1);
  CHECK(alone.state.probing.at > 0);
}

TEST_CASE("probes alone are not worth a row, and what is stored is read again") {
  walk w = one_runs();
  w.state.kept_request = w.state.last_request;
  const auto before = w.state;
  w.then(said(number_of(w), probe_result::unready, "app"), 5);
  next_probe(w);
  CHECK_FALSE(keep(before, w.state, w.settings));
  CHECK(*wake_state_from(to_json(w.state)) == w.state);
}

TEST_CASE("a machine that is restarted asks again, and does not wait for what it sent before") {
  walk w = one_runs();
  w.then(restarted{}, 50);
  CHECK(w.state.probing.sent.empty());
  next_probe(w);
  CHECK(w.effects.probes.size() == 1);
}

TEST_CASE("whatever is said in whatever order: only wanted tasks that said so are used, and bounds hold") {
  std::mt19937 random(4711);
  const auto draw = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  for (int round = 0; round < 300; ++round) {
    walk w = asking_walk();
    w.settings.needs_address = round % 3 != 0;
    for (int i = 0; i < 120; ++i) {
      const auto arn = "t" + std::to_string(draw(3));
      switch (draw(8)) {
        case 0: w.then(allowed_request{"alice"}, draw(5'000)); break;
        case 1: w.then(updated{}, draw(2'000)); break;
        case 2:
          w.then(seen(draw(3),
                      {make_task(arn, static_cast<task_status>(draw(7)), w.now, static_cast<health_status>(draw(3)))}),
                 draw(3'000));
          break;
        case 3: w.then(alarm_rang{}, draw(20'000)); break;
        case 4: w.then(endpoint_lost{arn}, draw(500)); break;
        case 5: w.then(restarted{}, draw(500)); break;
        case 6: w.then(probe_due{}, draw(1'000)); break;
        default:
          w.then(said(w.state.probing.next_number - draw(3), static_cast<probe_result>(draw(6)),
                      draw(2) == 0 ? "app" : "policy", draw(4) == 0 ? "" : arn),
                 draw(800));
      }
      CHECK(w.state.probing.sent.size() <= w.settings.probes_most);
      CHECK(w.effects.probes.size() <= w.settings.probes_most);
      for (const auto& each : w.state.endpoints) {
        const auto* fact = find_fact(w.state.facts, each.task_arn);
        REQUIRE(fact != nullptr);
        CHECK(fact->wanted);
        CHECK(fact->status == task_status::running);
        CHECK((fact->probed || fact->by_health));
      }
      if (w.state.phase == wake_phase::asleep || w.state.phase == wake_phase::failed) CHECK(w.state.probing.at == 0);
      CHECK(*wake_state_from(to_json(w.state)) == w.state);
    }
  }
}
