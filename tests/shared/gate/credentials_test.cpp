// What a token is decides what it may stand for; what stands elsewhere decides nothing.
#include <doctest/doctest.h>

#include "gate/protocol/problem.hpp"
#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

json with(json claims, const char* name, json value) {
  claims[name] = std::move(value);
  return claims;
}

struct ended {
  reason why;
  std::string detail;
};

ended send(world& edge, const std::string& credential) {
  const auto outcome = edge.through(client_request().bearer(credential));
  const auto* no = std::get_if<gate::refuse>(&outcome.what);
  return {reason_of(outcome), no != nullptr ? no->detail : std::string()};
}

/// The test policy with further members of issuer okta.
policy::policy_ptr with_okta(const std::string& members) {
  return test_policy(R"("clock_skew": "5s")", R"("clock_skew": "5s", )" + members);
}

std::string typed(std::string_view typ) {
  return token(alice(), keys().okta, typ);
}

}  // namespace

TEST_CASE("a token that says it is something else is no credential") {
  world edge;
  for (const std::string_view typ :
       {"", "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt", "JOSE"}) {
    CAPTURE(typ);
    CHECK(send(edge, typed(typ)).why == reason::ok);
  }
  for (const std::string_view typ : {"logout+jwt",
                                     "application/logout+jwt",
                                     "Logout+JWT",
                                     "secevent+jwt",
                                     "dpop+jwt",
                                     "oauth-authz-req+jwt",
                                     "token-introspection+jwt",
                                     "client-authentication+jwt",
                                     "entity-statement+jwt",
                                     "kb+jwt",
                                     "vc+sd-jwt",
                                     "dc+sd-jwt",
                                     "wit+jwt",
                                     "txntoken+jwt",
                                     "oauth-id-jag+jwt",
                                     "passport",
                                     "id+jwt",
                                     "sallyport-assertion+jwt",
                                     "application/sallyport-assertion+jwt",
                                     "text/JWT",
                                     "JWT2",
                                     "at+jwt ",
                                     "okta-internal-at+jwt"}) {
    CAPTURE(typ);
    CHECK(name_of(send(edge, typed(typ)).why) == name_of(reason::jwt_type_mismatch));
  }
  CHECK(send(edge, typed("logout+jwt")).detail == "issuer okta, kid \"okta-1\", sub \"alice\": typ is \"logout+jwt\"");
}

TEST_CASE("an issuer's typ is the only one that is taken") {
  world strict(with_okta(R"("typ": "at+jwt")"));
  CHECK(send(strict, typed("at+jwt")).why == reason::ok);
  CHECK(send(strict, typed("application/at+jwt")).why == reason::ok);
  CHECK(send(strict, typed("JWT")).why == reason::jwt_type_mismatch);
  CHECK(send(strict, typed("")).why == reason::jwt_type_mismatch);
  world own(with_okta(R"("typ": ["", "corp-session+jwt"])"));
  CHECK(send(own, typed("corp-session+jwt")).why == reason::ok);
  CHECK(send(own, typed("")).why == reason::ok);
  CHECK(send(own, typed("JWT")).why == reason::jwt_type_mismatch);
}

