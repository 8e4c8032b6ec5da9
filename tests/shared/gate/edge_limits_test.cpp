// What the edge makes, an origin can take.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("what an origin would not take is refused at the edge") {
  world edge(test_policy("identity.claims.dept == 'x1'", "size(identity.claims) > 0"));
  // Five bytes each in the token, 22 in the canonical JSON of an assertion.
  const auto send = [&](std::size_t numbers, std::size_t field_bytes) {
    std::string payload = encoding::canonical_json(alice());
    payload.replace(payload.size() - 1, 1, ",\"n\":[0");
    for (std::size_t i = 0; i < numbers; ++i) payload += ",1e20";
    const auto made = jose::sign_jws(keys().okta, "JWT", as_bytes(payload += "]}"), host());
    REQUIRE(made.ok());
    auto request = client_request().bearer(*made);
    request.host = "ed.test";
    request.fields.emplace_back("x-long", std::string(field_bytes, 'x'));
    return reason_of(edge.through(request));
  };
  CHECK(send(700, 10) == reason::ok);
  CHECK(send(1000, 10) == reason::jws_too_large);
  CHECK(send(700, 45'000) == reason::framing_head_too_large);
}

TEST_CASE("an assertion that the edge makes is one that the origin reads, however deep its claims") {
  json deep = 1;
  for (int level = 0; level < 30; ++level) deep = json{{"d", std::move(deep)}};
  json claims = alice();
  claims["d"] = std::move(deep);
  world edge(test_policy("identity.claims.dept == 'x1'", "has(identity.claims.d)"));
  auto request = client_request().bearer(token(claims, keys().okta));
  request.host = "ed.test";
  const auto message = edge.wire(request);
  CHECK(agent(snapshot_for("ed", edge.policy)).receive(message).why == reason::ok);
}
