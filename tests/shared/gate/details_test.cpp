// What operators are told of a refusal beyond its reason: which side had what. Callers are told none of it.
#include <doctest/doctest.h>

#include <functional>

#include "gate/protocol/problem.hpp"
#include "tests/shared/gate/forge.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

json with(json claims, const char* name, json value) {
  claims[name] = std::move(value);
  return claims;
}
json without(json claims, const char* name) {
  claims.erase(name);
  return claims;
}

}  // namespace

TEST_CASE("a refused token is told apart by issuer, kid and what was wanted, and by nothing else of it") {
  static const auto stranger = make_key("ES256", "okta-1");
  world edge;
  const auto detail = [&](const std::string& compact) {
    const auto outcome = edge.through(client_request().bearer(compact));
    const auto* no = std::get_if<gate::refuse>(&outcome.what);
    REQUIRE(no != nullptr);
    // Neither the token nor a part of it, and nobody but operators reads this.
    for (std::size_t at = 0; at + 24 < compact.size(); at += 8) {
      CHECK(outcome.audit.find(compact.substr(at, 24)) == std::string::npos);
    }
    CHECK(gate::problem_body(no->why, no->request_id, no->detail).find("okta") == std::string::npos);
    CHECK(no->detail.size() < 1000);
    return no->detail;
  };
  const auto of = [&](const json& claims) { return detail(token(claims, keys().okta)); };
  CHECK(of(with(alice(), "aud", "other")) ==
        R"(issuer okta, kid "okta-1", sub "alice": the token has aud "other"; wanted "api")");
  CHECK(of(with(alice(), "aud", json::array({"a", "b", "c", "d", "e"}))) ==
        R"(issuer okta, kid "okta-1", sub "alice": the token has aud "a", "b", "c" and 2 more; wanted "api")");
  CHECK(of(without(alice(), "aud")) == R"(issuer okta, kid "okta-1", sub "alice": the token has no aud; wanted "api")");
  CHECK(of(with(alice(), "aud", "\x1b[2J\n" + std::string(9000, 'x'))).find(R"("?[2J?xxx)") != std::string::npos);
  // Whose it is, a bad signature does not say.
  CHECK(detail(token(alice(), stranger)) == R"(issuer okta, kid "okta-1")");
  CHECK(detail(token(alice(), make_key("ES256", "okta-2"))) == R"(issuer okta: kid "okta-2", and no key fits)");
  CHECK(detail(token(alice(), make_key("EdDSA", "okta-1"))) ==
        R"(issuer okta: kid "okta-1", and the key is not for EdDSA)");
  CHECK(of(with(alice(), "exp", start_s - 5)) ==
        R"(issuer okta, kid "okta-1", sub "alice": expired for 5 s, skew allowed 5 s)");
  CHECK(of(with(without(alice(), "sub"), "aud", "other")).starts_with(R"(issuer okta, kid "okta-1": the token)"));
}

TEST_CASE("a refusal of a credential says where one could have been") {
  world edge;
  const auto outcome = edge.through(client_request());
  const auto* no = std::get_if<gate::refuse>(&outcome.what);
  REQUIRE(no != nullptr);
  CHECK(no->why == reason::credential_missing);
  CHECK(no->detail == "no token in cf-access-jwt-assertion, cookie CF_Authorization, Authorization: Bearer");
}

TEST_CASE("what the edge has and the agent lacks is a fault of ours to callers, and both sides are told to operators") {
  static const auto next = make_key("ES256", "edge-next");
  const auto seen = [](const std::function<void(forge&)>& apply) {
    forge made;
    apply(made);
    auto in = agent(made.service).receive(made.build());
    CHECK(describe(in.why).http_status == 503);
    CHECK(describe(in.why).public_code == "unavailable");
    CHECK(describe(in.why).severity == severity::config);
    CHECK(gate::problem_body(in.why, "id", in.detail) ==
          R"({"code":"unavailable","request_id":"id","status":503,"title":"Service Unavailable"})");
    CHECK(gate::challenge(in.why).empty());
    return std::string(name_of(in.why)) + ": " + in.detail;
  };
  CHECK(seen([](forge& f) { f.with_claim("pol", "AAAA"); }) ==
        "policy_digest_unknown: the edge's policy is \"AAAA\"; held: " + test_policy()->digest);
  CHECK(seen([](forge& f) { f.keyid = "edge-next"; }) ==
        "httpsig_key_unknown: no key \"edge-next\"; held: \"edge-es\", \"edge-ed\"");
  CHECK(seen([](forge& f) { f.assertion_key = &next; }) ==
        "httpsig_key_unknown: of the assertion: kid \"edge-next\", and no key fits; held: \"edge-es\", \"edge-ed\"");
}

TEST_CASE("details of the agent show what was there and what was wanted, bounded and printable") {
  const auto detail = [](const std::function<void(forge&)>& apply) {
    forge made;
    apply(made);
    return agent(made.service).receive(made.build()).detail;
  };
  CHECK(detail([](forge& f) { f.with_claim("iss", "https://other.test"); }) ==
        "iss is \"https://other.test\"; wanted \"https://edge.test\"");
  CHECK(detail([](forge& f) { f.with_claim("aud", "sallyport:service:ed"); }) ==
        "aud is \"sallyport:service:ed\"; wanted \"sallyport:service:es\"");
  CHECK(detail([](forge& f) { f.with_claim("aud", "a\n\"" + std::string(4000, 'x')); }).size() < 300);
  CHECK(detail([](forge& f) { f.with_body("hello").body = "hullo"; }) ==
        "sha-256 of the body is :eDUGahRXUEIXaIyPXQaQnGWR4Mp4wlTM8XRQ0NmZyrA=:, the field says "
        ":LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
  CHECK(detail([](forge& f) { f.with_claim("route", "es-open"); }) == "the edge took \"es-open\", here it is es-api");
}
