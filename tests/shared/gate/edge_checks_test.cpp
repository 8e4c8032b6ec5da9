// The checks of the edge in their order, with exact reasons.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "encoding/base64url.hpp"
#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

client_request from_alice() {
  return client_request().bearer(alice_token());
}

struct edit {
  const char* what;
  reason expected;
  std::function<void(client_request&)> apply;
};

void check_all(const std::vector<edit>& edits) {
  world edge;
  for (const auto& each : edits) {
    CAPTURE(each.what);
    auto request = from_alice();
    each.apply(request);
    const auto outcome = edge.through(request);
    const auto* no = std::get_if<gate::refuse>(&outcome.what);
    CHECK_MESSAGE(reason_of(outcome) == each.expected,
                  each.what << ": " << name_of(reason_of(outcome)) << " " << (no != nullptr ? no->detail : ""));
    if (no != nullptr && describe(no->why).http_status == 401) CHECK_MESSAGE(!no->detail.empty(), each.what);
  }
}

std::function<void(client_request&)> bearer(std::string value) {
  return [value = std::move(value)](client_request& r) { r.fields = {{"authorization", "Bearer " + value}}; };
}

json with(json claims, const char* name, json value) {
  claims[name] = std::move(value);
  return claims;
}
json without(json claims, const char* name) {
  claims.erase(name);
  return claims;
}
std::function<void(client_request&)> claims(const json& what) {
  return bearer(token(what, keys().okta));
}

json access_claims() {
  return json{{"iss", "https://acme.cloudflareaccess.com"},
              {"aud", json::array({"access-app"})},
              {"sub", "7335d417"},
              {"email", "Alice@ACME.test"},
              {"type", "app"},
              {"iat", start_s - 10},
              {"nbf", start_s - 10},
              {"exp", start_s + 600},
              {"identity_nonce", "n"},
              {"country", "CH"}};
}

world& shared_world() {
  static world made(test_policy("'finance' in identity.groups", "'finance' in identity.groups || has(identity.email)"));
  return made;
}

}  // namespace

TEST_CASE("head and target come first, before any credential is looked at") {
  check_all({
      {"method", reason::framing_method, [](auto& r) { r.method = "G T"; }},
      {"CONNECT", reason::framing_method, [](auto& r) { r.method = "CONNECT"; }},
      {"no host", reason::framing_host_missing, [](auto& r) { r.host = ""; }},
      {"a host that is none", reason::framing_host_invalid, [](auto& r) { r.host = "a b"; }},
      {"field name", reason::framing_field_name,
       [](auto& r) {
         r.fields = {{"a b", "c"}};
       }},
      {"field value", reason::framing_control_character,
       [](auto& r) {
         r.fields = {{"a", "b\r\nc: d"}};
       }},
      {"too many fields", reason::framing_too_many_fields,
       [](auto& r) {
         r.fields.resize(113, {"a", "b"});
       }},
      {"too large", reason::framing_head_too_large,
       [](auto& r) {
         r.fields = {{"a", std::string(60000, 'x')}};
       }},
      {"length", reason::framing_length_invalid,
       [](auto& r) {
         r.fields = {{"content-length", "1e3"}};
       }},
      {"two lengths", reason::framing_length_repeated,
       [](auto& r) {
         r.fields = {{"content-length", "1"}, {"content-length", "1"}};
       }},
      {"length and encoding", reason::framing_length_and_encoding,
       [](auto& r) {
         r.fields = {{"content-length", "1"}, {"transfer-encoding", "chunked"}};
       }},
      {"two content types", reason::framing_syntax,
       [](auto& r) {
         r.fields = {{"content-type", "a/b"}, {"content-type", "a/b"}};
       }},
      {"a content type that no signature can cover", reason::framing_syntax,
       [](auto& r) {
         r.fields = {{"content-type", "a/\xC3\xA9"}};
       }},
      {"a WebSocket", reason::framing_upgrade_unsupported,
       [](auto& r) {
         r.fields = {{"upgrade", "websocket"}};
       }},
      {"dot segment", reason::path_dot_segment, [](auto& r) { r.target = "/api/%2e%2e/x", r.fields.clear(); }},
      {"encoded slash", reason::path_encoded_separator, [](auto& r) { r.target = "/api/a%2Fb", r.fields.clear(); }},
      {"empty segment", reason::path_empty_segment, [](auto& r) { r.target = "/api//x", r.fields.clear(); }},
      {"parameter", reason::path_parameter, [](auto& r) { r.target = "/api;x/y", r.fields.clear(); }},
      {"encoded control", reason::path_control_character, [](auto& r) { r.target = "/api/%0a", r.fields.clear(); }},
      {"absolute form", reason::framing_target_form, [](auto& r) { r.target = "http://x/", r.fields.clear(); }},
  });
}

