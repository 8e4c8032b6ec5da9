// Explanations: why routes lost, what the parts of conditions came to, and which part decided.
#include "policy/cases/explain.hpp"

#include <doctest/doctest.h>

#include "policy/cases/read.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using namespace sallyport::testing;

namespace {

policy_case asked(std::string_view who, std::string_view request, const compiled_policy& of) {
  const auto read =
      read_question("{\"as\": " + std::string(who) + ", \"request\": " + std::string(request) + "}", {}, of);
  REQUIRE(read.problems.empty());
  REQUIRE(read.question);
  return *read.question;
}

constexpr std::string_view alice = R"({"issuer": "okta", "subject": "alice", "groups": ["staff", "sre"]})";

std::string routes_for(std::string_view request, const compiled_policy& of) {
  std::string lines;
  for (const auto& each : explain(asked("\"anonymous\"", request, of), of).candidates)
    lines += each.route->id + ": " + each.lost + "\n";
  return lines;
}

/// What decided the only condition, or the last one that was asked.
std::string decider(std::string_view condition, std::string_view member = "allow") {
  const bool denies = member == "deny";
  const auto of = must_load(document_with_route("\"" + std::string(member) + "\": \"" + std::string(condition) + "\"" +
                                                (denies ? ", \"allow\": \"true\"" : "")));
  const auto why = explain(asked(alice, "\"https://a.example/\"", *of), *of);
  REQUIRE(!why.conditions.empty());
  const auto& one = why.conditions.front();
  return one.decided_by ? one.parts[*one.decided_by].text : "";
}

}  // namespace

TEST_CASE("each route that a request might take is named with why it lost") {
  const auto of = must_load(document_with_routes(R"([
    {"id": "any", "host": "a.test", "path": "/**", "service": "app", "allow": "true"},
    {"id": "read", "host": "a.test", "path": "/api/**", "methods": ["GET"], "service": "app", "allow": "true"},
    {"id": "one", "host": "a.test", "path": "/api/:id", "service": "app", "allow": "true"},
    {"id": "wide", "host": "*.test", "path": "/api/x", "service": "app", "allow": "true"},
    {"id": "named", "host": "a.test", "path": "/api/:name", "methods": ["POST"], "service": "app", "allow": "true"},
    {"id": "else", "host": "b.test", "path": "/api/x", "service": "app", "allow": "true"}])"));
  CHECK(routes_for("\"https://a.test/api/x\"", *of) ==
        "one: \n"
        "any: route one is more specific: its path /api/:id says more than /**\n"
        "read: route one is more specific: its path /api/:id says more than /api/**\n"
        "wide: route one is more specific: its host stands without a wildcard\n"
        "named: it takes POST, not GET\n");
  CHECK(routes_for("\"POST https://a.test/api/x\"", *of).find("one: route named is more specific: it names POST\n") !=
        std::string::npos);
}

TEST_CASE("where no route is taken, those that fit host or path are named") {
  const auto of = must_load(document_with_routes(R"([
    {"id": "read", "host": "a.test", "path": "/api/**", "methods": ["GET"], "service": "app", "allow": "true"},
    {"id": "b", "host": "b.test", "path": "/x", "service": "app", "allow": "true"}])"));
  CHECK(routes_for("\"POST https://a.test/api\"", *of) == "read: it takes GET, not POST\n");
  CHECK(routes_for("\"https://a.test/x\"", *of) == "read: its path is /api/**\nb: its host is b.test\n");
  CHECK(routes_for("\"https://c.test/y\"", *of).empty());
}

TEST_CASE("a path that servers read as that of another route names both") {
  const auto of = must_load(document_with_routes(R"([
    {"id": "admin", "host": "a.test", "path": "/admin", "service": "app", "allow": "false"},
    {"id": "rest", "host": "a.test", "path": "/**", "service": "app", "allow": "true"}])"));
  const auto why = explain(asked(alice, "\"https://a.test/Admin\"", *of), *of);
  CHECK(why.outcome.why == reason::path_ambiguous);
  REQUIRE(why.candidates.size() == 2);
  CHECK(why.candidates[0].lost == "some servers read the path as one of this route: it is refused, whoever calls");
  CHECK(why.candidates[1].lost == "the path matches by its bytes, but some servers read it as one of route admin");
}

