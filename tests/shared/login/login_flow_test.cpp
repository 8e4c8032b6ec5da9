// What goes to a provider and what comes back from it.
#include <doctest/doctest.h>

#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "jose/jwt.hpp"
#include "login/authorize.hpp"
#include "login/callback.hpp"
#include "login/id_token.hpp"
#include "login/token.hpp"

using namespace sallyport;
using namespace sallyport::login;
using encoding::json;

namespace {

constexpr unix_seconds now = 1'767'225'600;
const std::string callback_uri = "https://app.example/.sallyport/login/callback/okta";

crypto::port& host() {
  static const auto one = openssl::make_host();
  return *one;
}

const provider& okta() {
  static const provider one = [] {
    provider made;
    made.name = "okta";
    made.issuer = "https://acme.okta.example";
    made.client_id = "0oa1";
    made.scopes = {"openid", "email"};
    made.algorithms = {crypto::algorithm::es256};
    return made;
  }();
  return one;
}

json discovery() {
  return {{"issuer", "https://acme.okta.example"},
          {"authorization_endpoint", "https://acme.okta.example/authorize"},
          {"token_endpoint", "https://acme.okta.example/token"},
          {"jwks_uri", "https://acme.okta.example/keys"}};
}

provider_metadata metadata() {
  return read_metadata(discovery().dump(), okta()).value();
}

const jose::signing_key& signing_key() {
  static const auto keys = [] {
    const auto made = openssl::generate_ec(crypto::curve::p256).value();
    const json jwk = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"alg", "ES256"},
                      {"x", encoding::encode_base64url(made.x)},
                      {"y", encoding::encode_base64url(made.y)},
                      {"d", encoding::encode_base64url(made.d)}};
    return jose::parse_signing_keys(encoding::canonical_json(jwk), host()).value();
  }();
  return keys.front();
}

std::string detail_of(const result<provider_metadata>& read) {
  return read.ok() ? "ok" : std::string(name_of(read.why())) + ": " + read.error().detail;
}

std::string detail_without(const char* name) {
  auto document = discovery();
  document.erase(name);
  return detail_of(read_metadata(document.dump(), okta()));
}

std::string detail_with(const char* name, const json& value) {
  auto document = discovery();
  document[name] = value;
  return detail_of(read_metadata(document.dump(), okta()));
}

}  // namespace

TEST_CASE("a discovery document must be of the issuer, and have the code flow with S256") {
  CHECK(detail_of(read_metadata(discovery().dump(), okta())) == "ok");
  CHECK(detail_of(read_metadata("[]", okta())) == "discovery_invalid: not a JSON object");
  CHECK(detail_with("issuer", "https://acme.okta.example/") == "discovery_invalid: names another issuer");
  CHECK(detail_without("issuer") == "discovery_invalid: names another issuer");
  CHECK(detail_without("token_endpoint") == "discovery_invalid: token_endpoint is missing");
  CHECK(detail_with("token_endpoint", "http://acme.okta.example/token") ==
        "discovery_invalid: token_endpoint is not an https URL");
  CHECK(detail_with("authorization_endpoint", "https://u@acme.okta.example/") ==
        "discovery_invalid: authorization_endpoint is not an https URL");
  CHECK(detail_with("authorization_endpoint", "https://acme.okta.example/#x") ==
        "discovery_invalid: authorization_endpoint is not an https URL");
  CHECK(detail_with("code_challenge_methods_supported", json::array({"plain"})) ==
        "discovery_invalid: has no PKCE with S256");
  CHECK(detail_with("code_challenge_methods_supported", json::array({"plain", "S256"})) == "ok");
  CHECK(detail_with("response_types_supported", json::array({"id_token"})) == "discovery_invalid: has no code flow");
  CHECK(detail_with("require_pushed_authorization_requests", true) ==
        "discovery_invalid: demands pushed authorization requests, which are not supported");
}

TEST_CASE("an authorization request has state, nonce and challenge, and never the verifier") {
  const auto words = words_of(login_seed{}, host()).value();
  requirement wanted;
  wanted.acr = {"phr", "phrh"};
  wanted.max_age = 600;
  auto to = okta();
  to.authorize = {{"access_type", "offline"}};
  const auto url = authorization_url(to, metadata(), words, wanted, {callback_uri, "a@b.example", "login"});
  CHECK(
      url ==
      "https://acme.okta.example/authorize?response_type=code&client_id=0oa1&redirect_uri=https%3A%2F%2Fapp.example%2F."
      "sallyport%2Flogin%2Fcallback%2Fokta&scope=openid%20email&state=" +
          words.state + "&nonce=" + words.nonce + "&code_challenge=" + words.challenge +
          "&code_challenge_method=S256&acr_values=phr%20phrh&max_age=600&prompt=login"
          "&login_hint=a%40b.example&access_type=offline");
  CHECK(url.find(words.verifier) == std::string::npos);
  auto with_query = metadata();
  with_query.authorization_endpoint += "?tenant=1";
  CHECK(authorization_url(to, with_query, words, {}, {callback_uri, {}, {}})
            .starts_with("https://acme.okta.example/authorize?tenant=1&response_type=code&"));
}