TEST_CASE("an unknown caller does not learn which routes exist") {
  world edge;
  for (const char* target : {"/api/x", "/nowhere", "/.sallyport/nothing"}) {
    CAPTURE(target);
    client_request request;
    request.target = target;
    CHECK(reason_of(edge.through(request)) == reason::credential_missing);
    CHECK(reason_of(edge.through(request.bearer("a.b.c"))) != reason::route_not_found);
  }
}

TEST_CASE("credentials") {
  const auto other = token(with(alice(), "sub", "bob"), keys().okta);
  check_all({
      {"none", reason::credential_missing, [](auto& r) { r.fields.clear(); }},
      {"another scheme is no credential", reason::credential_missing,
       [](auto& r) {
         r.fields = {{"authorization", "Basic YTpi"}};
       }},
      {"Bearer alone", reason::credential_malformed,
       [](auto& r) {
         r.fields = {{"authorization", "Bearer"}};
       }},
      {"not a token", reason::credential_malformed, bearer("a b")},
      {"a tab behind Bearer, on a route that asks for no credential", reason::credential_malformed,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", "Bearer\t" + alice_token()}};
       }},
      {"a comma behind Bearer", reason::credential_malformed,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", "Bearer,x"}};
       }},
      {"behind another credential in one field", reason::credential_ambiguous,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", "Basic eA==, bearer " + alice_token()}};
       }},
      {"in a parameter of another scheme", reason::ok,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", R"(Digest a="\", Bearer b", c=d)"}};
       }},
      {"another scheme that begins like it is no credential", reason::ok,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", "Bearer-x y"}};
       }},
      {"not a JWS", reason::jws_malformed, bearer("abc")},
      {"two different ones", reason::credential_ambiguous,
       [&](auto& r) { r.fields.emplace_back("Authorization", "Bearer " + other); }},
      {"the same one twice", reason::ok,
       [](auto& r) { r.fields.emplace_back("Authorization", "bearer  " + alice_token()); }},
      {"different ones in different places", reason::credential_ambiguous,
       [](auto& r) { r.fields.emplace_back("cf-access-jwt-assertion", token(access_claims(), keys().access)); }},
      {"a token where its issuer takes none", reason::issuer_unknown,
       [](auto& r) {
         r.fields = {{"authorization", "Bearer " + token(access_claims(), keys().access)}};
       }},
      {"too long", reason::credential_too_large, bearer(std::string(20000, 'a'))},
  });
}

TEST_CASE("tokens") {
  static const auto stranger = make_key("ES256", "okta-1");
  const std::string none = encoding::encode_base64url(as_bytes(R"({"alg":"none"})")) + "." +
                           encoding::encode_base64url(as_bytes(encoding::canonical_json(alice()))) + ".";
  // Another token's signature under alice's claims.
  const std::string bob = token(with(alice(), "sub", "bob"), keys().okta);
  const std::string tampered = alice_token().substr(0, alice_token().rfind('.')) + bob.substr(bob.rfind('.'));
  check_all({
      {"good", reason::ok, claims(alice())},
      {"alg none", reason::jws_alg_none, bearer(none + "AA")},
      {"tampered", reason::jws_signature_invalid, bearer(tampered)},
      {"another key under the kid", reason::jws_signature_invalid, bearer(token(alice(), stranger))},
      {"no issuer", reason::issuer_unknown, claims(without(alice(), "iss"))},
      {"another issuer", reason::issuer_unknown, claims(with(alice(), "iss", "https://okta.test/"))},
      {"another audience", reason::jwt_audience_mismatch, claims(with(alice(), "aud", "other"))},
      {"no audience", reason::jwt_audience_mismatch, claims(without(alice(), "aud"))},
      {"expired", reason::jwt_expired, claims(with(alice(), "exp", start_s - 5))},
      {"expired within the skew", reason::ok, claims(with(alice(), "exp", start_s - 4))},
      {"no expiry", reason::jwt_expiry_missing, claims(without(alice(), "exp"))},
      {"not yet valid", reason::jwt_not_yet_valid, claims(with(alice(), "nbf", start_s + 6))},
      {"from the future", reason::jwt_issued_in_future, claims(with(alice(), "iat", start_s + 6))},
      {"no subject", reason::jwt_subject_missing, claims(without(alice(), "sub"))},
      {"an e-mail with two @", reason::identity_email_invalid, claims(with(alice(), "email", "a@b@c"))},
      {"an assertion of ours is no credential", reason::issuer_unknown,
       [](client_request& r) {
         world edge;
         const auto outcome = edge.through(from_alice());
         r.fields = {{"authorization", "Bearer " + field_of(forwarded(outcome).fields, "sallyport-assertion")}};
       }},
  });
}

