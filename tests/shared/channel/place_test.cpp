// The table of channel/place.hpp, row by row.
#include "channel/place.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace sallyport;
using channel::request_body;
using channel::signing;
using phase = channel::place::phase;

namespace {

constexpr unix_milliseconds second = 1000;
constexpr unix_milliseconds start = 1'760'000'000 * second;

crypto::p256_point key_of(byte which) {
  crypto::p256_point point{};
  point.front() = 0x04;
  point.back() = which;
  return point;
}

/// A place, and the clock of those who talk to it.
struct talk {
  channel::place place;
  unix_milliseconds now = start;
  int made = 0;

  struct request {
    signing how = signing::asymmetric;
    channel::sent_under under;
    channel::opened_ptr with;
  };

  request send(request_body body = request_body::none) {
    auto plan = place.next(now, body);
    const bool probe = plan.how == signing::probe || plan.how == signing::open;
    if (plan.how == signing::open) {
      auto opened = std::make_shared<channel::opened>();
      opened->keyid = "ch1." + std::to_string(++made);
      opened->agent = plan.agent;
      opened->issued_at = to_seconds(now);
      opened->expires = to_seconds(now) + 600;
      plan.with = opened;
      place.open(plan.with, now);
    }
    request out{plan.how, {}, plan.with};
    if (plan.with != nullptr) out.under = place.sending(plan.with, probe);
    return out;
  }

  bool hears(const request& of, bool unknown, std::optional<byte> offer, bool confirmed = false) {
    channel::heard what{unknown, {}, confirmed};
    if (offer) what.offer = key_of(*offer);
    return place.answered(of.under, what, now);
  }

  /// Of a place that is offered `key`: the request that opens a channel to it.
  request opening(byte key = 1) {
    hears(send(), false, key);
    for (int i = 0; i < 3; ++i) {
      if (const auto sent = send(); sent.how == signing::open) return sent;
    }
    return {};
  }

  void confirmed(byte key = 1) {
    hears(opening(key), false, std::nullopt, true);
    REQUIRE(place.now_in() == phase::confirmed);
  }

  /// A channel that is opened and lost to another key.
  void lost(byte key) {
    now += 10 * second;
    const auto probe = opening(key);
    REQUIRE(probe.how == signing::open);
    hears(probe, true, std::nullopt);
  }
};

}  // namespace

TEST_CASE("an offer is kept and nothing is opened until it pays: the 4th request within 60 s") {
  talk slow;
  for (int i = 0; i < 12; ++i) {
    const auto sent = slow.send();
    CHECK(sent.how == signing::asymmetric);
    slow.hears(sent, false, byte{1});
    CHECK(slow.place.now_in() == phase::offered);
    slow.now += 21 * second;
  }
  talk quick;
  CHECK(quick.opening().how == signing::open);
  CHECK(quick.place.now_in() == phase::probing);
}

TEST_CASE("nothing is opened without an offer, nor with a request whose body is long or streams") {
  talk silent;
  for (int i = 0; i < 10; ++i) CHECK(silent.send().how == signing::asymmetric);
  talk long_bodies;
  long_bodies.hears(long_bodies.send(), false, byte{1});
  for (const auto body : {request_body::held, request_body::streams, request_body::held, request_body::streams}) {
    CHECK(long_bodies.send(body).how == signing::asymmetric);
  }
  CHECK(long_bodies.send(request_body::small).how == signing::open);
}

TEST_CASE("one probe at a time; the others are signed with the published key") {
  talk t;
  const auto probe = t.opening();
  for (int i = 0; i < 5; ++i) CHECK(t.send().how == signing::asymmetric);
  t.hears(probe, false, std::nullopt, true);
  CHECK(t.send().how == signing::mac);
}

TEST_CASE("a confirmed channel signs what can be sent again, and nothing that streams") {
  talk t;
  t.confirmed();
  CHECK(t.send(request_body::none).how == signing::mac);
  CHECK(t.send(request_body::small).how == signing::mac);
  CHECK(t.send(request_body::held).how == signing::mac);
  CHECK(t.send(request_body::streams).how == signing::asymmetric);
}

