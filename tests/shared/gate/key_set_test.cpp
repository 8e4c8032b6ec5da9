#include "gate/keys/key_set.hpp"

#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using gate::key_need;
using gate::key_step;

namespace {

constexpr unix_milliseconds second = 1000;
constexpr unix_milliseconds hour = 3600 * second;

gate::key_source direct() {
  return {"okta", "https://okta.test", "https://okta.test/keys"};
}

std::string set_of(const char* kid) {
  auto key = keys().okta;
  key.public_entry["kid"] = kid;
  return public_set({key});
}

gate::key_response good(std::string_view body, std::string_view cache_control = "") {
  return {200, body, cache_control, "", 0};
}
const gate::key_response no_answer{0, "", "", "timed out", 0};

/// A set that was fetched at `start`.
gate::key_set fetched(std::string_view cache_control = "") {
  gate::key_set set(direct());
  REQUIRE(set.want(key_need::fresh, start));
  static const std::string body = set_of("one");
  REQUIRE(set.supply(key_step::jwks, good(body, cache_control), start, host()).ok());
  return set;
}

}  // namespace

TEST_CASE("nothing is held before the first fetch, and it is asked for with its limits") {
  gate::key_set set(direct());
  CHECK(set.current(start) == nullptr);
  CHECK(set.health(start).age == -1);
  const auto request = set.want(key_need::fresh, start);
  REQUIRE(request);
  CHECK(request->url == "https://okta.test/keys");
  CHECK(request->step == key_step::jwks);
  CHECK(request->timeout == 5);
  CHECK(request->max_bytes == 262144);
  CHECK(!request->joined);
}

TEST_CASE("one fetch is in flight per issuer; others join it; one that never comes back is given up") {
  gate::key_set set(direct());
  REQUIRE(set.want(key_need::fresh, start));
  const auto again = set.want(key_need::fresh, start + 14 * second);
  REQUIRE(again);
  CHECK(again->joined);
  const auto anew = set.want(key_need::fresh, start + 15 * second);
  REQUIRE(anew);
  CHECK(!anew->joined);
}

TEST_CASE("a set serves, is refreshed after its max-age, and serves while it is") {
  auto set = fetched("public, Max-Age=120");
  CHECK(set.current(start) != nullptr);
  CHECK(set.generation() == 1);
  CHECK(!set.want(key_need::fresh, start + 119 * second));
  const auto refresh = set.want(key_need::fresh, start + 120 * second);
  REQUIRE(refresh);
  CHECK(set.current(start + 120 * second) != nullptr);
  CHECK(!set.want(key_need::fresh, start + 121 * second));
  CHECK(set.want(key_need::unknown_kid, start + 121 * second)->joined);
}

TEST_CASE("max-age is respected within bounds") {
  const auto soft_age = [](std::string_view cache_control) {
    const auto set = fetched(cache_control);
    seconds age = 0;
    while (!set.stale(start + age * second)) ++age;
    return age;
  };
  CHECK(soft_age("") == 600);
  CHECK(soft_age("max-age=300") == 300);
  CHECK(soft_age("max-age=1") == 60);
  CHECK(soft_age("no-store") == 60);
  CHECK(soft_age("max-age=31536000") == 3600);
  CHECK(soft_age("max-age=99999999999999999999999") == 3600);
  CHECK(soft_age("s-maxage=5") == 600);
  CHECK(soft_age("max-age=seven") == 600);
  // RFC 9111 section 5.2: both forms are read alike.
  CHECK(soft_age("max-age=\"300\"") == 300);
}

TEST_CASE("the same set again keeps the generation; another one replaces it whole") {
  auto set = fetched();
  const auto before = set.current(start);
  REQUIRE(set.supply(key_step::jwks, good(set_of("one")), start + hour, host()).ok());
  CHECK(set.generation() == 1);
  CHECK(set.current(start + hour) == before);
  REQUIRE(set.supply(key_step::jwks, good(set_of("two")), start + hour, host()).ok());
  CHECK(set.generation() == 2);
  CHECK(set.current(start + hour)->find("one") == nullptr);
  CHECK(set.current(start + hour)->find("two") != nullptr);
}

TEST_CASE("an unknown kid causes one refetch in 30 s and none right after another fetch") {
  auto set = fetched();
  CHECK(!set.want(key_need::unknown_kid, start + 4 * second));
  REQUIRE(set.want(key_need::unknown_kid, start + 5 * second));
  REQUIRE(set.supply(key_step::jwks, good(set_of("one")), start + 5 * second, host()).ok());
  CHECK(!set.want(key_need::unknown_kid, start + 34 * second));
  CHECK(set.want(key_need::unknown_kid, start + 35 * second));
}

TEST_CASE("a kid that a copy out of a cache does not have is asked for at once") {
  gate::key_set set(direct());
  REQUIRE(set.want(key_need::fresh, start));
  const auto text = set_of("one");
  auto copy = good(text);
  copy.fetched_at = start - 60 * second;
  REQUIRE(set.supply(key_step::jwks, copy, start, host()).ok());
  CHECK(set.want(key_need::unknown_kid, start));
}

