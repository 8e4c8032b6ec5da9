// Decisions: order, errors, default deny, anonymous callers, shadows.
#include "policy/evaluate.hpp"

#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using encoding::json;

namespace {

identity alice() {
  identity who;
  who.issuer = "okta";
  who.subject = "00u1";
  who.kind = identity_kind::user;
  who.email = "alice@acme.example";
  who.email_verified = true;
  who.groups = {"finance", "staff"};
  who.claims = json{{"level", 3}, {"share", 0.5}, {"org", {{"unit", "eu"}}}, {"roles", {"a", "b"}}};
  who.expires = 1'730'003'600;
  return who;
}

constexpr http::field fields[] = {
    {"X-Team", "blue"}, {"x-many", "1"}, {"X-Many", "2"}, {"x-hidden", "h"}, {"x-bytes", "\xff"}};

request_facts request() {
  request_facts facts;
  facts.method = "GET";
  facts.host = "A.example:443";
  facts.path = "/u/42";
  facts.query = "a=1&b=x+y&a=2&c=%C3%A9";
  facts.headers = fields;
  facts.ip = "192.0.2.7";
  facts.country = "DE";
  facts.asn = 64496;
  facts.time = 1'730'000'000'250;
  facts.id = "0123456789abcdef";
  return facts;
}

/// A policy with one route for /u/:id with these members.
policy_ptr policy_with(std::string_view members, std::string_view service_members = "") {
  return testing::must_load(
      R"({"edge":{"issuer":"https://e.example"},"issuers":{"okta":{"issuer":"https://okta.example","audiences":["a"]}},)"
      R"("services":{"app":{"origin":"https://a.example","labels":{"tier":"gold"},)"
      R"("signed_headers":["x-team","x-many","x-absent","x-bytes"])" +
      std::string(service_members) +
      R"(}},"routes":[{"id":"r","host":"a.example","path":"/u/:id","service":"app","labels":{"class":"internal"},)" +
      std::string(members) + "}]}");
}

decision decide_as(const identity& who, const compiled_policy& policy, const request_facts& facts = request()) {
  return decide(policy, match_route(policy, facts.method, facts.host, facts.path), who, facts);
}

reason why(std::string_view members, std::string_view service_members = "") {
  return decide_as(alice(), *policy_with(members, service_members)).why;
}

/// Whether alice's request makes the condition true, false, or an error.
reason allowed_by(std::string_view condition) {
  return why(R"("allow":")" + std::string(condition) + "\"");
}

}  // namespace

TEST_CASE("no route: denied") {
  const auto policy = policy_with(R"("allow":"true")");
  auto facts = request();
  facts.path = "/other";
  const auto made = decide_as(alice(), *policy, facts);
  CHECK(made.why == reason::route_not_found);
  CHECK(made.route == nullptr);
  CHECK_FALSE(made.allowed());
}

TEST_CASE("deny comes before require, require before allow, and nothing but a true allow allows") {
  struct row {
    const char *deny, *require, *allow;
    reason expected;
  };
  // An index that is not there: an evaluation error.
  constexpr auto error = "identity.groups[9] == 'x'";
  const row rows[] = {
      {nullptr, nullptr, nullptr, reason::policy_not_allowed},
      {nullptr, nullptr, "true", reason::ok},
      {nullptr, nullptr, "false", reason::policy_not_allowed},
      {nullptr, nullptr, error, reason::policy_condition_error},
      {"true", nullptr, nullptr, reason::policy_denied},
      {"true", "false", "true", reason::policy_denied},
      {"true", error, error, reason::policy_denied},
      {"false", nullptr, "true", reason::ok},
      {"false", nullptr, nullptr, reason::policy_not_allowed},
      {error, "true", "true", reason::policy_condition_error},
      {error, "false", "false", reason::policy_condition_error},
      {nullptr, "true", "true", reason::ok},
      {nullptr, "false", "true", reason::policy_requirement_failed},
      {nullptr, "false", error, reason::policy_requirement_failed},
      {nullptr, error, "true", reason::policy_condition_error},
      {"false", "true", "false", reason::policy_not_allowed},
  };
  for (const auto& row : rows) {
    std::string members = R"("anonymous":false)";
    if (row.deny != nullptr) members += R"(,"deny":")" + std::string(row.deny) + "\"";
    if (row.allow != nullptr) members += R"(,"allow":")" + std::string(row.allow) + "\"";
    const auto require = row.require == nullptr ? "" : R"(,"require":["true",")" + std::string(row.require) + "\"]";
    CAPTURE(members);
    CAPTURE(require);
    CHECK(name_of(why(members, require)) == name_of(row.expected));
  }
}