namespace {

const master_keys& sealing_keys() {
  static const auto keys =
      master_keys::read(R"({"keys":[{"kty":"oct","k":")" + encoding::encode_base64url(bytes(32, byte{5})) + "\"}]}",
                        host())
          .value();
  return keys;
}

transaction_text begun() {
  transaction_text out;
  out.begun = now - 60;
  out.seed.fill(3);
  out.return_path = "/reports";
  out.provider = okta().name;
  out.issuer = okta().issuer;
  return out;
}

const login_words& words() {
  static const auto made = words_of(begun().seed, host()).value();
  return made;
}

struct came_back {
  std::string query = "code=c1&state=" + words().state;
  transaction_text transaction = begun();
  const provider* at = &okta();
  bool names_itself = false;
  std::string scope = "app.example";
  bool has_cookie = true;
};

/// The reason, and "spent" where the cookie goes.
std::string verdict(const came_back& with) {
  const auto name = cookie_name(cookie_kind::transaction, std::string_view(words().state).substr(0, 8));
  const auto value = seal(sealing_keys(), {purpose::transaction, "app.example", name},
                          write_transaction(with.transaction), now, {}, host())
                         .value();
  const std::string field = name + "=" + value;
  std::vector<http::field> fields;
  if (with.has_cookie) fields.push_back({"Cookie", field});
  const auto held = read_cookies(fields);
  const auto done =
      check_callback({with.at, with.names_itself, with.query, held, with.scope}, sealing_keys(), now, host());
  if (done.what.ok()) CHECK(done.what->code == "c1");
  return std::string(name_of(done.what.why())) + (done.spent.empty() ? "" : " spent");
}

came_back with_query(const std::string& query) {
  came_back out;
  out.query = query;
  return out;
}

}  // namespace

TEST_CASE("a callback is checked in the order of the table, and spends its cookie from the state on") {
  const std::string state = "state=" + words().state;
  CHECK(verdict({}) == "ok spent");
  CHECK(verdict(with_query("code=c1&" + state + "&session_state=x&iss=https%3A%2F%2Facme.okta.example")) == "ok spent");
  came_back one;
  one.at = nullptr;
  CHECK(verdict(one) == "login_parameters");
  for (const std::string& query :
       {std::string(), std::string("code=c1"), state, "code=c1&error=x&" + state, "code=&" + state,
        "code=c1&code=c1&" + state, "code=c1&" + state + "&" + state, "code=c1&" + state + "&iss=a&iss=a",
        "code=c1&" + state + "&iss=", "code=" + std::string(4097, 'c') + "&" + state, "code=%FF&" + state}) {
    CAPTURE(query.substr(0, 100));
    CHECK(verdict(with_query(query)) == "login_parameters");
  }
  one = {};
  one.has_cookie = false;
  CHECK(verdict(one) == "login_transaction_missing");
  one = {};
  one.scope = "other.example";
  CHECK(verdict(one) == "login_transaction_missing");
  CHECK(verdict(with_query("code=c1&state=AAAAAAAA" + words().state.substr(8))) == "login_transaction_missing");
  CHECK(verdict(with_query("code=c1&state=" + words().state.substr(0, 8) + "AAAA")) == "login_state_differs spent");
  one = {};
  one.transaction.begun = now - 3600;
  CHECK(verdict(one) == "ok spent");
  one.transaction.begun = now - 3601;
  CHECK(verdict(one) == "login_transaction_expired spent");
  one = {};
  one.transaction.provider = "entra";
  CHECK(verdict(one) == "login_provider_differs spent");
  one = {};
  one.transaction.issuer = "https://old.okta.example";
  CHECK(verdict(one) == "login_provider_differs spent");
}

