#include "tests/fuzz/support/exchange.hpp"

#include "agent/openssl/generate.hpp"
#include "jose/jws.hpp"
#include "policy/load/load.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "tests/support/signed_forward.hpp"

namespace sallyport::fuzz {
namespace {

constexpr std::string_view policy_text = R"json({
  "name": "fuzz",
  "edge": { "issuer": "https://edge.example" },
  "issuers": { "idp": { "issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks", "audiences": ["api"] } },
  "services": { "app": { "origin": "https://origin.example", "signed_headers": ["x-tenant"] } },
  "routes": [
    { "id": "read", "host": "app.example", "path": "/api/**", "service": "app",
      "allow": "'finance' in identity.groups && !('x-tenant' in request.headers && request.headers['x-tenant'] == 'evil')" },
    { "id": "open", "host": "app.example", "path": "/open/:name", "service": "app", "anonymous": true, "body": "stream",
      "allow": "request.params.name != 'closed'" }
  ]
})json";

jose::signing_key make_key(const char* kid) {
  auto parts = openssl::generate_ec(crypto::curve::p256);
  hold(parts.ok(), "a key can be made");
  const jose::jwk key{kid, {crypto::algorithm::es256}, crypto::algorithm::es256, std::move(*parts)};
  auto made = jose::parse_signing_keys(encoding::canonical_json(jose::private_jwk(key)), host());
  hold(made.ok(), "a made key can be read");
  return std::move(made->front());
}

std::string make_token(const jose::signing_key& key) {
  const unix_seconds now = to_seconds(exchange_time);
  const encoding::json claims{{"iss", "https://idp.example"}, {"aud", "api"},    {"sub", "alice"},
                              {"groups", {"finance"}},        {"iat", now - 60}, {"exp", now + 3600}};
  auto token = jose::sign_jws(key, "at+jwt", as_bytes(claims.dump()), host());
  hold(token.ok(), "a token can be signed");
  return std::move(*token);
}

}  // namespace

exchange::exchange() {
  auto loaded = policy::load_policy(policy_text, host());
  if (!loaded.policy) std::fprintf(stderr, "%s\n", policy::describe(loaded.problems.front()).c_str());
  hold(loaded.policy != nullptr, "the policy loads");
  policy = loaded.policy;
  const auto issuer = make_key("idp-1");
  issuer_keys_ = jose::write_public_set({issuer});
  token = make_token(issuer);

  gate::edge_config config;
  config.policy = policy;
  config.signing_keys.push_back(make_key("edge-1"));
  auto keys = jose::parse_jwks(jose::write_public_set(config.signing_keys), host());
  hold(keys.ok(), "the edge's keys can be read");
  auto made = gate::edge::make(std::move(config), host());
  hold(made.ok(), "the edge starts");
  edge = std::move(*made);

  auto snapshot = std::make_shared<gate::origin_snapshot>();
  snapshot->policy = policy;
  snapshot->service = "app";
  snapshot->edge_keys = std::make_shared<const jose::jwk_set>(std::move(*keys));
  origin = std::make_unique<gate::origin>(std::move(snapshot), host());
  seen = std::make_unique<gate::replay_set>();
}

gate::edge_outcome exchange::handle(gate::edge_request request, bytes_view body) {
  // Each request has entropy of its own, so that no nonce comes twice.
  bytes entropy(gate::edge_entropy_bytes);
  ++count_;
  for (std::size_t i = 0; i < entropy.size(); ++i) entropy[i] = static_cast<byte>(count_ >> (8 * (i % 8)));
  for (int round = 0; round < 4; ++round) {
    auto outcome = edge->handle(request, exchange_time, entropy);
    const auto* lacking = std::get_if<gate::need>(&outcome.what);
    if (lacking == nullptr) {
      testing::sign_forward(*edge, outcome, exchange_time, entropy);
      return outcome;
    }
    if (const auto* keys = std::get_if<gate::need::keys>(&lacking->what)) {
      const auto taken = edge->supply_keys(keys->request, {200, issuer_keys_, "", "", 0}, exchange_time);
      hold(taken.ok(), "the issuer's keys are taken");
      continue;
    }
    const bool fits = body.size() <= std::get_if<gate::need::body>(&lacking->what)->max_bytes;
    request.body.is = fits ? gate::edge_body::state::read : gate::edge_body::state::too_large;
    request.body.content = fits ? body : bytes_view();
  }
  hold(false, "the edge decides after keys and body");
  std::abort();
}

std::variant<gate::refused, gate::admitted> exchange::receive(std::string_view head, bytes_view body) {
  auto parsed = http::parse_request_head(head);
  if (!parsed.ok()) return origin->refuse(parsed.error(), nullptr, nullptr, exchange_time);
  auto opened = origin->open(std::move(*parsed), exchange_time);
  if (auto* refused = std::get_if<gate::refused>(&opened)) return std::move(*refused);
  auto& request = *std::get_if<gate::opened>(&opened);
  if (request.digest) {
    if (auto refused = origin->check_body(request, body, exchange_time)) return std::move(*refused);
  }
  return origin->admit(std::move(request), *seen, exchange_time);
}

std::string exchange::write_head(std::string_view method, const gate::forward& to, std::string_view body) const {
  std::string out(method);
  out.append(" ").append(to.target).append(" HTTP/1.1\r\nHost: origin.example\r\n");
  for (const auto& field : to.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  if (to.body != gate::forward::body_plan::none) {
    const bool known = to.content_length.has_value();
    out.append(known ? "Content-Length: " + std::to_string(body.size()) : "Transfer-Encoding: chunked").append("\r\n");
  }
  return out.append("\r\n");
}

}  // namespace sallyport::fuzz
