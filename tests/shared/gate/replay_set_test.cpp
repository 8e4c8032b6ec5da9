#include "gate/origin/replay_set.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "encoding/base64url.hpp"

using namespace sallyport;
using gate::make_replay_key;
using gate::replay_key;
using gate::replay_set;

namespace {

constexpr unix_seconds now = 1'760'000'000;

replay_key key(std::uint64_t number) {
  return {number * 0x9E3779B97F4A7C15U, number};
}

}  // namespace

TEST_CASE("a nonce is admitted once until it expires") {
  replay_set set;
  CHECK(set.admit(key(1), now + 35, now) == reason::ok);
  for (unix_seconds later = now; later <= now + 35; ++later) {
    CHECK(set.admit(key(1), now + 35, later) == reason::replay_detected);
  }
  CHECK(set.admit(key(2), now + 35, now) == reason::ok);
  CHECK(set.size() == 2);
}

TEST_CASE("a nonce comes back under another expiry and is still a replay") {
  replay_set set;
  CHECK(set.admit(key(1), now + 35, now) == reason::ok);
  CHECK(set.admit(key(1), now + 65, now) == reason::replay_detected);
  CHECK(set.admit(key(1), now + 1, now) == reason::replay_detected);
}

TEST_CASE("expired nonces are forgotten and make room") {
  replay_set set({4, 16});
  for (std::uint64_t i = 1; i <= 4; ++i) CHECK(set.admit(key(i), now + 35, now) == reason::ok);
  CHECK(set.admit(key(5), now + 35, now) == reason::replay_set_full);
  CHECK(set.admit(key(1), now + 35, now) == reason::replay_detected);
  // No unexpired nonce is ever forgotten: room is made only when a whole span is over.
  CHECK(set.admit(key(5), now + 70, now + 35) == reason::replay_set_full);
  CHECK(set.admit(key(5), now + 100, now + 35 + 16) == reason::ok);
  CHECK(set.size() == 1);
}

TEST_CASE("a clock that goes back brings nothing back") {
  replay_set set;
  CHECK(set.admit(key(1), now + 35, now) == reason::ok);
  CHECK(set.admit(key(2), now + 200, now + 165) == reason::ok);
  CHECK(set.size() == 1);
  // key(1) was forgotten; at the old time it would pass check 4 again.
  CHECK(set.admit(key(1), now + 35, now) == reason::replay_detected);
  CHECK(set.admit(key(2), now + 200, now) == reason::replay_detected);
  CHECK(set.admit(key(3), now + 200, now) == reason::ok);
}

TEST_CASE("negative times and the zero key are values like any other") {
  replay_set set;
  CHECK(set.admit({0, 0}, -5, -40) == reason::ok);
  CHECK(set.admit({0, 0}, -5, -40) == reason::replay_detected);
  CHECK(set.admit(key(1), -17, -40) == reason::ok);
  CHECK(set.admit(key(1), -17, -17) == reason::replay_detected);
}

TEST_CASE("it does what a set of everything unexpired does, for any sequence") {
  replay_set set({std::size_t{1} << 16, 16});
  std::set<std::uint64_t> seen;
  std::uint64_t random = 1;
  unix_seconds clock = now;
  for (int step = 0; step < 50'000; ++step) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t number = 1 + (random >> 33) % 40'000;
    const reason expected = seen.insert(number).second ? reason::ok : reason::replay_detected;
    const unix_seconds expires = clock + 60 + static_cast<unix_seconds>((random >> 20) % 60);
    CHECK_MESSAGE(set.admit(key(number), expires, clock) == expected, step);
    if (step % 1000 == 0) ++clock;
  }
  CHECK(set.size() == seen.size());
}

TEST_CASE("the nonce alone counts, all of its bits") {
  const std::string nonce = "AAECAwQFBgcICQoLDA0ODw";
  CHECK(make_replay_key(nonce) == make_replay_key(nonce));
  CHECK(!(make_replay_key(nonce) == make_replay_key("AAECAwQFBgcICQoLDA0OEA")));
  CHECK(!(make_replay_key(nonce) == make_replay_key("AQECAwQFBgcICQoLDA0ODw")));
}