TEST_CASE("a provider that names itself is held to it") {
  came_back one;
  one.names_itself = true;
  CHECK(verdict(one) == "login_iss_missing spent");
  auto strict = okta();
  strict.require_iss = true;
  one = {};
  one.at = &strict;
  CHECK(verdict(one) == "login_iss_missing spent");
  CHECK(verdict(with_query("code=c1&state=" + words().state + "&iss=https%3A%2F%2Fevil.example")) ==
        "login_iss_differs spent");
  CHECK(verdict(with_query("code=c1&state=" + words().state + "&iss=https%3A%2F%2Facme.okta.example%2F")) ==
        "login_iss_differs spent");
  CHECK(verdict(with_query("error=access_denied&state=" + words().state + "&iss=https%3A%2F%2Fevil.example")) ==
        "login_iss_differs spent");
  CHECK(verdict(with_query("error=access_denied&state=" + words().state)) == "login_refused_by_provider spent");
}

TEST_CASE("a code is exchanged with its verifier, and an assertion for this provider alone") {
  const code_exchange what{"c 1", "verifier", callback_uri, "jti-1"};
  const auto call = token_call(okta(), metadata(), {&signing_key(), {}}, what, now, host()).value();
  CHECK(call.url == "https://acme.okta.example/token");
  CHECK(
      call.body.starts_with("grant_type=authorization_code&code=c%201&redirect_uri=https%3A%2F%2Fapp.example%2F."
                            "sallyport%2Flogin%2Fcallback%2Fokta"
                            "&code_verifier=verifier&client_id=0oa1&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%"
                            "3Aclient-assertion-type%3Ajwt-bearer&client_assertion="));
  const auto token = call.body.substr(call.body.rfind('=') + 1);
  const auto read = jose::parse_jwt(token).value();
  CHECK(read.jws.header.typ == "client-authentication+jwt");
  CHECK(read.claims == json{{"iss", "0oa1"},
                            {"sub", "0oa1"},
                            {"aud", "https://acme.okta.example"},
                            {"iat", now},
                            {"exp", now + 60},
                            {"jti", "jti-1"}});
  auto older = okta();
  older.audience = assertion_audience::token_endpoint;
  const auto other = token_call(older, metadata(), {&signing_key(), {}}, what, now, host()).value();
  CHECK(jose::parse_jwt(other.body.substr(other.body.rfind('=') + 1))->claims["aud"] ==
        "https://acme.okta.example/token");
  CHECK(token_call(okta(), metadata(), {}, what, now, host()).why() == reason::signing_key_missing);
}

TEST_CASE("a client secret is sent as its provider wants it, form-encoded before it is put together") {
  const code_exchange what{"c", "v", callback_uri, "j"};
  auto to = okta();
  to.auth = client_auth::client_secret_basic;
  const auto call = token_call(to, metadata(), {nullptr, "a:b/c"}, what, now, host()).value();
  CHECK(call.fields.back() == std::pair<std::string, std::string>(
                                  "authorization", "Basic " + encoding::encode_base64(as_bytes("0oa1:a%3Ab%2Fc"))));
  CHECK(call.body.find("secret") == std::string::npos);
  to.auth = client_auth::client_secret_post;
  CHECK(token_call(to, metadata(), {nullptr, "a&b"}, what, now, host())
            ->body.ends_with("&client_id=0oa1&client_secret=a%26b"));
  to.auth = client_auth::none;
  CHECK(token_call(to, metadata(), {}, what, now, host())->body.ends_with("&client_id=0oa1"));
}

TEST_CASE("a response of the token endpoint is tokens, or whose fault it is") {
  const auto why = [](int status, const std::string& body) {
    return std::string(name_of(read_tokens(status, body).why()));
  };
  CHECK(read_tokens(200, R"({"token_type":"bearer","id_token":"i","access_token":"a","refresh_token":"r"})")
            ->refresh_token == "r");
  CHECK(why(200, R"({"token_type":"mac","id_token":"i"})") == "provider_unavailable");
  CHECK(why(200, "<html>") == "provider_unavailable");
  CHECK(why(200, "[]") == "provider_unavailable");
  CHECK(why(400, R"({"error":"invalid_grant"})") == "login_code_refused");
  CHECK(why(400, R"({"error":"invalid_client"})") == "provider_rejected_client");
  CHECK(why(400, R"({"error":"a_new_one"})") == "provider_rejected_client");
  CHECK(why(401, R"({"error":"invalid_client"})") == "provider_rejected_client");
  CHECK(why(401, "") == "provider_rejected_client");
  CHECK(why(400, "garbage") == "provider_unavailable");
  CHECK(why(302, "") == "provider_unavailable");
  CHECK(why(429, R"({"error":"invalid_grant"})") == "provider_unavailable");
  CHECK(why(503, "") == "provider_unavailable");
  CHECK(why(0, "") == "provider_unavailable");
  CHECK(read_tokens(400, R"({"error":"<script>"})").error().detail == "status 400");
}

