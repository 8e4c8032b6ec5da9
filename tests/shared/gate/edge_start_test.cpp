// What an edge needs before it decides anything.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("an edge without the keys that its policy needs does not start") {
  const auto start_with = [](std::vector<jose::signing_key> own, std::vector<gate::service_secrets> secrets) {
    gate::edge_config config;
    config.policy = test_policy();
    config.signing_keys = std::move(own);
    config.secrets = std::move(secrets);
    return gate::edge::make(std::move(config), host()).why();
  };
  const auto& own = keys().edge;
  auto clash = keys().secret;
  clash.kid = own[0].kid;
  CHECK(start_with(own, {{"mac", {keys().secret}}}) == reason::ok);
  CHECK(start_with({}, {{"mac", {keys().secret}}}) == reason::signing_key_missing);
  CHECK(start_with({own[0]}, {{"mac", {keys().secret}}}) == reason::signing_key_missing);
  CHECK(start_with(own, {}) == reason::signing_key_missing);
  CHECK(start_with(own, {{"mac", {}}}) == reason::signing_key_missing);
  CHECK(start_with(own, {{"mac", {keys().secret}}, {"gone", {keys().secret}}}) == reason::config_invalid);
  CHECK(start_with(own, {{"mac", {clash}}}) == reason::config_invalid);
}

TEST_CASE("an edge does not start with a key whose name no signature can carry") {
  // RFC 9651 section 3.3.3: a string is printable ASCII; the profile has no escapes either.
  for (const std::string_view kid : {"", "caf\xC3\xA9", "a\"b", "a\\b", "a\nb", "\x7F"}) {
    CAPTURE(kid);
    gate::edge_config config;
    config.policy = test_policy();
    config.signing_keys = keys().edge;
    config.secrets = {{"mac", {keys().secret}}};
    CHECK(gate::edge::make(config, host()).ok());
    config.signing_keys[1].kid = kid;
    CHECK(gate::edge::make(config, host()).why() == reason::config_invalid);
    config.signing_keys = keys().edge;
    config.secrets[0].keys[0].kid = kid;
    CHECK(gate::edge::make(config, host()).why() == reason::config_invalid);
  }
}

TEST_CASE("too little entropy is refused") {
  world edge;
  gate::edge_request request;
  const bytes few(gate::edge_entropy_bytes - 1);
  CHECK(reason_of(edge.edge->handle(request, start, few)) == reason::internal);
}