TEST_CASE("an error that cannot change the answer is none, as in CEL") {
  CHECK(allowed_by("true || identity.groups[9] == 'x'") == reason::ok);
  CHECK(allowed_by("identity.groups[9] == 'x' || true") == reason::ok);
  CHECK(allowed_by("false && identity.groups[9] == 'x'") == reason::policy_not_allowed);
  CHECK(allowed_by("identity.groups[9] == 'x' && false") == reason::policy_not_allowed);
  CHECK(allowed_by("identity.groups[9] == 'x' || false") == reason::policy_condition_error);
  CHECK(allowed_by("identity.groups[9] == 'x' && true") == reason::policy_condition_error);
  CHECK(why(R"("allow":"true","deny":"false && identity.groups[9] == 'x'")") == reason::ok);
}

TEST_CASE("a refusal says which condition made it and why, an allowance says nothing") {
  CHECK(decide_as(alice(), *policy_with(R"("allow":"true")")).detail.empty());
  const auto failed = decide_as(alice(), *policy_with(R"("allow":"true")", R"(,"require":["true","false"])"));
  CHECK(failed.detail == "require[1]");
  const auto error = decide_as(alice(), *policy_with(R"("allow":"identity.claims.none == 'x'")"));
  CHECK(error.detail.find("allow: ") == 0);
  CHECK(error.detail.size() > 10);
}

TEST_CASE("a condition that is not a boolean at run time is an error") {
  CHECK(allowed_by("identity.claims.level") == reason::policy_condition_error);
  CHECK(allowed_by("identity.claims.level == 3") == reason::ok);
}

TEST_CASE("conditions see the identity") {
  for (const std::string_view condition : {"identity.issuer == 'okta'",
                                           "identity.subject == '00u1'",
                                           "identity.kind == 'user'",
                                           "identity.email == 'alice@acme.example'",
                                           "identity.email.endsWith('@acme.example')",
                                           "identity.email_verified",
                                           "'finance' in identity.groups",
                                           "identity.groups.size() == 2",
                                           "identity.groups.exists(g, g.startsWith('fin'))",
                                           "identity.claims.level == 3",
                                           "identity.claims.level > 2.5",
                                           "identity.claims['share'] == 0.5",
                                           "identity.claims.org.unit == 'eu'",
                                           "'b' in identity.claims.roles",
                                           "'level' in identity.claims",
                                           "identity.claims.size() == 4",
                                           "has(identity.claims.org.unit)",
                                           "!has(identity.claims.none)",
                                           "identity.expires == timestamp('2024-10-27T04:33:20Z')",
                                           "identity.expires - request.time < duration('1h')"}) {
    CAPTURE(condition);
    CHECK(name_of(allowed_by(condition)) == "ok");
  }
}

TEST_CASE("conditions see the request") {
  for (const std::string_view condition : {"request.method == 'GET'",
                                           "request.host == 'a.example'",
                                           "request.path == '/u/42'",
                                           "request.params.id == '42'",
                                           "request.params == {'id': '42'}",
                                           "request.query['a'] == ['1', '2']",
                                           "request.query.b[0] == 'x y'",
                                           "request.query['c'][0] == 'é'",
                                           "!('d' in request.query)",
                                           "request.query.size() == 3",
                                           "request.headers['x-team'] == 'blue'",
                                           "request.headers['x-many'] == '1, 2'",
                                           "!('x-absent' in request.headers)",
                                           "request.ip == '192.0.2.7'",
                                           "cidr('192.0.2.0/24').containsIP(ip(request.ip))",
                                           "request.country == 'DE'",
                                           "request.asn == 64496",
                                           "request.id == '0123456789abcdef'",
                                           "request.time == timestamp('2024-10-27T03:33:20.250Z')",
                                           "request.time.getMilliseconds() == 250",
                                           "route.id == 'r'",
                                           "route.labels['class'] == 'internal'",
                                           "service.name == 'app'",
                                           "service.labels.tier == 'gold'",
                                           "service.labels.exists(k, k == 'tier')"}) {
    CAPTURE(condition);
    CHECK(name_of(allowed_by(condition)) == "ok");
  }
}

