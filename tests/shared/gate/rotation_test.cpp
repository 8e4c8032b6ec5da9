// An issuer changes its keys: which tokens make the edge ask for the set again, and how often.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

constexpr unix_milliseconds second = 1000;

std::string set_without_kid(const jose::signing_key& key) {
  auto entry = key.public_entry;
  entry.erase("kid");
  return encoding::canonical_json(json{{"keys", json::array({entry})}});
}

client_request with(const std::string& bearer) {
  return client_request().bearer(bearer);
}

/// An edge that has verified a token of the old key.
struct rotated {
  jose::signing_key fresh = make_key("RS256", "okta-2");
  world edge;
  std::size_t fetches_before = 0;

  explicit rotated(std::string first_set) {
    edge.okta_set = std::move(first_set);
    REQUIRE(reason_of(edge.through(with(alice_token()))) == reason::ok);
    fetches_before = edge.fetches;
  }
};

}  // namespace

TEST_CASE("a token of a new kid is accepted once the refetch interval is over, at the cost of one fetch") {
  rotated now(public_set({keys().okta}));
  now.edge.okta_set = public_set({keys().okta, now.fresh});
  const auto new_token = token(alice(), now.fresh);
  CHECK(reason_of(now.edge.through(with(new_token), start + 60 * second)) == reason::ok);
  CHECK(now.edge.fetches == now.fetches_before + 1);
  CHECK(reason_of(now.edge.through(with(alice_token()), start + 61 * second)) == reason::ok);
}

TEST_CASE("where keys have no kid, a signature that does not verify asks for the set again") {
  rotated now(set_without_kid(keys().okta));
  now.edge.okta_set = set_without_kid(now.fresh);
  CHECK(reason_of(now.edge.through(with(token(alice(), now.fresh)), start + 60 * second)) == reason::ok);
  CHECK(now.edge.fetches == now.fetches_before + 1);
}

TEST_CASE("forged signatures cause one fetch in the refetch interval, and none where their key is known by its kid") {
  rotated named(public_set({keys().okta}));
  const auto forged = [](unsigned which) {
    auto claims = alice();
    claims["sub"] = "mallory" + std::to_string(which);
    auto text = token(claims, keys().okta);
    text[text.size() - 10] = text[text.size() - 10] == 'A' ? 'B' : 'A';
    return text;
  };
  for (unsigned i = 0; i < 5; ++i) {
    CHECK(reason_of(named.edge.through(with(forged(i)), start + (60 + i) * second)) == reason::jws_signature_invalid);
  }
  CHECK(named.edge.fetches == named.fetches_before);

  rotated nameless(set_without_kid(keys().okta));
  for (unsigned i = 0; i < 5; ++i) {
    CHECK(reason_of(nameless.edge.through(with(forged(i)), start + (60 + i) * second)) ==
          reason::jws_signature_invalid);
  }
  CHECK(nameless.edge.fetches == nameless.fetches_before + 1);
}