TEST_CASE("a failed fetch changes nothing, is tried again after 5 s, and shows in the health") {
  auto set = fetched();
  const auto late = start + hour;
  REQUIRE(set.want(key_need::fresh, late));
  CHECK(set.supply(key_step::jwks, no_answer, late, host()).why() == reason::keys_fetch_failed);
  CHECK(set.current(late) != nullptr);
  CHECK(set.generation() == 1);
  const auto health = set.health(late);
  CHECK(health.usable);
  CHECK(health.age == 3600);
  CHECK(health.failures_in_a_row == 1);
  CHECK(health.last_failure == reason::keys_fetch_failed);
  CHECK(health.last_detail.find("timed out") != std::string::npos);
  CHECK(!set.want(key_need::fresh, late + 4 * second));
  REQUIRE(set.want(key_need::fresh, late + 5 * second));
  REQUIRE(set.supply(key_step::jwks, good(set_of("one")), late + 5 * second, host()).ok());
  CHECK(set.health(late + 5 * second).failures_in_a_row == 0);
  CHECK(set.health(late + 5 * second).age == 0);
}

TEST_CASE("during an outage the old set serves until the hard age and not a moment longer") {
  auto set = fetched();
  for (unix_milliseconds now = start + hour; now < start + 24 * hour; now += hour) {
    REQUIRE(set.want(key_need::fresh, now));
    CHECK(!set.supply(key_step::jwks, no_answer, now, host()).ok());
    CHECK(set.current(now) != nullptr);
  }
  CHECK(set.current(start + 24 * hour - 1) != nullptr);
  CHECK(set.current(start + 24 * hour) == nullptr);
  CHECK(!set.health(start + 24 * hour).usable);
  CHECK(set.want(key_need::fresh, start + 24 * hour));
}

TEST_CASE("answers that are no key set are refused and leave the old one") {
  auto set = fetched();
  const auto why = [&](gate::key_response answer) { return set.supply(key_step::jwks, answer, start, host()).why(); };
  CHECK(why({404, "{}", "", "", 0}) == reason::keys_fetch_failed);
  CHECK(why({302, "{}", "", "", 0}) == reason::keys_fetch_failed);
  CHECK(why(good(std::string(262145, ' '))) == reason::keys_fetch_failed);
  CHECK(set.health(start).last_detail == "jwks: the document is longer than 262144 bytes, the limit");
  CHECK(why({200, "", "", "longer than was asked for", 0}) == reason::keys_fetch_failed);
  CHECK(set.health(start).last_detail == "jwks: the document is longer than 262144 bytes, the limit");
  CHECK(why(good("{")) == reason::json_syntax);
  CHECK(why(good(R"({"keys":[]})")) == reason::jwks_invalid);
  CHECK(set.current(start)->find("one") != nullptr);
  CHECK(set.generation() == 1);
}

TEST_CASE("one odd key does not take the issuer down, and health says which one it is") {
  gate::key_set set(direct());
  auto entry = keys().okta.public_entry;
  json odd = entry;
  odd["kid"] = "old";
  odd["x"] = "AA";
  const auto supply = [&](const json& entries) {
    return set.supply(key_step::jwks, good(json{{"keys", entries}}.dump()), start, host()).why();
  };
  CHECK(supply(json::array({odd, entry, entry})) == reason::ok);
  CHECK(set.health(start).keys == 1);
  CHECK(set.health(start).passed_over.find("key 1 of the set (kid \"old\"): jwk_invalid") == 0);
  json secret{{"kty", "oct"}, {"k", "AAAA"}, {"kid", "s"}};
  CHECK(supply(json::array({entry, secret})) == reason::jwk_private_in_public_set);
  CHECK(set.health(start).last_detail ==
        "jwks: key 2 of the set (kid \"s\"): jwk_private_in_public_set, a symmetric key");
  CHECK(set.current(start) != nullptr);
}

TEST_CASE("keys under a reserved kid are passed over, and health says so") {
  gate::key_set_limits limits;
  limits.reserved_kids = channel::keyid_prefix;
  gate::key_set set(direct(), limits);
  const auto entry = keys().okta.public_entry;
  json odd = entry;
  odd["kid"] = "ch1.";
  const auto supply = [&](const json& entries) {
    return set.supply(key_step::jwks, good(json{{"keys", entries}}.dump()), start, host()).why();
  };
  CHECK(supply(json::array({odd, entry})) == reason::ok);
  CHECK(set.health(start).keys == 1);
  CHECK(set.health(start).passed_over ==
        "key 1 of the set (kid \"ch1.\"): jwk_invalid, its kid is of the form of a channel's keyid");
  odd["kid"] = "ch1";
  CHECK(supply(json::array({odd, entry})) == reason::ok);
  CHECK(set.health(start).keys == 2);
}

TEST_CASE("a byte order mark before either document is ignored") {
  gate::key_set set({"okta", "https://okta.test", ""});
  const std::string mark = "\xEF\xBB\xBF";
  const std::string found = mark + R"({"issuer":"https://okta.test","jwks_uri":"https://okta.test/k"})";
  CHECK(set.supply(key_step::discovery, good(found), start, host()).ok());
  CHECK(set.supply(key_step::jwks, good(mark + set_of("one")), start, host()).ok());
}

