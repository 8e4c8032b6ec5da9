#include "tests/agent/signer.hpp"

#include <chrono>
#include <cstdlib>

#include "agent/keys/key_file.hpp"
#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "gate/protocol/assertion.hpp"
#include "gate/protocol/probe.hpp"
#include "http/chunked.hpp"
#include "http/digest.hpp"
#include "httpsig/profile.hpp"
#include "jose/jws.hpp"
#include "tests/support/signed_message.hpp"

namespace sallyport::testing {

namespace {

constexpr std::string_view policy_text = R"jsonc({
  "name": "agent-test",
  "edge": { "issuer": "https://edge.test" },
  "issuers": { "idp": { "issuer": "https://idp.test", "audiences": ["api"], "from": ["authorization", "cookie:sid"] } },
  "services": {
    "es": { "origin": "https://es.origin.test" },
    "mac": { "origin": "https://mac.origin.test", "signature": "hmac-sha256" }
  },
  "routes": [
    { "id": "es-api", "host": "app.test", "path": "/api/**", "service": "es", "allow": "identity.subject != 'mallory'" },
    { "id": "es-stream", "host": "app.test", "path": "/stream/**", "service": "es", "body": "stream", "allow": "true" },
    { "id": "es-open", "host": "app.test", "path": "/open/**", "service": "es", "anonymous": true, "allow": "true" },
    { "id": "es-denied", "host": "app.test", "path": "/denied/**", "service": "es", "allow": "false" },
    { "id": "mac-api", "host": "mac.test", "path": "/api/**", "service": "mac", "allow": "true" },
    { "id": "mac-stream", "host": "mac.test", "path": "/stream/**", "service": "mac", "body": "stream", "allow": "true" }
  ]
})jsonc";

template <class T>
T must(result<T> made) {
  if (!made.ok()) std::abort();
  return std::move(*made);
}

std::string random_name() {
  return encoding::encode_base64url(must(openssl::random_bytes(16)));
}

std::string route_of(const signed_request& request) {
  if (!request.route.empty()) return request.route;
  const std::size_t end = request.target.find_first_of("/?", 1);
  return request.service + "-" + request.target.substr(1, end == std::string::npos ? end : end - 1);
}

std::string assertion_for(const signed_request& request) {
  json claims{{"iss", "https://edge.test"},
              {"aud", "sallyport:service:" + request.service},
              {"sub", request.subject},
              {"idp", "idp"},
              {"kind", "user"},
              {"route", route_of(request)},
              {"pol", test_policy_digest()},
              {"jti", random_name()},
              {"iat", request.created},
              {"exp", request.created + 30}};
  if (request.anonymous) claims.update({{"sub", ""}, {"idp", ""}, {"kind", "anonymous"}});
  if (!request.policy.empty()) claims["pol"] = request.policy;
  if (request.probe) {
    claims.update({{"sub", "sallyport"}, {"idp", "sallyport"}, {"kind", "edge"}, {"route", "sallyport agent"}});
    claims["exp"] = request.created + gate::probe_lifetime;
    claims.erase("groups");
  }
  if (!request.body_signed) claims["body"] = "stream";
  const std::string payload = encoding::canonical_json(claims);
  const bool own = request.key && request.key->algorithm != crypto::algorithm::hs256;
  return must(
      jose::sign_jws(own ? *request.key : edge_keys().es256, gate::assertion_typ, as_bytes(payload), test_host()));
}

std::string context_for(const signed_request& request) {
  return "id=\"" + request.request_id + "\", time=" + std::to_string(request.created * 1000) + ", host=\"" +
         (request.service == "mac" ? "mac" : "app") + ".test\", proto=\"https\", ip=\"192.0.2.7\"";
}

}  // namespace

crypto::port& test_host() {
  static const auto host = openssl::make_host();
  return *host;
}

unix_seconds now_s() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

std::string_view test_policy_text() {
  return policy_text;
}

std::string test_policy_digest() {
  static const std::string digest = policy::load_policy(policy_text, test_host()).policy->digest;
  return digest;
}

std::pair<jose::signing_key, std::string> make_signing_key() {
  const json document =
      agent::keys::make_set(must(agent::keys::generate_jwk(crypto::algorithm::es256, "", test_host())));
  auto keys = must(jose::parse_signing_keys(document.dump(), test_host()));
  return {std::move(keys.front()), document.dump()};
}

const edge_identity& edge_keys() {
  static const edge_identity made = [] {
    auto [key, file] = make_signing_key();
    const json secret =
        agent::keys::make_set(must(agent::keys::generate_jwk(crypto::algorithm::hs256, "mac-1", test_host())));
    auto secrets = must(jose::parse_secret_keys(secret.dump(), test_host()));
    std::string jwks = jose::write_public_set({key});
    return edge_identity{std::move(key), std::move(secrets.front()), std::move(file), secret.dump(), std::move(jwks)};
  }();
  return made;
}

std::string fresh_nonce() {
  return random_name();
}

std::string signed_request::head() const {
  const bool has_body = !body.empty() || method == "POST";
  signed_message message;
  message.method = method;
  message.target = target;
  message.host_field = "origin.test";
  message.assertion = assertion_for(*this);
  message.context = context_for(*this);
  if (has_body && chunk == 0) message.content_length = std::to_string(body.size());
  if (has_body && body_signed) message.content_digest = http::content_digest_field(test_host(), as_bytes(body));
  if (has_body && chunk > 0) message.extra_fields.emplace_back("Transfer-Encoding", "chunked");
  message.extra_fields.insert(message.extra_fields.end(), extra.begin(), extra.end());
  const jose::signing_key& with = key ? *key : service == "mac" ? edge_keys().secret : edge_keys().es256;
  const seconds lifetime = probe ? gate::probe_lifetime : 30;
  const std::string once = nonce.empty() ? fresh_nonce() : nonce;
  const auto fields = must(httpsig::sign_profile(test_host(), *with.key, message.covered(),
                                                 {created, created + lifetime, once, with.kid, with.algorithm}));
  return message.head(fields.signature_input, fields.signature);
}

std::string signed_request::framed_body() const {
  if (chunk == 0 || (body.empty() && method != "POST")) return body;
  std::string framed;
  char opening[20];
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view piece = std::string_view(body).substr(at, chunk);
    framed.append(http::chunk_opening(piece.size(), opening)).append(piece).append(http::chunk_closing);
  }
  return framed.append(http::last_chunk);
}

}  // namespace sallyport::testing
