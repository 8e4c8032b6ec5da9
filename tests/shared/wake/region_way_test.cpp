// Whom a machine asks, and when it goes on alone.
#include <doctest/doctest.h>

#include "wake/region/way.hpp"

using namespace sallyport;
using namespace sallyport::region;

namespace {

struct way_walk {
  way_state state;
  unix_milliseconds now = 1'000'000;
  way_step next;

  way_walk& then(const way_event& what, unix_milliseconds later = 0) {
    now += later;
    next = way_next(way_state_from(to_json(state)), what, now);
    state = next.state;
    return *this;
  }
  const way_turn* turn() const { return next.action == way_action::ask ? &next.turn : nullptr; }
  bool is_down() const { return next.action == way_action::down; }
  /// Asks, and whoever is asked fails, until somebody else is, or nobody.
  way_walk& fail_both_times() {
    const auto first = *turn();
    then(way_failed{first}, 2'000);
    return then(way_failed{*turn()}, 2'000);
  }
};

}  // namespace

TEST_CASE("the Region is asked first, and once more over a new way when it fails") {
  way_walk w;
  w.then(way_ask{});
  REQUIRE(w.turn());
  CHECK(*w.turn() == way_turn{peer::region, 0});
  w.then(way_failed{*w.turn()});
  REQUIRE(w.turn());
  CHECK(*w.turn() == way_turn{peer::region, 1});
  w.then(way_answered{*w.turn()});
  CHECK(w.next.action == way_action::nothing);
  CHECK(w.state == way_state());
}

TEST_CASE("two failures are down: the stand-in is asked, and the Region again after 1, 2, 4 … 60 s") {
  way_walk w;
  unix_milliseconds pause = 1'000;
  for (int i = 0; i < 9; ++i) {
    w.then(way_ask{});
    REQUIRE(w.turn());
    REQUIRE(w.turn()->to == peer::region);
    w.fail_both_times();
    REQUIRE(w.turn());
    CHECK(*w.turn() == way_turn{peer::stand_in, 0});
    w.then(way_answered{*w.turn()});
    w.then(way_ask{}, pause - 1);
    REQUIRE(w.turn());
    CHECK(w.turn()->to == peer::stand_in);
    w.now += 1;
    pause = std::min<unix_milliseconds>(pause * 2, 60'000);
  }
  w.then(way_ask{});
  w.then(way_answered{*w.turn()});
  CHECK(w.then(way_ask{}).turn()->to == peer::region);
}

TEST_CASE("who is due again is asked by one alone, and the others do not wait for it") {
  way_walk w;
  w.then(way_ask{}).fail_both_times().then(way_answered{*w.turn()});
  w.then(way_ask{}, 1'000);
  CHECK(w.turn()->to == peer::region);
  w.then(way_ask{}, 10);
  CHECK(w.turn()->to == peer::stand_in);
}

TEST_CASE("both down is down, until one of them is due") {
  way_walk w;
  w.then(way_ask{}).fail_both_times().fail_both_times();
  CHECK(w.is_down());
  CHECK(w.then(way_ask{}).turn() != nullptr);
  w.fail_both_times();
  CHECK((w.is_down() || w.turn() != nullptr));
  CHECK(w.then(way_ask{}, 60'000).turn()->to == peer::region);
}

TEST_CASE("who has too much to do is not asked again, and nobody in its stead") {
  way_walk w;
  w.then(way_ask{});
  w.then(way_failed{*w.turn(), true});
  REQUIRE(w.next.action == way_action::put_off);
  CHECK(w.next.ask_ms == 5'000);
  w.then(way_ask{}).then(way_answered{*w.turn(), 12'000});
  w.then(way_ask{}).then(way_failed{*w.turn(), true});
  CHECK(w.next.ask_ms == 12'000);
  CHECK(w.state.peers[0] == peer_state());
}
