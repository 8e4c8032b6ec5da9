#include <doctest/doctest.h>

#include "policy/cases/read.hpp"
#include "policy/cases/run.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using namespace sallyport::testing;

namespace {

policy_ptr two_routes() {
  return must_load(document_with_routes(R"([
    {"id": "read", "host": "a.test", "path": "/api/**", "methods": ["GET"], "service": "app",
     "allow": "'finance' in identity.groups", "deny": "request.country == 'KP'"},
    {"id": "open", "host": "a.test", "path": "/health", "service": "app", "anonymous": true, "allow": "true"}])"));
}

/// What the cases of `text` say, a line each.
std::string outcomes(std::string_view text, const compiled_policy& of, coverage* kept = nullptr) {
  const auto read = read_cases(text, of);
  std::string lines;
  for (const auto& each : read.problems) lines += document::describe(each) + "\n";
  coverage reached(of);
  for (const auto& each : read.cases) {
    const auto got = run_case(each, of, reached);
    lines += std::string(is_as_expected(got, each.expected) ? "ok " : "FAIL ") + each.name + " = " +
             std::string(name_of(got.why)) + " " + (got.route == nullptr ? "-" : got.route->id) + "\n";
  }
  if (kept != nullptr) *kept = reached;
  return lines;
}

}  // namespace

TEST_CASE("cases name callers, tables of them, and rows that say members anew") {
  const auto policy = two_routes();
  const auto got = outcomes(R"({
    // Comments are fine.
    "identities": {"alice": {"issuer": "okta", "subject": "alice", "groups": ["finance"]},
                   "bob": {"issuer": "okta", "subject": "bob"}},
    "cases": [
      {"as": "alice", "request": "GET https://a.test/api/x?y=1", "expect": "allow"},
      {"name": "only GET", "as": ["alice", "bob"], "request": "POST https://a.test/api/x", "expect": "route_not_found"},
      {"name": "reading", "request": "https://a.test/api/x", "each": [
        {"as": "bob", "expect": {"decision": "deny", "reason": "policy_not_allowed", "route": "read"}},
        {"name": "strangers", "as": "anonymous", "expect": "credential_missing"},
        {"as": "alice", "request": {"url": "https://a.test/api/x", "country": "KP"}, "expect": "policy_denied"}]},
      {"as": "anonymous", "request": "HEAD https://a.test/health", "expect": {"route": "open"}},
      {"as": "bob", "request": "GET https://a.test/api/../health", "expect": "path_dot_segment"},
      {"as": "bob", "request": "TRACE https://a.test/api", "expect": "framing_method"},
      {"name": "wrong", "as": "bob", "request": "GET https://a.test/api", "expect": "allow"}]})",
                            *policy);
  CHECK(got ==
        "ok alice: GET a.test/api/x?y=1 = ok read\n"
        "ok only GET (alice) = route_not_found -\n"
        "ok only GET (bob) = route_not_found -\n"
        "ok reading (bob) = policy_not_allowed read\n"
        "ok reading: strangers (anonymous) = credential_missing read\n"
        "ok reading (alice) = policy_denied read\n"
        "ok anonymous: HEAD a.test/health = ok open\n"
        "ok bob: GET a.test/api/../health = path_dot_segment -\n"
        "ok bob: TRACE a.test/api = framing_method -\n"
        "FAIL wrong (bob) = policy_not_allowed read\n");
}

TEST_CASE("a token stands for a caller by the rules of its issuer") {
  const auto policy = must_load(
      document_with_route(R"("allow": "identity.email.endsWith('@acme.example') && identity.claims.team == 'red'")"));
  const std::string url = "\"request\": \"GET https://a.example/\"";
  const auto of = [&](const std::string& who, const std::string& expect) {
    return outcomes(
        "{\"cases\": [{\"name\": \"n\", \"as\": " + who + ", " + url + ", \"expect\": \"" + expect + "\"}]}", *policy);
  };
  CHECK(of(R"({"issuer": "okta", "token": {"sub": "s", "email": "s@ACME.example", "team": "red"}})", "allow") ==
        "ok n (s) = ok r\n");
  CHECK(of(R"({"issuer": "okta", "token": {"sub": "s", "email": "none", "team": "red"}})", "identity_email_invalid") ==
        "ok n (a token) = identity_email_invalid -\n");
  CHECK(of(R"({"issuer": "okta", "token": {"email": "s@acme.example"}})", "jwt_subject_missing") ==
        "ok n (a token) = jwt_subject_missing -\n");
  // {"alg":"ES256"} . {"sub":"s"} without iss.
  CHECK(of(R"({"token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzIn0.AAAA"})", "allow").find("no issuer of the policy has") !=
        std::string::npos);
}

