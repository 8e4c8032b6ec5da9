#include "login/fact_set.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "policy/load/load.hpp"

using namespace sallyport;

namespace {

std::string set_of(const std::string& allow, const std::string& issuer_members = "",
                   const std::string& host = "app.example", const std::string& route_host = "app.example") {
  const auto crypto_host = openssl::make_host();
  const std::string document = R"({"name": "p", "edge": {"issuer": "https://edge.example"},
    "issuers": {"okta": {"issuer": "https://okta.example", "audiences": ["api"])" +
                               issuer_members + R"(}},
    "services": {"app": {"origin": "https://app.internal.example", "headers": {}}},
    "routes": [{"id": "a", "host": ")" +
                               route_host + R"(", "path": "/a", "service": "app", "allow": ")" + allow + R"("},
               {"id": "b", "host": "other.example", "path": "/**", "service": "app", "allow": "identity.email == 'x@y.example'"}]})";
  const auto loaded = policy::load_policy(document, *crypto_host);
  for (const auto& each : loaded.problems) MESSAGE(policy::describe(each));
  REQUIRE(loaded.policy != nullptr);
  return login::fact_set(*loaded.policy, host, *crypto_host);
}

}  // namespace

TEST_CASE("a set of facts changes with what routes of the host read, and with what it means") {
  const auto groups = set_of("'finance' in identity.groups");
  CHECK(groups.size() == 11);
  CHECK(set_of("'audit' in identity.groups") == groups);
  CHECK(set_of("identity.email == 'a@b.example'") != groups);
  CHECK(set_of("'finance' in identity.groups && identity.claims.level == 1") != groups);
  CHECK(set_of("'finance' in identity.groups", R"(, "claims": {"groups": "roles"})") != groups);
  CHECK(set_of("'finance' in identity.groups", R"(, "required": {"tenant": "acme"})") != groups);
}

TEST_CASE("what routes of other hosts read is not in the set; a wildcard's are") {
  const auto here = set_of("'finance' in identity.groups");
  CHECK(set_of("'finance' in identity.groups", "", "APP.example:8443") == here);
  CHECK(set_of("'finance' in identity.groups", "", "other.example") != here);
  CHECK(set_of("'finance' in identity.groups", "", "app.example", "*.example") == here);
  CHECK(set_of("'finance' in identity.groups", "", "a.b.wild.example", "*.wild.example") == here);
  CHECK(set_of("'finance' in identity.groups", "", "wild.example", "*.wild.example") != here);
}