namespace {

json good_claims() {
  return {{"iss", okta().issuer}, {"aud", "0oa1"},    {"sub", "00u1"},
          {"iat", now - 5},       {"exp", now + 300}, {"nonce", "n1"}};
}

std::string checked(const json& claims, std::string_view typ = "JWT", std::string_view access_token = "at") {
  const auto token = jose::sign_jws(signing_key(), typ, as_bytes(claims.dump()), host()).value();
  const jose::jwk_set keys({signing_key().verification});
  const auto done = check_id_token(token, keys, {okta(), "n1", access_token, now}, host());
  if (done.ok()) CHECK(*done == claims);
  return std::string(name_of(done.why()));
}

std::string with(const char* name, const json& value) {
  auto claims = good_claims();
  claims[name] = value;
  return checked(claims);
}

std::string without(const char* name) {
  auto claims = good_claims();
  claims.erase(name);
  return checked(claims);
}

}  // namespace

TEST_CASE("an id_token is for this client, of this login, and fresh") {
  CHECK(checked(good_claims()) == "ok");
  CHECK(checked(good_claims(), "") == "ok");
  CHECK(checked(good_claims(), "logout+jwt") == "jwt_type_mismatch");
  CHECK(checked(good_claims(), "at+jwt") == "jwt_type_mismatch");
  CHECK(with("iss", "https://evil.example") == "jwt_issuer_mismatch");
  CHECK(without("iss") == "jwt_issuer_mismatch");
  CHECK(with("aud", "other") == "jwt_audience_mismatch");
  CHECK(without("aud") == "jwt_audience_mismatch");
  CHECK(with("aud", json::array({"0oa1"})) == "ok");
  CHECK(with("aud", json::array({"0oa1", "other"})) == "jwt_audience_mismatch");
  auto shared = good_claims();
  shared["aud"] = json::array({"0oa1", "other"});
  shared["azp"] = "0oa1";
  CHECK(checked(shared) == "ok");
  CHECK(with("azp", "other") == "jwt_audience_mismatch");
  CHECK(with("azp", 1) == "jwt_audience_mismatch");
  CHECK(with("exp", now - 6) == "jwt_expired");
  CHECK(without("exp") == "jwt_expiry_missing");
  CHECK(with("iat", now - 605) == "ok");
  CHECK(with("iat", now - 606) == "jwt_expired");
  CHECK(with("iat", now + 60) == "jwt_issued_in_future");
  CHECK(without("iat") == "jwt_claims_invalid");
  CHECK(without("sub") == "jwt_subject_missing");
  CHECK(with("sub", "") == "jwt_subject_missing");
  CHECK(with("sub", std::string(256, 'a')) == "jwt_claims_invalid");
  CHECK(with("sub", "al\u00efce") == "jwt_claims_invalid");
  CHECK(with("nonce", "n2") == "login_nonce_differs");
  CHECK(without("nonce") == "login_nonce_differs");
}

TEST_CASE("at_hash, where it is there, is the left half of the access token's hash") {
  const auto digest = host().sha256(as_bytes("at"));
  const auto half = encoding::encode_base64url(bytes_view(digest).first(16));
  CHECK(with("at_hash", half) == "ok");
  CHECK(with("at_hash", encoding::encode_base64url(digest)) == "login_at_hash_differs");
  CHECK(with("at_hash", 5) == "login_at_hash_differs");
}

TEST_CASE("an id_token of another key or algorithm, changed, or none at all is refused") {
  const jose::jwk_set keys({signing_key().verification});
  const id_token_wanted wanted{okta(), "n1", "at", now};
  auto token = jose::sign_jws(signing_key(), "JWT", as_bytes(good_claims().dump()), host()).value();
  CHECK(check_id_token("", keys, wanted, host()).why() == reason::jws_malformed);
  CHECK(check_id_token("a.b.c.d.e", keys, wanted, host()).why() != reason::ok);
  auto other = okta();
  other.algorithms = {crypto::algorithm::rs256};
  CHECK(check_id_token(token, keys, {other, "n1", "at", now}, host()).why() == reason::jws_alg_not_allowed);
  const std::string none = encoding::encode_base64url(as_bytes(R"({"alg":"none"})")) + "." +
                           encoding::encode_base64url(as_bytes(good_claims().dump())) + ".";
  CHECK(check_id_token(none, keys, wanted, host()).why() != reason::ok);
  token[token.find('.') + 5] ^= 1;
  CHECK(check_id_token(token, keys, wanted, host()).why() != reason::ok);
}
