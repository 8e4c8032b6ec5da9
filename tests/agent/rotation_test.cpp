#include "agent/keys/rotation.hpp"

#include <doctest/doctest.h>

#include "agent/keys/key_file.hpp"
#include "tests/agent/signer.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using agent::keys::rotation_step;
using outcome = rotation_step::outcome;

namespace {

constexpr unix_seconds start = 1'760'000'000;
// The defaults: an hour for caches, eleven minutes for the last grant.
constexpr agent::keys::rotation_times times;

json key_file() {
  return encoding::parse_json(make_signing_key().second).value();
}

/// What an edge with this file publishes.
std::string published(const json& file) {
  return jose::write_public_set(jose::parse_signing_keys(file.dump(), test_host()).value());
}

result<rotation_step> step(const json& file, std::string_view at_url, unix_seconds now) {
  return agent::keys::rotate(file, at_url, now, times, test_host());
}

std::string signer_of(const json& file) {
  return file["keys"][0]["kid"].get<std::string>();
}

}  // namespace

TEST_CASE("a rotation publishes, waits, signs, waits, retires and ends with the new key alone") {
  const json old = key_file();
  auto now = start;

  auto at = step(old, published(old), now);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::advanced);
  json file = at->file;
  CHECK(file["keys"].size() == 2);
  CHECK(signer_of(file) == signer_of(old));

  at = step(file, published(file), now += 60);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::waiting);
  CHECK(at->wait == 3600);
  file = at->file;
  at = step(file, published(file), now + 3599);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::waiting);
  CHECK(at->wait == 1);
  CHECK(signer_of(at->file) == signer_of(old));

  at = step(file, published(file), now += 3600);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::advanced);
  file = at->file;
  CHECK(signer_of(file) != signer_of(old));
  CHECK(file["keys"].size() == 2);

  at = step(file, published(file), now);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::waiting);
  CHECK(at->wait == 660);
  file = at->file;
  at = step(file, published(file), now += 660);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::advanced);
  file = at->file;
  CHECK(file["keys"].size() == 1);
  CHECK(signer_of(file) != signer_of(old));

  at = step(file, published(file), now);
  REQUIRE(at.ok());
  CHECK(at->is == outcome::complete);
  CHECK_FALSE(at->file.contains("rotation"));
  CHECK(at->file["keys"] == file["keys"]);
}

TEST_CASE("no step goes on while the edge publishes another set than the file's") {
  const json old = key_file();
  CHECK(step(old, published(key_file()), start).why() == reason::config_invalid);
  json file = step(old, published(old), start)->file;
  CHECK(step(file, published(old), start).why() == reason::config_invalid);
  file = step(file, published(file), start)->file;
  // Rolled back meanwhile.
  CHECK(step(file, published(old), start + 4000).why() == reason::config_invalid);
  const json both_deployed = file;
  file = step(file, published(file), start + 4000)->file;
  // The new order is not deployed yet: the old key still signs.
  CHECK(step(file, published(both_deployed), start + 9000).why() == reason::config_invalid);
}

TEST_CASE("a key of the same name with other material is another key") {
  const json mine = key_file();
  json other = key_file();
  other["keys"][0]["kid"] = mine["keys"][0]["kid"];
  CHECK(step(mine, published(other), start).why() == reason::config_invalid);
}

TEST_CASE("a file with several keys and no rotation is refused") {
  json file = key_file();
  file["keys"].push_back(key_file()["keys"][0]);
  CHECK(step(file, published(file), start).why() == reason::config_invalid);
}

TEST_CASE("a file or a published set that cannot be read is refused with its reason") {
  CHECK_FALSE(step(json::object(), published(key_file()), start).ok());
  CHECK(step(key_file(), "not json", start).why() == reason::json_syntax);
}

TEST_CASE("keys are made for the three algorithms that requests are signed with") {
  using crypto::algorithm;
  for (const algorithm which : {algorithm::es256, algorithm::eddsa, algorithm::hs256}) {
    const auto made = agent::keys::generate_jwk(which, "", test_host());
    REQUIRE(made.ok());
    const auto read = agent::keys::read_keys(agent::keys::make_set(*made).dump(), test_host());
    REQUIRE(read.ok());
    CHECK(read->front().algorithm == which);
    CHECK_FALSE(read->front().kid.empty());
  }
  CHECK(agent::keys::generate_jwk(algorithm::es256, "mine", test_host())->at("kid") == "mine");
  CHECK_FALSE(agent::keys::generate_jwk(algorithm::rs256, "", test_host()).ok());
}