TEST_CASE("a head without confirm, no head for 10 s, and no response: after three, the channel is lost") {
  talk t;
  auto probe = t.opening();
  t.hears(probe, false, std::nullopt, false);
  probe = t.send();
  CHECK(probe.how == signing::probe);
  CHECK(probe.with->keyid == "ch1.1");
  t.now += 9 * second;
  CHECK(t.send().how == signing::asymmetric);
  t.now += 1 * second;
  probe = t.send();
  CHECK(probe.how == signing::probe);
  t.place.unanswered(probe.under, t.now);
  CHECK(t.place.now_in() == phase::none);
}

TEST_CASE("the wrong confirm is none, and a confirm to another request is not looked at") {
  talk t;
  const auto probe = t.opening();
  const auto other = t.send();
  t.hears(other, false, std::nullopt, true);
  CHECK(t.place.now_in() == phase::probing);
  t.hears(probe, false, std::nullopt, false);
  CHECK(t.place.now_in() == phase::probing);
}

TEST_CASE("unknown with the channel's own key: 32 requests bring the grant along, whatever is heard of them") {
  talk t;
  t.confirmed();
  CHECK(t.hears(t.send(request_body::held), true, byte{1}));
  CHECK(t.place.now_in() == phase::confirmed);
  for (int i = 0; i < 32; ++i) {
    const auto sent = t.send(i % 2 == 0 ? request_body::held : request_body::none);
    CHECK(sent.how == signing::probe);
    CHECK(sent.with->keyid == "ch1.1");
    if (i % 3 == 0) t.hears(sent, false, std::nullopt, i % 2 == 0);
    if (i % 3 == 1) t.place.unanswered(sent.under, t.now);
    CHECK(t.send(request_body::streams).how == signing::asymmetric);
  }
  CHECK(t.send().how == signing::mac);
}

TEST_CASE("unknown with the channel's own key the 5th time in 60 s: lost") {
  for (const unix_milliseconds between : {14 * second, 15 * second}) {
    talk t;
    t.confirmed();
    for (int i = 0; i < 4; ++i) {
      CHECK(t.hears(t.send(), true, byte{1}));
      CHECK(t.place.now_in() == phase::confirmed);
      t.now += between;
    }
    CHECK(t.hears(t.send(), true, byte{1}));
    CHECK(t.place.now_in() == (between == 14 * second ? phase::offered : phase::confirmed));
  }
}

TEST_CASE("a probe that is refused with the channel's own key is missed; after three, the channel is lost") {
  talk t;
  CHECK(t.hears(t.opening(), true, byte{1}));
  for (int i = 0; i < 2; ++i) {
    const auto probe = t.send();
    CHECK(probe.how == signing::probe);
    CHECK(t.hears(probe, true, byte{1}));
  }
  CHECK(t.place.now_in() == phase::offered);
}

TEST_CASE("tasks at one address that have one key all get the grant of one channel, in turns or picked at random") {
  for (const bool in_turns : {true, false}) {
    for (const std::size_t tasks : {2U, 3U, 4U, 8U}) {
      CAPTURE(tasks);
      talk t;
      std::vector<bool> held(tasks);
      std::mt19937 random(1);
      std::size_t turn = 0;
      const auto pick = [&] { return (in_turns ? ++turn : random()) % tasks; };
      t.hears(t.opening(), false, std::nullopt, true);
      held[pick()] = true;
      for (int i = 0; i < 200; ++i) {
        const auto sent = t.send();
        REQUIRE(sent.with != nullptr);
        CHECK(sent.with->keyid == "ch1.1");
        const std::size_t at = pick();
        if (sent.under.probe) held[at] = true;
        if (!held[at]) pick();  // for the second sending
        t.hears(sent, !held[at], held[at] ? std::nullopt : std::optional<byte>(1), sent.under.probe);
      }
      CHECK(std::find(held.begin(), held.end(), false) == held.end());
    }
  }
}

TEST_CASE("unknown beside another key, or none: lost, and the key is the new offer") {
  talk t;
  t.confirmed();
  CHECK(t.hears(t.send(), true, byte{2}));
  CHECK(t.place.now_in() == phase::offered);
  t.now += 10 * second;
  const auto opened = t.send();
  REQUIRE(opened.how == signing::open);
  CHECK(opened.with->agent == key_of(2));
  talk bare;
  bare.confirmed();
  CHECK(bare.hears(bare.send(), true, std::nullopt));
  CHECK(bare.place.now_in() == phase::none);
}