TEST_CASE("a logout token is refused without its typ, too; so is a bound token") {
  world edge;
  const json events{{"http://schemas.openid.net/event/backchannel-logout", json::object()}};
  CHECK(send(edge, token(with(alice(), "events", events), keys().okta)).why == reason::jwt_kind_refused);
  const json bound{{"jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}};
  CHECK(send(edge, token(with(alice(), "cnf", bound), keys().okta)).why == reason::jwt_bound);
  world allowing(with_okta(R"("bound": "allow")"));
  CHECK(send(allowing, token(with(alice(), "cnf", bound), keys().okta)).why == reason::ok);
}

TEST_CASE("an unknown issuer is shown, and what it misses a known one by") {
  world edge;
  const auto detail = [&](const json& claims) {
    const auto end = send(edge, token(claims, keys().okta));
    CHECK(end.why == reason::issuer_unknown);
    return end.detail;
  };
  const auto of = [&](std::string_view iss) { return detail(with(alice(), "iss", std::string(iss))); };
  CHECK(of("https://okta.test/") ==
        "no issuer has the token's iss \"https://okta.test/\"; it differs from that of issuer okta in the slash at its "
        "end");
  CHECK(of("http://okta.test").find("in the scheme") != std::string::npos);
  CHECK(of("okta.test").find("in the scheme") != std::string::npos);
  CHECK(of("https://OKTA.test").find("in upper and lower case") != std::string::npos);
  CHECK(of("HTTPS://okta.test").find("in upper and lower case") != std::string::npos);
  CHECK(of("HTTPS://Okta.test//").find("in the slash at its end and upper and lower case") != std::string::npos);
  CHECK(of("https://other.test") == "no issuer has the token's iss \"https://other.test\"");
  CHECK(of("\n\"\\\x01é") == "no issuer has the token's iss \"??????\"");
  CHECK(of(std::string(5000, 'x')).size() < 300);
  CHECK(detail(with(alice(), "iss", json::array({"https://okta.test"}))) == "the token has no iss that is text");
}

TEST_CASE("an issuer with its keys in the policy is asked for none, known kid or not") {
  world edge(with_okta(R"("jwks": )" + public_set({keys().okta})));
  edge.down = true;
  CHECK(send(edge, alice_token()).why == reason::ok);
  static const auto rotated = make_key("ES256", "okta-2");
  const auto other = send(edge, token(alice(), rotated));
  CHECK(other.why == reason::key_not_found);
  CHECK(other.detail == "issuer okta: kid \"okta-2\", and no key fits");
  CHECK(send(edge, token(alice(), make_key("ES256", "okta-1"))).why == reason::jws_signature_invalid);
  CHECK(edge.fetches == 0);
}

TEST_CASE("a place behind the one that counts decides nothing") {
  world edge(with_okta(R"("from": ["header:X-Token", "authorization", "cookie:session"])"));
  const auto why = [&](std::vector<std::pair<std::string, std::string>> fields) {
    client_request request;
    request.fields = std::move(fields);
    return reason_of(edge.through(request));
  };
  const auto bob = token(with(alice(), "sub", "bob"), keys().okta);
  const std::pair<std::string, std::string> good{"x-token", alice_token()};
  CHECK(why({good, {"authorization", "Bearer"}}) == reason::ok);
  CHECK(why({good, {"authorization", "Bearer a b"}}) == reason::ok);
  CHECK(why({good, {"authorization", "Bearer " + bob}}) == reason::ok);
  CHECK(why({good, {"authorization", "Bearer x"}, {"authorization", "Bearer y"}}) == reason::ok);
  CHECK(why({good, {"authorization", "Basic eA==, Bearer x"}}) == reason::ok);
  CHECK(why({good, {"cookie", "session=x; session=y"}}) == reason::ok);
  // The field is empty: the next place counts, and what is wrong there is wrong.
  CHECK(why({{"x-token", ""}, {"authorization", "Bearer"}}) == reason::credential_malformed);
  CHECK(why({{"authorization", "Bearer " + alice_token()}, {"cookie", "session=x; session=y"}}) == reason::ok);
  CHECK(why({{"authorization", "Basic eA=="}, {"cookie", "session=x; session=y"}}) == reason::credential_ambiguous);
  CHECK(why({{"authorization", "Basic eA=="}, {"cookie", "session=" + alice_token()}}) == reason::ok);
  CHECK(why({good, {"x-token", bob}}) == reason::credential_ambiguous);
  // Another issuer's first place counts as well: nobody can say which caller was meant.
  CHECK(why({good, {"cf-access-jwt-assertion", bob}}) == reason::credential_ambiguous);
  CHECK(why({good, {"cookie", "CF_Authorization=x; CF_Authorization=y"}}) == reason::credential_ambiguous);
}

TEST_CASE("what could be read as a credential does not go on, wherever it stands") {
  world edge(with_okta(R"("from": ["header:X-Token", "authorization", "cookie:session"])"));
  client_request request;
  request.fields = {{"x-token", alice_token()},
                    {"authorization", "Basic eA==, Bearer x.y.z"},
                    {"cookie", "theme=dark; a=1, session=x.y.z; session=x; lang=de"}};
  const auto outcome = edge.through(request);
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(out != nullptr);
  CHECK(field_of(out->fields, "x-token") == "(absent)");
  CHECK(field_of(out->fields, "authorization") == "(absent)");
  CHECK(field_of(out->fields, "cookie") == "theme=dark; lang=de");
}

TEST_CASE("one odd key of an issuer locks nobody out") {
  const auto entry = keys().okta.public_entry;
  const auto why = [&](json entries) {
    world edge;
    edge.okta_set = json{{"keys", std::move(entries)}}.dump();
    return send(edge, alice_token());
  };
  static const auto other = make_key("ES256", "okta-1");
  static const auto rsa = make_key("RS256", "okta-1");
  CHECK(why(json::array({entry, entry})).why == reason::ok);
  CHECK(why(json::array({rsa.public_entry, entry})).why == reason::ok);
  CHECK(why(json::array({entry, json{{"kty", "AKP"}, {"kid", "okta-1"}}})).why == reason::ok);
  CHECK(why(json::array({json{{"kty", "RSA"}, {"n", "AQAB"}, {"e", "Aw"}, {"kid", "old"}}, entry})).why == reason::ok);
  CHECK(why(json::array({entry, other.public_entry})).why == reason::key_not_found);
  const auto refused = why(json::array({entry, json{{"kty", "oct"}, {"k", "AAAA"}, {"kid", "s"}}}));
  CHECK(refused.why == reason::keys_unavailable);
  CHECK(refused.detail == "okta: jwks: key 2 of the set (kid \"s\"): jwk_private_in_public_set, a symmetric key");
}

TEST_CASE("a caller with more groups than the default header map may send is refused, not shortened") {
  json groups = json::array({"finance"});
  for (int i = 0; i < 150; ++i) groups.push_back("Отдел продаж " + std::to_string(i));
  const auto credential = token(with(alice(), "groups", groups), keys().okta);
  world edge;
  const auto refused = send(edge, credential);
  CHECK(refused.why == reason::identity_too_large);
  CHECK(refused.detail.find("151 groups") == 0);
  world mapped(
      test_policy(R"("es": { "origin": "https://es.origin.test" })",
                  R"("es": { "origin": "https://es.origin.test", "headers": { "X-User": "identity.subject" } })"));
  CHECK(send(mapped, credential).why == reason::ok);
}

TEST_CASE("callers of a service with resource_metadata are told where to get a token") {
  world edge(test_policy(
      R"("es": { "origin": "https://es.origin.test" })",
      R"("es": { "origin": "https://es.origin.test", "resource_metadata": "https://es.test/.well-known/oauth-protected-resource" })"));
  const auto told = [&](const client_request& request) {
    const auto outcome = edge.through(request);
    const auto* no = std::get_if<gate::refuse>(&outcome.what);
    REQUIRE(no != nullptr);
    return gate::challenge(no->why, no->resource_metadata);
  };
  CHECK(told({}) ==
        R"(Bearer realm="sallyport", resource_metadata="https://es.test/.well-known/oauth-protected-resource")");
  CHECK(told(client_request().bearer("x")).find("resource_metadata") != std::string::npos);
  client_request elsewhere;
  elsewhere.host = "ed.test";
  CHECK(told(elsewhere) == R"(Bearer realm="sallyport")");
}