TEST_CASE("the part that decides is the first of its outcome that has none of that outcome in it") {
  CHECK(decider("identity.issuer == 'okta' && 'hr' in identity.groups && false") == "'hr' in identity.groups");
  CHECK(decider("identity.issuer != 'okta' || 'hr' in identity.groups") == "identity.issuer != 'okta'");
  CHECK(decider("identity.issuer != 'okta' || 'sre' in identity.groups") == "'sre' in identity.groups");
  CHECK(decider("!('sre' in identity.groups)") == "'sre' in identity.groups");
  CHECK(decider("'sre' in identity.groups ? 'hr' in identity.groups : true") == "'hr' in identity.groups");
  CHECK(decider("cel.bind(g, identity.groups, 'hr' in g)") == "'hr' in g");
  CHECK(decider("identity.groups.exists(g, g == 'hr')") == "identity.groups.exists(g, g == 'hr')");
  CHECK(decider("true && identity.claims.team == 'red'") == "identity.claims.team");
  CHECK(decider("'sre' in identity.groups && request.method == 'GET'", "deny") ==
        "('sre' in identity.groups) && (request.method == 'GET')");
  CHECK(decider("false") == "false");
}

TEST_CASE("parts have their place, their depth and their values, and those that were not asked have none") {
  const auto of = must_load(document_with_route(
      R"("allow": "identity.groups.exists(g, g == 'x') || request.method == 'GET' || request.asn == 1")"));
  const auto why = explain(asked(alice, "\"https://a.example/\"", *of), *of);
  REQUIRE(why.conditions.size() == 1);
  const auto& one = why.conditions[0];
  CHECK(one.name == "allow");
  CHECK(one.answer == true);
  std::string lines;
  for (const auto& each : one.parts) {
    lines += std::to_string(each.at.column) + " " + std::string(each.depth, '>') + each.text + ":";
    for (const auto& value : each.values) lines += " " + value.text + "*" + std::to_string(value.times);
    lines += "\n";
  }
  CHECK(lines ==
        "1 identity.groups.exists(g, g == 'x') || (request.method == 'GET') || (request.asn == 1): true*1\n"
        "1 >identity.groups.exists(g, g == 'x'): false*1\n"
        "1 >>identity.groups: ['staff', 'sre']*1\n"
        "27 >>g == 'x': false*2\n"
        "40 >request.method == 'GET': true*1\n"
        "40 >>request.method: 'GET'*1\n"
        "67 >request.asn == 1:\n"
        "67 >>request.asn:\n");
}

TEST_CASE("conditions are explained in the order of the decision, and a shadow apart from it") {
  const auto of = must_load(document_with_route(
      R"("deny": "request.country == 'KP'", "allow": "true", "shadow": {"allow": "'hr' in identity.groups"})"));
  const auto what = asked(alice, "\"https://a.example/\"", *of);
  const auto why = explain(what, *of);
  CHECK(why.outcome.allowed());
  REQUIRE(why.conditions.size() == 2);
  CHECK(why.conditions[0].name == "deny");
  CHECK(why.conditions[1].name == "allow");
  REQUIRE(why.shadow.size() == 2);
  CHECK(why.shadow[1].answer == false);
  CHECK(why.outcome.shadow == reason::policy_not_allowed);
  const auto told = as_json(why, what);
  CHECK(told["decision"] == "allow");
  CHECK(told["shadow"]["differs"] == true);
  CHECK(told["conditions"][0]["decided_by"] == 0);
}

TEST_CASE("what is explained is what is decided, and a token is never in it") {
  const auto of = must_load(document_with_route(R"("allow": "identity.claims.level > 2")"));
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwibGV2ZWwiOjN9.c2ln";
  const auto what = asked("{\"issuer\": \"okta\", \"token\": \"" + token + "\"}", "\"https://a.example/\"", *of);
  const auto why = explain(what, *of);
  coverage unused(*of);
  CHECK(why.outcome.why == run_case(what, *of, unused).why);
  CHECK(as_json(why, what).dump().find(token.substr(0, 12)) == std::string::npos);
}

TEST_CASE("a question is read as a case is, and its mistakes have their place") {
  const auto of = must_load(document_with_route(R"("allow": "true")"));
  const auto read = read_question(R"({"as": {"issuer": "octa", "subject": "x"}, "request": "a"})", {}, *of);
  REQUIRE(read.problems.size() == 2);
  CHECK(read.problems[0].path == "$.as.issuer");
  CHECK(read.problems[1].path == "$.request");
}