TEST_CASE("an unknown kid is refused once the refetched keys do not have it either") {
  world edge;
  static const auto rotated = make_key("ES256", "okta-2");
  const auto outcome = edge.through(client_request().bearer(token(alice(), rotated)));
  CHECK(reason_of(outcome) == reason::key_not_found);
}

TEST_CASE("policy") {
  check_all({
      {"no route", reason::route_not_found, [](auto& r) { r.target = "/nowhere"; }},
      {"another host", reason::route_not_found, [](auto& r) { r.host = "other.test"; }},
      {"a reserved path", reason::route_not_found, [](auto& r) { r.target = "/.sallyport/x"; }},
      {"a reserved path under a route for everything", reason::route_not_found,
       [](auto& r) { r.host = "ed.test", r.target = "/.sallyport"; }},
      {"denied", reason::policy_denied, [](auto& r) { r.country = "KP"; }},
      {"not allowed", reason::policy_not_allowed, claims(with(alice(), "groups", json::array({"sales"})))},
      {"the host may have a port and any case", reason::ok, [](auto& r) { r.host = "ES.test:8443"; }},
  });
}

TEST_CASE("on an anonymous route a credential that is presented must be valid") {
  check_all({
      {"none", reason::ok, [](auto& r) { r.target = "/open", r.fields.clear(); }},
      {"a valid one", reason::ok, [](auto& r) { r.target = "/open"; }},
      {"an expired one", reason::jwt_expired,
       [](auto& r) {
         r.target = "/open";
         r.fields = {{"authorization", "Bearer " + token(with(alice(), "exp", start_s - 100), keys().okta)}};
       }},
      {"garbage", reason::jws_malformed,
       [](auto& r) {
         r.target = "/open", r.fields = {{"authorization", "Bearer x"}};
       }},
  });
}

TEST_CASE("Cloudflare Access: the header, then the cookie, and neither goes on") {
  const auto access = token(access_claims(), keys().access);
  const auto send = [&](std::vector<std::pair<std::string, std::string>> fields) {
    client_request request;
    request.fields = std::move(fields);
    return shared_world().through(request);
  };
  const auto by_header = send({{"Cf-Access-Jwt-Assertion", access}});
  CHECK(reason_of(by_header) == reason::ok);
  CHECK(field_of(forwarded(by_header).fields, "cf-access-jwt-assertion") == "(absent)");
  const auto by_cookie = send({{"cookie", "theme=dark; CF_Authorization=" + access + "; lang=de"}});
  CHECK(field_of(forwarded(by_cookie).fields, "cookie") == "theme=dark; lang=de");
  const auto both = send({{"cf-access-jwt-assertion", access}, {"cookie", "CF_Authorization=" + access}});
  CHECK(field_of(forwarded(both).fields, "cookie") == "(absent)");
  // A stale cookie beside the header: the header counts, and the cookie does not go on either.
  const auto stale = send({{"cf-access-jwt-assertion", access}, {"cookie", "CF_Authorization=x.y.z; a=b"}});
  CHECK(field_of(forwarded(stale).fields, "cookie") == "a=b");
  // What stands behind the place that counts decides nothing, however often and however malformed; none of it goes on.
  for (const std::string& cookies :
       {std::string("CF_Authorization=one; CF_Authorization=two"),
        "CF_Authorization=" + access + "; CF_Authorization=x", std::string("CF_Authorization=not a token"),
        std::string("a=1, CF_Authorization=x")}) {
    CAPTURE(cookies);
    const auto outcome =
        send({{"cf-access-jwt-assertion", access}, {"cookie", cookies}, {"cookie", "CF_Authorization=three"}});
    CHECK(reason_of(outcome) == reason::ok);
    CHECK(field_of(forwarded(outcome).fields, "cookie") == "(absent)");
    CHECK(
        reason_of(send({{"cf-access-jwt-assertion", ""}, {"cookie", cookies}, {"cookie", "CF_Authorization=three"}})) ==
        reason::credential_ambiguous);
  }
  CHECK(reason_of(send({{"cf-access-jwt-assertion", access}, {"cf-access-jwt-assertion", "x.y.z"}})) ==
        reason::credential_ambiguous);
  // Two Cookie fields that were joined with a comma on their way: some servers would read a cookie there.
  for (const char* hidden : {"a=1, CF_Authorization=", "a=1 ,\tCF_Authorization =", "a=1,b=2,CF_Authorization="})
    CHECK(reason_of(send({{"cookie", hidden + access}})) == reason::credential_ambiguous);
  const auto comma = send({{"cookie", "a=1, b=2; CF_Authorization=" + access}});
  CHECK(field_of(forwarded(comma).fields, "cookie") == "a=1, b=2");
  const auto claims = claims_of(field_of(forwarded(both).fields, "sallyport-assertion"));
  CHECK(claims["sub"] == "7335d417");
  CHECK(claims["idp"] == "access");
  CHECK(claims["email"] == "Alice@acme.test");
  CHECK(reason_of(send({{"cf_access_jwt_assertion", access}})) == reason::credential_missing);
  CHECK(reason_of(send({{"cf-access-jwt-assertion", token(with(access_claims(), "type", "org"), keys().access)}})) ==
        reason::jwt_kind_refused);
}

