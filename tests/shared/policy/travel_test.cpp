// What a route uses is found when loading; only that travels; and conditions say the same at both ends.
#include "policy/travel.hpp"

#include <doctest/doctest.h>

#include "policy/evaluate.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using encoding::json;

namespace {

/// The use of a route with this condition, to a service with no header map and no more than these members.
used_facts used_by(std::string_view condition, std::string_view service_members = R"(,"headers":{})") {
  const auto policy = testing::must_load(
      R"({"edge":{"issuer":"https://e.example"},"issuers":{"okta":{"issuer":"https://okta.example","audiences":["a"]}},)"
      R"("services":{"app":{"origin":"https://a.example","signed_headers":["x-team","x-b"])" +
      std::string(service_members) +
      R"(}},"routes":[{"id":"r","host":"a.example","path":"/","service":"app","allow":")" + std::string(condition) +
      R"("}]})");
  return policy->routes[0].used;
}

std::string text(const used_facts& used) {
  std::string all;
  if (used.email) all += "email ";
  if (used.email_verified) all += "email_verified ";
  if (used.groups) all += "groups ";
  if (used.expires) all += "expires ";
  if (used.all_claims) all += "claims ";
  for (const auto& path : used.claims) {
    for (const auto& name : path) all += "." + name;
    all += " ";
  }
  if (used.all_headers) all += "headers ";
  for (const auto& name : used.headers) all += "[" + name + "] ";
  return all;
}

json claims() {
  return json{{"repository", "acme/reports"},
              {"org", {{"unit", "eu"}, {"secret", 1}}},
              {"list", {1, 2}},
              {"n", 1.0},
              {"big", 9007199254740992.0},
              {"tenant", 281674916028284928},
              {"most", std::uint64_t{18446744073709551615U}},
              {"half", 0.5},
              {"roles", {"a", "b"}},
              {"other", "o"}};
}

identity alice() {
  identity who;
  who.issuer = "okta";
  who.subject = "00u1";
  who.kind = identity_kind::user;
  who.email = "alice@acme.example";
  who.email_verified = false;
  who.groups = {"finance"};
  who.claims = claims();
  who.expires = 1'730'003'600;
  return who;
}

/// Through an assertion and its bytes, as the origin sees it.
identity arrived(const identity& who, const used_facts& used) {
  json assertion = json::object();
  write_identity(who, used, assertion);
  const auto wire = encoding::parse_json(encoding::canonical_json(assertion));
  REQUIRE(wire.ok());
  auto read = read_identity(*wire);
  REQUIRE(read.ok());
  return *read;
}

}  // namespace

TEST_CASE("the loader finds what a condition reads") {
  struct row {
    std::string_view condition, used;
  };
  const row rows[] = {
      {"true", ""},
      {"identity.subject == 'a' && identity.issuer == 'okta' && identity.kind == 'user'", ""},
      {"'a' in identity.groups", "groups "},
      {"identity.email.endsWith('@a')", "email "},
      {"has(identity.email)", "email "},
      {"has(identity.email_verified) && identity.expires > request.time", "email_verified expires "},
      {"identity.claims.repository == 'a'", ".repository "},
      {"identity.claims['repository'] == 'a'", ".repository "},
      {"has(identity.claims.repository)", ".repository "},
      {"identity.claims.org.unit == 'a' && identity.claims.org.team == 'b'", ".org.team .org.unit "},
      {"identity.claims.org.unit == 'a' && has(identity.claims.org)", ".org "},
      {"identity.claims.list[0] == 1", ".list "},
      {"identity.claims.list.exists(x, x == 1)", ".list "},
      {"identity.claims[request.method] == 'a'", "claims "},
      {"'repository' in identity.claims", ".repository "},
      {"'b' in identity.claims.roles", ".roles "},
      {"identity.claims.exists(c, c == 'x')", "claims "},
      {"identity.claims.repository == 'a' && identity.claims.size() > 1", "claims "},
      {"identity == identity", "email email_verified groups expires claims "},
      {"request.path == '/' && request.query['a'][0] == 'x' && request.time.getHours() == 1", ""},
      {"request.headers['x-team'] == 'a'", "[x-team] "},
      {"request.headers.exists(h, h == 'a')", "headers "},
      {"true || 'a' in identity.groups", "groups "},
  };
  for (const auto& row : rows) {
    CAPTURE(row.condition);
    CHECK(text(used_by(row.condition)) == row.used);
  }
}

TEST_CASE("the header map, require, deny and shadow of a route count too") {
  CHECK(text(used_by("true", "")) == "email groups ");  // the default header map
  CHECK(text(used_by("true", R"(,"headers":{"X-Repo":"identity.claims.repository"})")) == ".repository ");
  CHECK(text(used_by("true", R"(,"headers":{},"require":["identity.email_verified"])")) == "email_verified ");
  const auto policy = testing::must_load(testing::document_with_routes(
      R"([{"id":"r","host":"a.example","path":"/","job":"export","allow":"true","deny":"identity.claims.a == 1",)"
      R"("shadow":{"allow":"identity.claims.b == 1","deny":"'x' in identity.groups"}}])"));
  CHECK(text(policy->routes[0].used) == "groups .a .b ");
}