TEST_CASE("of a hundred that are refused at once the first loses the channel, and the others lose nothing") {
  talk t;
  t.confirmed();
  std::vector<talk::request> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(t.send());
  for (const auto& each : sent) CHECK(t.hears(each, true, byte{1}));
  CHECK(t.place.now_in() == phase::confirmed);
  CHECK(t.place.take_pause() == 0);
}

TEST_CASE("no channel is opened within 10 s of the one before") {
  talk t;
  t.confirmed();
  t.hears(t.send(), true, byte{2});
  t.now += 9 * second;
  CHECK(t.send().how == signing::asymmetric);
  t.now += 1 * second;
  CHECK(t.send().how == signing::open);
}

TEST_CASE("an offer of which no channel comes is forgotten, and nothing is opened for 10 s") {
  talk t;
  for (int i = 0; i < 3; ++i) t.send();
  for (int round = 0; round < 3; ++round) {
    t.hears(t.send(request_body::streams), false, byte{1});
    REQUIRE(t.place.next(t.now, request_body::none).how == signing::open);
    t.place.not_opened(t.now);
    CHECK(t.place.now_in() == phase::none);
    t.hears(t.send(request_body::streams), false, byte{2});
    t.now += 10 * second - 1;
    for (int i = 0; i < 4; ++i) CHECK(t.send().how == signing::asymmetric);
    t.now += 1;
  }
  CHECK(t.send().how == signing::open);
}

TEST_CASE("a successor that cannot be made leaves the channel as it is, and is tried again 10 s later") {
  talk t;
  t.confirmed();
  t.now += 360 * second;
  REQUIRE(t.place.next(t.now, request_body::none).how == signing::open);
  t.place.not_opened(t.now);
  CHECK(t.send().how == signing::mac);
  t.now += 10 * second;
  CHECK(t.send().how == signing::open);
}

TEST_CASE("while a channel is probed or confirmed, offers in other responses are ignored") {
  talk t;
  const auto probe = t.opening(1);
  t.hears(t.send(), false, byte{7});
  t.hears(probe, false, byte{7}, true);
  t.hears(t.send(request_body::streams), false, byte{7});
  CHECK(t.send().with->agent == key_of(1));
}

TEST_CASE("after 360 s a successor is opened and probed while the channel goes on") {
  talk t;
  t.confirmed();
  t.now += 359 * second;
  CHECK(t.send().how == signing::mac);
  t.now += 1 * second;
  const auto successor = t.send();
  REQUIRE(successor.how == signing::open);
  CHECK(successor.with->agent == key_of(1));
  CHECK(t.send().with->keyid == "ch1.1");
  t.hears(successor, false, std::nullopt, true);
  CHECK(t.send().with->keyid == "ch1.2");
  CHECK(!t.place.has_successor());
}

TEST_CASE("no channel is used in the last 90 s of its grant") {
  talk t;
  t.confirmed();
  t.now += 509 * second;
  CHECK(t.send(request_body::held).how == signing::mac);
  t.now += 1 * second;
  CHECK(t.send(request_body::held).how == signing::asymmetric);
  CHECK(t.place.now_in() == phase::none);
}

TEST_CASE("three channels lost in a row pause the place for a minute, doubling to ten") {
  talk t;
  for (byte i = 1; i <= 2; ++i) t.lost(i);
  CHECK(t.place.take_pause() == 0);
  t.lost(3);
  unix_milliseconds expected = 60 * second;
  for (byte i = 4; i < 10; ++i) {
    CHECK(t.place.take_pause() == expected);
    t.now += expected - 1;
    t.hears(t.send(), false, i);
    CHECK(t.place.now_in() == phase::none);
    t.now += 1;
    t.lost(i);
    expected = std::min(2 * expected, 600 * second);
  }
}

TEST_CASE("a hundred responses under a confirmed channel clear what was lost before") {
  talk t;
  t.lost(1);
  t.lost(2);
  t.now += 10 * second;
  t.confirmed(3);
  for (int i = 0; i < 100; ++i) t.hears(t.send(), false, std::nullopt);
  t.hears(t.send(), true, byte{4});
  CHECK(t.place.take_pause() == 0);
  CHECK(t.place.now_in() == phase::offered);
}
