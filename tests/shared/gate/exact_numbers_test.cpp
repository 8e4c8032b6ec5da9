// A claim is the number that the token holds, at both ends: never its neighbour.
#include <doctest/doctest.h>

#include "encoding/base64url.hpp"
#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

/// Alice's token with the member `tenant` as it is written here.
std::string token_with_tenant(std::string_view number) {
  auto payload = encoding::canonical_json(alice());
  payload.insert(1, "\"tenant\":" + std::string(number) + ",");
  auto made = jose::sign_jws(keys().okta, "JWT", as_bytes(payload), host());
  REQUIRE(made.ok());
  return std::move(*made);
}

/// What the edge says, and the agent where the edge forwards.
reason through_both(std::string_view condition, std::string_view tenant) {
  const auto policy = test_policy("identity.claims.dept == 'x1'", condition);
  world edge(policy);
  client_request request;
  request.host = "ed.test";
  request.target = "/";
  request.bearer(token_with_tenant(tenant));
  const auto why = reason_of(edge.through(request));
  if (why != reason::ok) return why;
  agent origin(snapshot_for("ed", policy));
  return origin.receive(edge.wire(request)).why;
}

}  // namespace

TEST_CASE("a tenant's number is never taken for another tenant's") {
  struct row {
    std::string_view condition, tenant;
    reason expected;
  };
  constexpr auto denied = reason::policy_not_allowed;
  const row rows[] = {
      {"identity.claims.tenant == 281674916028284930", "281674916028284930", reason::ok},
      {"identity.claims.tenant == 281674916028284930", "281674916028284928", denied},
      {"identity.claims.tenant == 281674916028284928", "281674916028284930", denied},
      {"identity.claims.tenant == 281674916028284928", "281674916028284930.0", denied},
      {"identity.claims.tenant == 281674916028284930", "281674916028284930.0", reason::ok},
      {"identity.claims.tenant == 281674916028284930", "2.8167491602828493e17", reason::ok},
      {"identity.claims.tenant != 281674916028284930", "281674916028284928", reason::ok},
      {"identity.claims.tenant != 281674916028284930", "281674916028284930", denied},
      {"identity.claims.tenant in [281674916028284930, 1]", "281674916028284928", denied},
      {"identity.claims.tenant in [281674916028284930, 1]", "281674916028284930", reason::ok},
      {"identity.claims.tenant < 281674916028284930", "281674916028284929", reason::ok},
      {"identity.claims.tenant < 281674916028284930", "281674916028284930", denied},
      {"string(identity.claims.tenant) == '281674916028284930'", "281674916028284928", denied},
      {"string(identity.claims.tenant) == '281674916028284930'", "281674916028284930", reason::ok},
      {"{281674916028284930: true}[identity.claims.tenant]", "281674916028284930", reason::ok},
      {"{281674916028284930: true}[identity.claims.tenant]", "281674916028284928", reason::policy_condition_error},
      {"identity.claims.tenant == 9007199254740993", "9007199254740992", denied},
      {"identity.claims.tenant == -9007199254740993", "-9007199254740993", reason::ok},
      {"identity.claims.tenant == 9223372036854775807", "9223372036854775807", reason::ok},
      {"identity.claims.tenant == 18446744073709551615u", "18446744073709551615", reason::ok},
      {"identity.claims.tenant == 18446744073709551615u", "18446744073709551614", denied},
      {"identity.claims.tenant == 1000", "1e3", reason::ok},
      {"identity.claims.tenant == 0", "-0", reason::ok},
      {"true", "18446744073709551616", reason::jwt_claims_invalid},
      {"true", "-9223372036854775809", reason::jwt_claims_invalid},
      {"true", "9007199254740992.5", reason::jwt_claims_invalid},
      {"true", "1e400", reason::jwt_claims_invalid},
  };
  for (const auto& row : rows) {
    CAPTURE(row.condition);
    CAPTURE(row.tenant);
    CHECK(name_of(through_both(row.condition, row.tenant)) == name_of(row.expected));
  }
}