TEST_CASE("a Cloudflare Access service token is the service of its common_name") {
  auto claims = without(without(access_claims(), "email"), "identity_nonce");
  claims["common_name"] = "e367.access";
  claims["sub"] = "";
  world edge(test_policy("'finance' in identity.groups", "identity.kind == 'service'"));
  client_request request;
  request.fields = {{"cf-access-jwt-assertion", token(claims, keys().access)}};
  const auto outcome = edge.through(request);
  const auto sent = claims_of(field_of(forwarded(outcome).fields, "sallyport-assertion"));
  CHECK(sent["sub"] == "e367.access");
  CHECK(sent["kind"] == "service");
}

TEST_CASE("only what the route uses leaves the edge") {
  world edge;
  const auto es = claims_of(field_of(forwarded(edge.through(from_alice())).fields, "sallyport-assertion"));
  CHECK(es["groups"] == json::array({"finance", "staff"}));
  CHECK(!es.contains("claims"));
  auto request = from_alice();
  request.host = "ed.test";
  const auto ed = claims_of(field_of(forwarded(edge.through(request)).fields, "sallyport-assertion"));
  CHECK(ed["claims"] == json{{"dept", "x1"}});
  CHECK(!es.contains("dept"));
  // The header map of the service reads e-mail and groups, so they travel; nothing else of the token does.
  for (const auto& member : ed.items()) {
    const std::string& name = member.key();
    CAPTURE(name);
    const std::vector<std::string> known{"iss", "aud",   "sub", "idp",   "kind",   "iat",   "exp",
                                         "jti", "route", "pol", "email", "groups", "claims"};
    CHECK(std::find(known.begin(), known.end(), name) != known.end());
  }
}

TEST_CASE("what names trust, hop-by-hop fields and the credential do not go on") {
  world edge;
  auto request = from_alice();
  for (const char* name :
       {"Sallyport-Subject", "sallyport_subject", "SALLYPORT-ASSERTION", "sallyport-context", "X-Forwarded-For",
        "x_forwarded_for", "Forwarded", "X-Real-Ip", "Keep-Alive", "TE", "Proxy-Authorization", "Signature",
        "Signature-Input", "Content-Digest", "Expect", "X-Secret"}) {
    request.fields.emplace_back(name, "evil");
  }
  request.fields.emplace_back("Connection", "close, x-secret, sallyport-assertion, accept");
  request.fields.emplace_back("Accept", "text/html");
  request.fields.emplace_back("Accept-Language", "de");
  const auto outcome = edge.through(request);
  const auto& out = forwarded(outcome);
  for (const auto& each : out.fields) {
    CAPTURE(each.name);
    CHECK(each.value.find("evil") == std::string_view::npos);
    CHECK(each.value.find(alice_token()) == std::string_view::npos);
    CHECK(!http::name_equals(each.name, "connection"));
  }
  CHECK(field_of(out.fields, "accept") == "(absent)");
  CHECK(field_of(out.fields, "accept-language") == "de");
  CHECK(http::count_fields(out.fields, "sallyport-assertion") == 1);
  CHECK(agent("es").receive(wire_of(out, "GET", "")).why == reason::ok);
}

TEST_CASE("context facts that are not what they should be are left out") {
  world edge;
  auto request = from_alice();
  request.ip = "1.2.3.4\", host=\"evil";
  request.country = "x\"";
  const auto context = field_of(forwarded(edge.through(request)).fields, "sallyport-context");
  CHECK(context.find("evil") == std::string::npos);
  CHECK(context.find("country") == std::string::npos);
}
