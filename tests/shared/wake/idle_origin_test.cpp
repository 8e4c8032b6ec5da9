// Before a stop, behind an origin: whom a probe meets is up to what is in front of the tasks.
#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

probed met(const walk& w, std::string arn, std::int64_t in_flight = 0) {
  probed out;
  REQUIRE(w.effects.probes.size() == 1);
  out.number = w.effects.probes[0].number;
  out.said = probe_result::ready;
  out.heard = true;
  out.task_arn = std::move(arn);
  out.in_flight = in_flight;
  out.idle_ms = in_flight > 0 ? 0 : 900'000;
  out.up_ms = 2'000'000;
  return out;
}

/// So many tasks serve behind an origin, we raised them, and idle_stop is over: the first probe is out.
walk idle_behind_origin(int tasks) {
  walk w;
  w.settings.ready_by_agent = true;
  w.settings.needs_address = false;
  w.settings.min = static_cast<std::uint32_t>(tasks);
  w.raised();
  std::vector<task> all;
  for (int i = 1; i <= tasks; ++i) all.push_back(make_task("t" + std::to_string(i), task_status::running, 1));
  w.look(seen(w.settings.min, all));
  w.then(met(w, "t1"), 5);
  REQUIRE(w.state.phase == wake_phase::healthy);
  w.then(alarm_rang{}, w.settings.idle_stop);
  REQUIRE(w.state.asking == idle_round::first);
  REQUIRE(w.effects.probes.size() == 1);
  REQUIRE(w.effects.probes[0].address.empty());
  return w;
}

/// The next probe of this round; false: there is none.
bool draws(walk& w) {
  const auto round = w.state.asking;
  while (w.state.asking == round && w.state.probing.at > 0) {
    w.then(probe_due{}, std::max<unix_milliseconds>(w.state.probing.at - w.now, 0));
    if (!w.effects.probes.empty()) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("the only task behind an origin is stopped when it says twice that it is idle") {
  walk w = idle_behind_origin(1);
  w.then(met(w, "t1"), 5);
  REQUIRE(w.state.asking == idle_round::last);
  w.then(met(w, "t1"), 5);
  CHECK(w.sends_update(0));
}

TEST_CASE("of two tasks behind one origin, a stream on the other keeps both") {
  walk w = idle_behind_origin(2);
  w.then(met(w, "t1"), 5);
  CHECK(w.state.asking == idle_round::first);
  REQUIRE(draws(w));
  w.then(met(w, "t1"), 5);
  REQUIRE(draws(w));
  w.then(met(w, "t2", 1), 5);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.asking == idle_round::none);
  CHECK(w.state.alarm == w.now + w.settings.idle_stop / 4);
}

TEST_CASE("one that is busy keeps the service also where its task is not known here, or does not tell") {
  for (const std::string arn : {"", "replaced unseen"}) {
    walk w = idle_behind_origin(2);
    w.then(met(w, arn), 5);
    CHECK(w.state.asking == idle_round::first);
    REQUIRE(draws(w));
    w.then(met(w, arn, 1), 5);
    CHECK(w.state.asking == idle_round::none);
    CHECK(w.state.phase == wake_phase::healthy);
  }
}

TEST_CASE("where not all are met in three draws a task and three more, the edge's own word has to do") {
  for (const bool met_one : {true, false}) {
    walk w = idle_behind_origin(2);
    const auto begun = w.now;
    int drawn = 1;
    do {
      if (met_one) w.then(met(w, "t1"), 5);
    } while (draws(w) && ++drawn);
    CHECK(drawn <= 9);
    CHECK(drawn >= 4);
    REQUIRE(w.state.phase == wake_phase::healthy);
    w.then(alarm_rang{}, w.state.alarm - w.now);
    CHECK(w.sends_update(0));
    CHECK(w.effects.notes.empty());
    CHECK(w.now - begun <= 10'000);
  }
}

TEST_CASE("a request while tasks behind an origin are asked forgets the stop") {
  walk w = idle_behind_origin(2);
  w.then(allowed_request{"alice"}, 5);
  CHECK(w.effects.answer == wake_answer::ready);
  CHECK(w.state.asking == idle_round::none);
  CHECK(w.state.probing.at == 0);
}
