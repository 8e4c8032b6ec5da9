// When calls may be sent: each row of the table in wake/region.hpp.
#include "tests/shared/wake/region.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sallyport;
using namespace sallyport::region;
using sallyport::testing::region_walk;

namespace {

const bucket& updates_of(const region_walk& w) {
  return w.state.buckets[static_cast<std::size_t>(bucket_name::update_service)];
}

/// So many starts that the bucket is empty, and promised as far as grants go.
void drain(region_walk& w) {
  for (int i = 0; w.start("drain " + std::to_string(i)) != nullptr; ++i) REQUIRE(i < 1'000);
  w.state.lines[0] = line();
}

}  // namespace

TEST_CASE("a burst goes at once, what follows at the rate of the share, and the rest is queued") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 40; ++i) {
    const go* at = w.start("place " + std::to_string(i));
    REQUIRE(at != nullptr);
    CHECK(at->in_ms == 0);
  }
  for (int i = 1; i <= 20; ++i) {
    const go* at = w.start("later " + std::to_string(i));
    REQUIRE(at != nullptr);
    CHECK(at->in_ms == i * 250);
  }
  CHECK(w.start("queued") == nullptr);
  REQUIRE(w.is_queued() != nullptr);
  CHECK(w.is_queued()->position == 0);
  CHECK(w.is_queued()->eta_ms == 5'250);
  CHECK(w.is_queued()->ask_ms == 2'625);
}

TEST_CASE("an attempt gets the grant that it holds, and another attempt another one") {
  region_walk w;
  w.filled();
  const std::string first = w.start("billing")->grant;
  CHECK(w.start("billing")->grant == first);
  CHECK(updates_of(w).tokens == 39 * whole_token);
  CHECK(w.start("billing", "", "2")->grant != first);
  w.now += 6'000;
  CHECK(w.start("billing", "", "2")->grant != first);
}

TEST_CASE("what was not used is given back once, in its time, and a grant that nobody knows gives nothing") {
  region_walk w;
  w.filled();
  const std::string grant = w.start("billing")->grant;
  w.then(report{grant, outcome::unused});
  CHECK(updates_of(w).tokens == 40 * whole_token);
  w.then(report{grant, outcome::unused});
  w.then(report{"unheard of", outcome::unused});
  CHECK(updates_of(w).tokens == 40 * whole_token);
  drain(w);
  w.then(region::alarm_rang{}, 5'000);
  const std::string late = w.start("late")->grant;
  const auto before = updates_of(w).promised;
  w.then(report{late, outcome::unused}, 20'000);
  CHECK(updates_of(w).tokens <= 80 * whole_token);
  CHECK(updates_of(w).promised <= before);
}

TEST_CASE("who is in line keeps its tokens until its own ask is overdue") {
  region_walk w;
  w.filled();
  drain(w);
  CHECK(w.start("first") == nullptr);
  const auto ask = w.is_queued()->ask_ms;
  for (int i = 0; i < 3; ++i) CHECK(w.start("second") == nullptr);
  CHECK(w.is_queued()->position == 1);
  w.then(region::alarm_rang{}, 500);
  REQUIRE(w.start("second") != nullptr);
  CHECK(w.is_go()->in_ms == 5'000);
  REQUIRE(w.start("first") != nullptr);
  drain(w);
  CHECK(w.start("silent") == nullptr);
  w.then(region::alarm_rang{}, ask + 5'100);
  CHECK(w.start("next")->in_ms == 0);
}

TEST_CASE("who has not asked for long is dropped") {
  region_walk w;
  w.filled();
  drain(w);
  CHECK(w.start("silent") == nullptr);
  const auto ask = w.is_queued()->ask_ms;
  CHECK(w.state.lines[0].size() == 1);
  w.then(region::alarm_rang{}, 2 * ask + 5'000);
  CHECK(w.state.lines[0].size() == 0);
}

TEST_CASE("a stop leaves half of the burst to starts, a prediction a quarter") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 20; ++i) REQUIRE(w.stop("idle " + std::to_string(i))->in_ms == 0);
  const go* next = w.stop("idle");
  REQUIRE(next != nullptr);
  CHECK(next->in_ms == 250);
  for (int i = 0; i < 9; ++i) CHECK(w.start("used " + std::to_string(i))->in_ms == 0);
  w.then(admit{"maybe", "1", "", operation::update, 1, urgency::predicted, 0});
  CHECK(w.is_go()->in_ms == 250);
}

TEST_CASE("starts go before stops, whoever came first") {
  region_walk w;
  w.filled();
  drain(w);
  CHECK(w.stop("idle", 1'000'000) == nullptr);
  CHECK(w.start("used") == nullptr);
  CHECK(w.is_queued()->position == 0);
  CHECK(w.stop("idle", 1'000'000) == nullptr);
  CHECK(w.is_queued()->position == 1);
}

TEST_CASE("of twenty tokens one goes to the stop that has waited an hour") {
  region_walk w;
  w.filled();
  std::set<std::string> stopped;
  std::vector<std::string> waiting;
  int starts = 0, come = 0;
  for (int second = 0; second < 600; ++second) {
    w.then(region::alarm_rang{}, 1'000);
    while (waiting.size() < 200) waiting.push_back("used " + std::to_string(come++));
    std::erase_if(waiting, [&](const std::string& place) {
      const bool goes = w.start(place) != nullptr;
      starts += goes ? 1 : 0;
      return goes;
    });
    for (int i = 0; i < 500; ++i) {
      const std::string place = "idle " + std::to_string(i);
      if (stopped.count(place) == 0 && w.stop(place, 3'600'000 + second * 1'000 + 500 - i) != nullptr)
        stopped.insert(place);
    }
  }
  CHECK(starts > 2'000);
  CHECK(stopped.size() > 80);
  CHECK(stopped.size() < 160);
  CHECK(stopped.count("idle 0") == 1);
}

TEST_CASE("stops go first while starts meet a lack of capacity") {
  region_walk w;
  w.filled();
  const std::string grant = w.start("big")->grant;
  drain(w);
  CHECK(w.start("used") == nullptr);
  CHECK(w.stop("idle") == nullptr);
  CHECK(w.is_queued()->position == 1);
  w.then(report{grant, outcome::capacity});
  CHECK(w.stop("idle") == nullptr);
  CHECK(w.is_queued()->eta_ms == 5'250);
  CHECK(w.start("used") == nullptr);
  CHECK(w.is_queued()->eta_ms == 5'500);
  w.then(region::alarm_rang{}, 1'000);
  CHECK(w.stop("idle") != nullptr);
}

TEST_CASE("a team with many in line delays another team by its turn only") {
  region_walk w;
  w.filled();
  drain(w);
  for (int i = 0; i < 300; ++i) CHECK(w.start("many " + std::to_string(i), "crowd") == nullptr);
  CHECK(w.is_queued()->position == 299);
  CHECK(w.start("one", "few") == nullptr);
  CHECK(w.is_queued()->position <= 1);
  CHECK(w.start("two", "few") == nullptr);
  CHECK(w.is_queued()->position <= 3);
}

TEST_CASE("within a team who has waited longer goes first, also when a new Region is asked in another order") {
  region_walk w;
  for (int i = 0; i < 30; ++i) {
    const auto waited = ((i * 7) % 30) * 1'000;
    w.then(admit{"p" + std::to_string(waited), "1", "team", operation::update, 1, urgency::waited_for, waited});
  }
  w.then(admit{"p29000", "1", "team", operation::update, 1, urgency::waited_for, 29'000});
  const bool first = w.is_go() != nullptr || (w.is_queued() != nullptr && w.is_queued()->position == 0);
  CHECK(first);
}

TEST_CASE("a raise takes launches along, or nothing") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 8; ++i)
    w.then(admit{"big " + std::to_string(i), "1", "", operation::update, 10, urgency::waited_for, 0});
  CHECK(w.is_go()->in_ms == 0);
  w.then(admit{"more", "1", "", operation::update, 16, urgency::waited_for, 0});
  CHECK(w.is_go()->in_ms == 1'000);
  const auto before = updates_of(w).tokens;
  w.then(admit{"too much", "1", "", operation::update, 80, urgency::waited_for, 0});
  CHECK(w.is_queued() != nullptr);
  CHECK(updates_of(w).tokens == before);
}

TEST_CASE("what cannot be there at once asks for what can") {
  region_walk w;
  w.filled();
  w.then(admit{"huge", "1", "", operation::update, 4'000'000, urgency::waited_for, 0});
  CHECK(w.is_go() != nullptr);
}

TEST_CASE("too many who wait are told to come later") {
  region_walk w;
  w.settings.waiting_most = 3;
  for (int i = 0; i < 60; ++i) w.start("place " + std::to_string(i));
  CHECK(std::holds_alternative<full>(w.effects.answer));
  CHECK(std::get<full>(w.effects.answer).ask_ms == 30'000);
  CHECK(w.state.lines[0].size() == 3);
}

TEST_CASE("a request takes the place of the stop that waits") {
  region_walk w;
  w.filled();
  drain(w);
  w.stop("billing");
  w.start("billing");
  CHECK(w.state.lines[0].size() == 1);
  CHECK(w.state.lines[0].all().front().how == urgency::waited_for);
}

TEST_CASE("a refusal slows by three tenths, once in five seconds, and never below a tenth") {
  region_walk w;
  w.filled();
  const auto throttle = [&](int i) {
    w.then(report{w.start("p" + std::to_string(i), "", std::to_string(w.now))->grant, outcome::throttled});
  };
  throttle(0);
  CHECK(updates_of(w).rate == 2'800);
  CHECK(updates_of(w).tokens == 0);
  w.then(region::alarm_rang{}, 1'000);
  throttle(1);
  CHECK(updates_of(w).rate == 2'800);
  for (int i = 2; i < 40; ++i) {
    w.then(region::alarm_rang{}, 5'000);
    throttle(i);
  }
  CHECK(updates_of(w).rate == 400);
  w.then(region::alarm_rang{}, 180'000);
  CHECK(updates_of(w).rate == 4'000);
}

TEST_CASE("what began anew has no tokens, so that no burst comes twice") {
  region_walk w;
  CHECK(updates_of(w).tokens == 0);
  CHECK(w.start("first")->in_ms == 250);
}

TEST_CASE("a place is removed once its policy was alone for ten minutes, and so many a policy") {
  region_walk w;
  const auto ask = [&](const std::string& place) {
    w.then(remove_place{place, "new"});
    return std::get<removal>(w.effects.answer);
  };
  w.then(present{"billing", "old", true});
  w.then(present{"shop", "new", true});
  CHECK(ask("billing") == removal::no);
  w.then(present{"shop", "new", true}, 300'000);
  w.then(present{"billing", "old", true});
  w.then(present{"shop", "new", true}, 500'000);
  CHECK(ask("billing") == removal::no);
  w.now += 100'001;
  CHECK(ask("billing") == removal::yes);
  CHECK(w.state.index.ours.count("billing") == 0);
  for (int i = 0; i < 9; ++i) CHECK(ask("p" + std::to_string(i)) == removal::yes);
  CHECK(ask("eleventh") == removal::held);
}

TEST_CASE("what began anew removes nothing before it can know who is about") {
  region_walk w;
  w.then(remove_place{"billing", "new"}, 599'000);
  CHECK(std::get<removal>(w.effects.answer) == removal::no);
}