TEST_CASE("a copy out of a cache is as old as it is, and never replaces a newer one") {
  gate::key_set set(direct());
  const std::string one = set_of("one");
  const std::string two = set_of("two");
  const auto copy = [](std::string_view body, unix_milliseconds from) {
    return gate::key_response{200, body, "", "", from};
  };
  CHECK(set.supply(key_step::jwks, copy(one, start - 24 * hour), start, host()).why() == reason::keys_fetch_failed);
  REQUIRE(set.supply(key_step::jwks, copy(one, start - 23 * hour), start, host()).ok());
  CHECK(set.stale(start));
  CHECK(set.current(start + hour) == nullptr);
  REQUIRE(set.supply(key_step::jwks, good(two), start, host()).ok());
  CHECK(set.supply(key_step::jwks, copy(one, start - hour), start, host()).why() == reason::keys_fetch_failed);
  CHECK(set.current(start)->find("two") != nullptr);
}

TEST_CASE("discovery leads to the keys and must name the issuer it was asked for") {
  gate::key_set set({"okta", "https://okta.test/", ""});
  const auto first = set.want(key_need::fresh, start);
  REQUIRE(first);
  CHECK(first->step == key_step::discovery);
  CHECK(first->url == "https://okta.test/.well-known/openid-configuration");
  const auto why = [&](std::string_view document) {
    return set.supply(key_step::discovery, good(document), start, host()).why();
  };
  CHECK(why(R"({"issuer":"https://okta.test","jwks_uri":"https://okta.test/k"})") == reason::discovery_invalid);
  CHECK(why(R"({"jwks_uri":"https://okta.test/k"})") == reason::discovery_invalid);
  CHECK(why(R"({"issuer":"https://okta.test/"})") == reason::discovery_invalid);
  CHECK(why(R"({"issuer":"https://okta.test/","jwks_uri":"http://okta.test/k"})") == reason::discovery_invalid);
  CHECK(why("[]") == reason::discovery_invalid);
  CHECK(why(R"({"issuer":"https://okta.test/","jwks_uri":"https://keys.test/k"})") == reason::ok);
  const auto second_step = set.want(key_need::fresh, start);
  REQUIRE(second_step);
  CHECK(second_step->step == key_step::jwks);
  CHECK(second_step->url == "https://keys.test/k");
  REQUIRE(set.supply(key_step::jwks, good(set_of("one")), start, host()).ok());
  CHECK(set.want(key_need::fresh, start + hour)->step == key_step::jwks);
  // The keys are not there any more: perhaps they moved.
  CHECK(!set.supply(key_step::jwks, no_answer, start + hour, host()).ok());
  CHECK(set.want(key_need::fresh, start + hour + 5 * second)->step == key_step::discovery);
}

TEST_CASE("a clock that goes back holds nothing up") {
  auto set = fetched();
  CHECK(set.current(start - hour) != nullptr);
  CHECK(set.want(key_need::fresh, start - hour));
}

TEST_CASE("keys come over https, or over http from loopback") {
  for (const char* url :
       {"https://a.test/k", "https://a.test:8443/k?x=1", "http://localhost:8080/k", "http://127.0.0.1/k",
        "http://127.1.2.3:9/k", "http://[::1]:80/k", "https://[2001:db8::1]/k", "https://a.test"}) {
    CAPTURE(url);
    CHECK(gate::is_key_url(url));
  }
  for (const char* url :
       {"http://a.test/k", "http://127.0.0.1.evil.test/k", "http://127.evil.test/", "http://localhost.evil.test/",
        "https://user@a.test/k", "http://localhost@evil.test/", "https:///k", "https://", "ftp://a.test/k",
        "//a.test/k", "https://a.test/k#f", "https://a b/k", "https://a.test:port/k", "file:///etc/passwd", "",
        "http://[::2]/k", "http://127.0.0/k", "https://a.test\\@b.test/"}) {
    CAPTURE(url);
    CHECK(!gate::is_key_url(url));
  }
}

TEST_CASE("keys that are fixed are never fetched, never stale and never out of date") {
  const auto held = std::make_shared<const jose::jwk_set>(*jose::parse_jwks(public_set({keys().okta}), host()));
  gate::key_set set({"okta", "https://okta.test", ""}, held);
  for (const unix_milliseconds now : {unix_milliseconds{0}, start, start * 1000}) {
    CHECK(set.current(now) == held);
    CHECK_FALSE(set.stale(now));
    CHECK_FALSE(set.want(gate::key_need::fresh, now));
    CHECK_FALSE(set.want(gate::key_need::unknown_kid, now));
    const auto health = set.health(now);
    CHECK(health.usable);
    CHECK(health.age == 0);
    CHECK(health.keys == 1);
  }
  gate::key_response answer;
  answer.status = 200;
  answer.body = R"({"keys":[]})";
  CHECK_FALSE(set.supply(gate::key_step::jwks, answer, start, host()).ok());
  CHECK(set.current(start) == held);
}