TEST_CASE("headers that are not signed are not there, even when they are iterated") {
  CHECK(allowed_by("request.headers.exists(h, h == 'x-hidden')") == reason::policy_not_allowed);
  CHECK(allowed_by("request.headers.exists(h, h == 'x-team')") == reason::ok);
}

TEST_CASE("a header that is not signed cannot be read by a computed name either") {
  auto facts = request();
  facts.query = "name=x-hidden";
  CHECK(decide_as(alice(), *policy_with(R"("allow":"request.headers[request.query['name'][0]] == 'h'")"), facts).why ==
        reason::policy_condition_error);
  facts.query = "name=x-team";
  CHECK(
      decide_as(alice(), *policy_with(R"("allow":"request.headers[request.query['name'][0]] == 'blue'")"), facts).why ==
      reason::ok);
}

TEST_CASE("what is not UTF-8 is an error, not an empty value") {
  CHECK(allowed_by("request.headers['x-bytes'] != 'x'") == reason::policy_condition_error);
  auto facts = request();
  facts.query = "a=%FF";
  CHECK(decide_as(alice(), *policy_with(R"("allow":"request.query['a'][0] != 'x'")"), facts).why ==
        reason::policy_condition_error);
}

TEST_CASE("has(identity.email) tells absent from empty, and an absent member is an error to read") {
  auto who = alice();
  who.email.reset();
  who.email_verified.reset();
  who.expires.reset();
  for (const std::string_view member : {"email", "email_verified", "expires"}) {
    const auto has = policy_with(R"~("allow":"has(identity.)~" + std::string(member) + ")\"");
    CHECK(decide_as(who, *has).why == reason::policy_not_allowed);
    CHECK(decide_as(alice(), *has).why == reason::ok);
  }
  CHECK(decide_as(who, *policy_with(R"("allow":"identity.email == ''")")).why == reason::policy_condition_error);
  who.email = "";
  CHECK(decide_as(who, *policy_with(R"("allow":"has(identity.email) && identity.email == ''")")).why == reason::ok);
}

TEST_CASE("what the edge does not know about a client is XX, 0 and empty, never an error") {
  request_facts facts = request();
  facts.country = facts.ip = {};
  facts.asn = 0;
  CHECK(decide_as(alice(), *policy_with(R"("allow":"request.country == 'XX' && request.asn == 0 && request.ip == ''")"),
                  facts)
            .why == reason::ok);
  CHECK(decide_as(alice(), *policy_with(R"("allow":"true","deny":"request.country in ['KP']")"), facts).why ==
        reason::ok);
}

TEST_CASE("an anonymous caller reaches the conditions of anonymous routes only") {
  const identity anonymous;
  CHECK(decide_as(anonymous, *policy_with(R"("allow":"true")")).why == reason::credential_missing);
  CHECK(decide_as(anonymous, *policy_with(R"("allow":"true","anonymous":true)")).why == reason::ok);
  CHECK(decide_as(anonymous, *policy_with(R"("allow":"identity.kind == 'anonymous'","anonymous":true)")).why ==
        reason::ok);
  CHECK(decide_as(anonymous, *policy_with(R"("allow":"identity.kind == 'user'","anonymous":true)")).why ==
        reason::policy_not_allowed);
  CHECK(decide_as(anonymous, *policy_with(R"("allow":"identity.email != ''","anonymous":true)")).why ==
        reason::policy_condition_error);
  CHECK(decide_as(alice(), *policy_with(R"("allow":"identity.kind == 'user'","anonymous":true)")).why == reason::ok);
}

