#include <doctest/doctest.h>

#include "tests/shared/cel/support.hpp"

using namespace sallyport;
using namespace sallyport::cel::testing;

namespace {

/// The paths as "identity.claims.repository identity.email", sorted.
std::string accessed(std::string_view source) {
  const auto compiled = cel::compile(source, policy_names());
  if (!compiled.ok()) return compiled.error().detail;
  std::string out;
  for (const auto& path : compiled->accessed()) {
    if (!out.empty()) out += ' ';
    for (std::size_t i = 0; i < path.size(); ++i) out += (i > 0 ? "." : "") + path[i];
  }
  return out;
}

}  // namespace

TEST_CASE("a path is what is selected, tested, indexed or looked for by a constant") {
  CHECK(accessed("identity.email == 'a'") == "identity.email");
  CHECK(accessed("'finance' in identity.groups") == "identity.groups");
  CHECK(accessed("identity.claims.repository == 'acme/x'") == "identity.claims.repository");
  CHECK(accessed("identity.claims['repository'] == 'acme/x'") == "identity.claims.repository");
  CHECK(accessed("has(identity.claims.a.b)") == "identity.claims.a.b");
  CHECK(accessed("'admin' in identity.claims") == "identity.claims.admin");
  CHECK(accessed("identity.?claims.?a.orValue('') == ''") == "identity.claims.a");
  CHECK(accessed("identity.claims[?'a'].orValue('') == ''") == "identity.claims.a");
  CHECK(accessed("request.headers['x-team'] == 'a' && request.method == 'GET'") ==
        "request.headers.x-team request.method");
  CHECK(accessed("true") == "");
}

TEST_CASE("whatever is not plainly a path uses everything below the last plain step") {
  CHECK(accessed("identity.claims[identity.email] == 'a'") == "identity.claims identity.email");
  CHECK(accessed("identity.claims.exists(k, k == 'a')") == "identity.claims");
  CHECK(accessed("size(identity.claims) > 0") == "identity.claims");
  CHECK(accessed("identity.claims.teams.exists(t, t.name == 'a')") == "identity.claims.teams");
  CHECK(accessed("dyn(identity).email == 'a'") == "identity");
  CHECK(accessed("(true ? identity.claims : {}).a == 'x'") == "identity.claims");
  CHECK(accessed("identity.groups[0] == 'a'") == "identity.groups");
  CHECK(accessed("identity.email in identity.claims") == "identity.claims identity.email");
  CHECK(accessed("'a' in identity.claims.list") == "identity.claims.list");
  CHECK(accessed("identity.claims.a.map(x, identity.email) == []") == "identity.claims.a identity.email");
}

TEST_CASE("a name bound to a path is that path where it is used, and only there") {
  CHECK(accessed("cel.bind(c, identity.claims, c.a == 1 && c.b == 2)") == "identity.claims.a identity.claims.b");
  CHECK(accessed("cel.bind(c, identity.claims, c == {})") == "identity.claims");
  CHECK(accessed("cel.bind(c, identity.claims.a, true)") == "");
  CHECK(accessed("cel.bind(c, identity.claims, [1].exists(c, c == 1) && c.a == 1)") == "identity.claims.a");
  CHECK(accessed("identity.claims[?'a'].optMap(v, v.b == 1).orValue(false)") == "identity.claims.a");
}

TEST_CASE("a path that another one covers is left out") {
  CHECK(accessed("identity.claims.a == 1 && size(identity.claims) == 1") == "identity.claims");
  CHECK(accessed("identity.claims.a.b == 1 && identity.claims.a == {} && identity.claims.ab == 1") ==
        "identity.claims.a identity.claims.ab");
}

TEST_CASE("both sides of a decision count, whatever is evaluated") {
  CHECK(accessed("false && identity.email == 'a'") == "identity.email");
  CHECK(accessed("true ? identity.email == 'a' : identity.claims.x == 1") == "identity.claims.x identity.email");
}