TEST_CASE("only what is used goes into the assertion") {
  const auto written = [](std::string_view condition) {
    json assertion = json::object();
    write_identity(alice(), used_by(condition), assertion);
    return encoding::canonical_json(assertion);
  };
  CHECK(written("true") == R"({"idp":"okta","kind":"user","sub":"00u1"})");
  CHECK(written("'a' in identity.groups || identity.email == ''") ==
        R"({"email":"alice@acme.example","groups":["finance"],"idp":"okta","kind":"user","sub":"00u1"})");
  CHECK(written("identity.email_verified && identity.expires > request.time") ==
        R"({"email_verified":false,"idp":"okta","idp_exp":1730003600,"kind":"user","sub":"00u1"})");
  CHECK(written("identity.claims.org.unit == 'eu' && identity.claims.list[0] == 1") ==
        R"({"claims":{"list":[1,2],"org":{"unit":"eu"}},"idp":"okta","kind":"user","sub":"00u1"})");
  CHECK(written("identity.claims.repository.deep == 'x' || identity.claims.none == 1") ==
        R"({"idp":"okta","kind":"user","sub":"00u1"})");
  CHECK(written("identity.claims.org.none == 'x'") ==
        R"({"claims":{"org":{}},"idp":"okta","kind":"user","sub":"00u1"})");
}

TEST_CASE("a condition says the same about the identity that arrived as about the one that left") {
  for (const std::string_view condition : {"identity.claims.repository == 'acme/reports'",
                                           "identity.claims.org.unit == 'eu'",
                                           "has(identity.claims.org.none)",
                                           "has(identity.claims.org.unit)",
                                           "has(identity.claims.none)",
                                           "has(identity.claims.repository.x)",
                                           "has(identity.claims.none.x)",
                                           "identity.claims.org.none == 1",
                                           "identity.claims.repository.x == 1",
                                           "identity.claims.n / 2 == 0",
                                           "'b' in identity.claims.roles",
                                           "'unit' in identity.claims.org",
                                           "'repository' in identity.claims",
                                           "'none' in identity.claims",
                                           "identity.?claims.repository.orValue('x') == 'x'",
                                           "identity.claims[?'none'].orValue('x') == 'x'",
                                           "cel.bind(c, identity.claims.org, c.unit == 'eu')",
                                           "identity.claims.org.exists(k, v, v == 'eu')",
                                           "identity.claims.map(k, k).size() == 10",
                                           "[identity.claims.org][0].unit == 'eu'",
                                           "(true ? identity.claims : identity.claims).org.unit == 'eu'",
                                           "size(identity.groups) == 1",
                                           "identity.claims.org == {'unit': 'eu', 'secret': 1}",
                                           "identity.claims.big == 9007199254740993",
                                           "identity.claims.tenant == 281674916028284928",
                                           "identity.claims.tenant == 281674916028284930",
                                           "identity.claims.most == 18446744073709551615u",
                                           "identity.claims.half == 0.5",
                                           "identity.claims.n == 1",
                                           "type(identity.claims.n) == int",
                                           "identity.claims.list[1] == 2",
                                           "identity.claims.list[2] == 2",
                                           "identity.claims.list.x == 2",
                                           "identity.claims.size() == 10",
                                           "identity.claims == {'a': 1}",
                                           "'finance' in identity.groups",
                                           "identity.groups == ['finance']",
                                           "identity.email_verified",
                                           "!identity.email_verified",
                                           "identity.expires > request.time",
                                           "has(identity.expires)",
                                           "has(identity.email)",
                                           "identity.kind == 'user'",
                                           "identity.claims[request.method] == 1",
                                           "identity.claims.exists(c, c == 'n')"}) {
    CAPTURE(condition);
    const auto policy = testing::must_load(
        R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","headers":{}}},)"
        R"("routes":[{"id":"r","host":"a.example","path":"/","service":"app","allow":")" +
        std::string(condition) + R"("}]})");
    request_facts facts;
    facts.method = "GET";
    const auto match = match_route(*policy, "GET", "a.example", "/");
    const auto left = decide(*policy, match, alice(), facts);
    const auto right = decide(*policy, match, arrived(alice(), match.route->used), facts);
    CHECK(name_of(left.why) == name_of(right.why));
  }
}

TEST_CASE("an anonymous caller arrives as one") {
  const auto who = arrived(identity(), used_by("identity == identity"));
  CHECK(who.kind == identity_kind::anonymous);
  CHECK(who.subject.empty());
  CHECK(who.issuer.empty());
  CHECK_FALSE(who.email.has_value());
}

TEST_CASE("an assertion that is not what the edge writes is refused") {
  const auto read = [](std::string_view text) { return read_identity(*encoding::parse_json(text)).why(); };
  CHECK(read(R"({"sub":"a","idp":"b","kind":"user"})") == reason::ok);
  for (const std::string_view bad :
       {"[]", R"({"idp":"b","kind":"user"})", R"({"sub":"a","kind":"user"})", R"({"sub":"a","idp":"b"})",
        R"({"sub":1,"idp":"b","kind":"user"})", R"({"sub":"a","idp":"b","kind":"root"})",
        R"({"sub":"a","idp":"b","kind":"user","email":1})",
        R"({"sub":"a","idp":"b","kind":"user","email_verified":"true"})",
        R"({"sub":"a","idp":"b","kind":"user","groups":"a"})", R"({"sub":"a","idp":"b","kind":"user","groups":[1]})",
        R"({"sub":"a","idp":"b","kind":"user","claims":[]})", R"({"sub":"a","idp":"b","kind":"user","idp_exp":"1"})",
        R"({"sub":"a","idp":"b","kind":"user","idp_exp":1.5})"}) {
    CAPTURE(bad);
    CHECK(read(bad) == reason::assertion_invalid);
  }
}