TEST_CASE("the shadow never decides and is recorded when it would have decided otherwise") {
  const auto run = [](std::string_view members) { return decide_as(alice(), *policy_with(members)); };
  const auto stricter = run(R"("allow":"true","shadow":{"allow":"false"})");
  CHECK(stricter.why == reason::ok);
  CHECK(stricter.shadow == reason::policy_not_allowed);
  const auto denier = run(R"("allow":"true","shadow":{"deny":"true"})");
  CHECK(denier.why == reason::ok);
  CHECK(denier.shadow == reason::policy_denied);
  const auto looser = run(R"("allow":"false","shadow":{"allow":"true"})");
  CHECK(looser.why == reason::policy_not_allowed);
  CHECK(looser.shadow == reason::ok);
  const auto error = run(R"("allow":"true","shadow":{"allow":"identity.claims.none"})");
  CHECK(error.why == reason::ok);
  CHECK(error.shadow == reason::policy_condition_error);
  CHECK_FALSE(run(R"("allow":"true","shadow":{"allow":"identity.kind == 'user'"})").shadow.has_value());
  CHECK_FALSE(run(R"("allow":"false","deny":"true","shadow":{"deny":"false"})").shadow.has_value());
}

TEST_CASE("a member that the shadow does not have is the real one") {
  const auto made = decide_as(alice(), *policy_with(R"("allow":"true","deny":"true","shadow":{"allow":"true"})"));
  CHECK(made.why == reason::policy_denied);
  CHECK_FALSE(made.shadow.has_value());
  const auto other = decide_as(alice(), *policy_with(R"("allow":"true","deny":"true","shadow":{"deny":"false"})"));
  CHECK(other.shadow == reason::ok);
}

TEST_CASE("a step budget that is used up denies") {
  const auto policy = policy_with(R"~("allow":"identity.groups.all(g, g != 'x')")~");
  const auto facts = request();
  const auto match = match_route(*policy, facts.method, facts.host, facts.path);
  CHECK(decide(*policy, match, alice(), facts).why == reason::ok);
  CHECK(decide(*policy, match, alice(), facts, budgets{3}).why == reason::policy_condition_error);
}

TEST_CASE("a time that CEL cannot hold is an error") {
  auto who = alice();
  who.expires = 253402300800;
  CHECK(decide_as(who, *policy_with(R"("allow":"identity.expires > request.time")")).why ==
        reason::policy_condition_error);
}

TEST_CASE("routes to jobs are decided like any other, without a service") {
  const auto policy = testing::must_load(testing::document_with_routes(
      R"([{"id":"r","host":"a.example","path":"/u/:id","job":"export","allow":"route.id == 'r'"}])"));
  CHECK(decide_as(alice(), *policy).why == reason::ok);
}

TEST_CASE("parameters are read as they stand, and decoded") {
  const auto decides = [](std::string_view path, std::string_view condition) {
    const auto policy = testing::must_load(testing::document_with_routes(
        R"([{"id":"r","host":"a.example","path":{"pattern":"/t/:team/x","allow":["%2F"]},"service":"app","anonymous":true,"allow":")" +
        std::string(condition) + "\"}]"));
    request_facts facts;
    facts.method = "GET";
    facts.host = "a.example";
    facts.path = path;
    return decide(*policy, match_route(*policy, facts.method, facts.host, facts.path), identity(), facts).why;
  };
  CHECK(decides("/t/Data%20Team/x", "request.params.team == 'Data%20Team'") == reason::ok);
  CHECK(decides("/t/Data%20Team/x", "request.params_decoded.team == 'Data Team'") == reason::ok);
  CHECK(decides("/t/Data%20Team/x", "request.params_decoded == {'team': 'Data Team'}") == reason::ok);
  CHECK(decides("/t/a%2Fb/x", "request.params.team == 'a%2Fb' && request.params_decoded.team == 'a/b'") == reason::ok);
  CHECK(decides("/t/caf%C3%A9%2525+/x", "request.params_decoded.team == 'caf\u00e9%25+'") == reason::ok);
  CHECK(decides("/t/plain/x", "has(request.params_decoded.team) && request.params_decoded.team == 'plain'") ==
        reason::ok);
  CHECK(decides("/t/%E9/x", "request.params_decoded.team == 'x'") == reason::policy_condition_error);
  CHECK(decides("/t/%E9/x", "request.params.team == '%E9'") == reason::ok);
  CHECK(decides("/t/%E9/x", "request.params_decoded.size() == 1") == reason::ok);
}