TEST_CASE("conditions see the fields, the address and the time of a case") {
  const auto policy = must_load(document_with_route(R"x("anonymous": true,
    "allow": "request.ip == '192.0.2.1' && request.asn == 64500 && request.time == timestamp('2026-03-01T09:30:00Z')")x"));
  CHECK(outcomes(R"({"cases": [{"as": "anonymous", "expect": "allow", "request": {"url": "https://a.example/",
    "ip": "192.0.2.1", "asn": 64500, "time": "2026-03-01T09:30:00Z", "headers": {"x-a": ["1", "2"], "x-b": "3"}}}]})",
                 *policy) == "ok anonymous: GET a.example/ = ok r\n");
}

TEST_CASE("what is wrong with cases is told with its place and what to do") {
  const auto policy = two_routes();
  const auto said = [&](const std::string& text) { return outcomes(text, *policy); };
  const auto one = [&](const std::string& members) { return said("{\"cases\": [{" + members + "}]}"); };
  const auto has = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  const std::string rest = R"("request": "GET https://a.test/", "expect": "deny")";
  has(said("{"), "close what is still open");
  has(said("{}"), "cases");
  has(said(R"({"cases": []})"), "no case");
  has(said(R"({"cases": [], "case": 1})"), "did you mean cases?");
  has(one(rest), "as");
  has(one(R"("as": "alice", )" + rest), "no identity is named alice");
  has(one(R"("as": {"issuer": "octa", "subject": "x"}, )" + rest), "did you mean okta?");
  has(one(R"("as": {"issuer": "okta", "subject": "x", "email": "none"}, )" + rest), "no e-mail address");
  has(one(R"("as": {"token": "opaque"}, )" + rest), "no token that can be read");
  has(one(R"("as": "anonymous", "request": "GET a.test/", "expect": "deny")"), "no http or https URL");
  has(one(R"("as": "anonymous", "request": {"url": "https://a.test", "time": "noon"}, "expect": "deny")"), "RFC 3339");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": "alow")"), "did you mean allow?");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": "policy_not_alowed")"),
      "did you mean policy_not_allowed?");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": {"route": "raed"})"), "did you mean read?");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": {})"), "it expects nothing");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": {"decision": "allow", "reason": "policy_denied"})"),
      "what is allowed has no reason");
  has(one(R"("as": "anonymous", "request": "https://a.test", "expect": "deny", "each": [])"), "no row");
  has(said(R"({"identities": {"anonymous": {"issuer": "okta", "subject": "x"}}, "cases": [{"as": "anonymous", )" +
           rest + "}]}"),
      "the caller without a credential");
}

TEST_CASE("coverage counts routes, and true and false of each condition as far as a decision asks") {
  const auto policy = two_routes();
  coverage reached(*policy);
  CHECK(reached.percent() == 0);
  const std::string head =
      R"({"identities": {"alice": {"issuer": "okta", "subject": "a", "groups": ["finance"]}}, "cases": [)";
  outcomes(head + R"({"as": "alice", "request": "https://a.test/api", "expect": "allow"}]})", *policy, &reached);
  CHECK(reached.reached_routes() == 1);
  CHECK(reached.reached_outcomes() == 2);
  CHECK(reached.percent() == 37);
  // A deny that is true leaves allow unasked; a caller without a credential reaches no condition.
  outcomes(head + R"({"as": "alice", "request": {"url": "https://a.test/api", "country": "KP"}, "expect": "deny"},
                     {"as": "anonymous", "request": "https://a.test/api", "expect": "deny"}]})",
           *policy, &reached);
  CHECK(reached.reached_routes() == 1);
  CHECK(reached.reached_outcomes() == 1);
  const auto failing = must_load(document_with_route(R"("anonymous": true, "allow": "identity.claims.team == 'red'")"));
  coverage of_error(*failing);
  CHECK(outcomes(
            R"({"cases": [{"as": "anonymous", "request": "https://a.example/", "expect": "policy_condition_error"}]})",
            *failing, &of_error) == "ok anonymous: GET a.example/ = policy_condition_error r\n");
  REQUIRE(of_error.conditions().size() == 1);
  CHECK(of_error.conditions()[0].had_error);
  CHECK(of_error.reached_outcomes() == 0);
}

TEST_CASE("the policy that cases are about stands in them") {
  CHECK(read_policy_name(R"({"policy": "../p.jsonc", "cases": 1})").file == "../p.jsonc");
  CHECK(read_policy_name(R"({"cases": []})").file.empty());
  CHECK(read_policy_name(R"({"policy": 1})").problems.size() == 1);
}
