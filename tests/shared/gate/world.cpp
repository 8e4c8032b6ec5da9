#include "tests/shared/gate/world.hpp"

#include <cstdio>
#include <cstdlib>

#include "agent/openssl/generate.hpp"
#include "encoding/base64url.hpp"
#include "tests/support/signed_forward.hpp"

namespace sallyport::testing {
namespace {

constexpr std::string_view policy_text = R"jsonc({
  "name": "test",
  "edge": { "issuer": "https://edge.test", "assertion_ttl": "30s" },
  "issuers": {
    "okta": { "issuer": "https://okta.test", "audiences": ["api"], "clock_skew": "5s" },
    "access": { "preset": "cloudflare-access", "team": "acme", "audiences": ["access-app"] }
  },
  "services": {
    "es": { "origin": "https://es.origin.test" },
    "ed": { "origin": "https://ed.origin.test", "signature": "ed25519" },
    "mac": { "origin": "https://mac.origin.test", "signature": "hmac-sha256", "signed_headers": ["x-tenant"] }
  },
  "routes": [
    { "id": "es-api", "host": "es.test", "path": "/api/**", "service": "es",
      "allow": "'finance' in identity.groups", "deny": "request.country == 'KP'" },
    { "id": "es-open", "host": "es.test", "path": "/open", "service": "es", "anonymous": true,
      "allow": "identity.kind == 'anonymous' || identity.subject == 'alice'" },
    { "id": "es-stream", "host": "es.test", "path": "/stream", "service": "es", "body": "stream", "allow": "true" },
    { "id": "es-small", "host": "es.test", "path": "/small", "service": "es",
      "body": { "mode": "signed", "max": 16 }, "allow": "true" },
    { "id": "ed-all", "host": "ed.test", "path": "/**", "service": "ed", "allow": "identity.claims.dept == 'x1'" },
    { "id": "mac-all", "host": "mac.test", "path": "/**", "service": "mac",
      "allow": "!('x-tenant' in request.headers) || request.headers['x-tenant'] == 'acme'" }
  ]
})jsonc";

// The world is also used where there is no test framework (benchmarks, fuzzing).
void ensure(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "the test world is broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

json jwk_of(std::string_view alg, const std::string& kid) {
  jose::jwk key;
  key.kid = kid;
  if (alg == "RS256") {
    auto parts = openssl::generate_rsa(2048);
    ensure(parts.ok(), "no key was made");
    key.algorithm = crypto::algorithm::rs256;
    key.material = std::move(*parts);
    return jose::private_jwk(key);
  }
  auto parts = openssl::generate_ec(alg == "EdDSA" ? crypto::curve::ed25519 : crypto::curve::p256);
  ensure(parts.ok(), "no key was made");
  key.material = std::move(*parts);
  return jose::private_jwk(key);
}

jose::signing_key sole(result<std::vector<jose::signing_key>> keys) {
  ensure(keys.ok(), name_of(keys.why()));
  return std::move(keys->front());
}

std::string replaced(std::string text, std::string_view what, std::string_view replacement) {
  if (what.empty()) return text;
  const auto at = text.find(what);
  ensure(at != std::string::npos, "the policy does not hold the text to replace");
  return text.replace(at, what.size(), replacement);
}

}  // namespace

crypto::port& host() {
  static const auto made = openssl::make_host();
  return *made;
}

jose::signing_key make_key(std::string_view alg, std::string kid) {
  return sole(jose::parse_signing_keys(encoding::canonical_json(jwk_of(alg, kid)), host()));
}

jose::signing_key make_secret(std::string kid) {
  const auto random = openssl::random_bytes(32);
  ensure(random.ok(), "no random bytes");
  const json key{{"kty", "oct"}, {"k", encoding::encode_base64url(*random)}, {"kid", kid}};
  return sole(jose::parse_secret_keys(encoding::canonical_json(key), host()));
}

std::string public_set(const std::vector<jose::signing_key>& of) {
  return jose::write_public_set(of);
}

policy::policy_ptr test_policy(std::string_view what, std::string_view replacement) {
  const auto loaded = policy::load_policy(replaced(std::string(policy_text), what, replacement), host());
  for (const auto& problem : loaded.problems) ensure(false, policy::describe(problem));
  return loaded.policy;
}

bytes entropy(unsigned seed) {
  bytes made;
  for (unsigned i = 0; i < gate::edge_entropy_bytes; ++i) {
    seed = seed * 1664525U + 1013904223U;
    made.push_back(static_cast<byte>(seed >> 24));
  }
  return made;
}

world_keys& keys() {
  static world_keys made{{make_key("ES256", "edge-es"), make_key("EdDSA", "edge-ed")},
                         make_secret("mac-1"),
                         make_key("ES256", "okta-1"),
                         make_key("RS256", "access-1")};
  return made;
}

json alice() {
  return json{{"iss", "https://okta.test"},
              {"aud", "api"},
              {"sub", "alice"},
              {"email", "alice@acme.test"},
              {"groups", json::array({"finance", "staff"})},
              {"dept", "x1"},
              {"iat", start_s - 60},
              {"exp", start_s + 3600}};
}

std::string token(const json& claims, const jose::signing_key& key, std::string_view typ) {
  const std::string payload = encoding::canonical_json(claims);
  auto made = jose::sign_jws(key, typ, as_bytes(payload), host());
  ensure(made.ok(), "the token was not signed");
  return std::move(*made);
}

std::string alice_token() {
  static const std::string made = token(alice(), keys().okta);
  return made;
}

world::world(policy::policy_ptr with, gate::edge_limits limits) : policy(std::move(with)) {
  gate::edge_config config;
  config.policy = policy;
  config.signing_keys = keys().edge;
  config.secrets = {{"mac", {keys().secret}}};
  config.build = "test-build";
  config.limits = limits;
  auto made = gate::edge::make(std::move(config), host());
  ensure(made.ok(), name_of(made.why()));
  edge = std::move(*made);
  okta_set = public_set({keys().okta});
}

edge_outcome world::once(const client_request& request, unix_milliseconds now, unsigned seed) {
  last_ = request;
  fields_.clear();
  for (const auto& [name, value] : last_.fields) fields_.push_back({name, value});
  gate::edge_request view;
  view.method = last_.method;
  view.scheme = last_.scheme;
  view.host = last_.host;
  view.target = last_.target;
  view.fields = fields_;
  view.ip = last_.ip;
  view.country = last_.country;
  view.asn = last_.asn;
  view.body.is = last_.body_state;
  if (last_.body_state == gate::edge_body::state::read) view.body.content = as_bytes(last_.body);
  const bytes random = entropy(seed);
  auto outcome = edge->handle(view, now, random);
  sign_forward(*edge, outcome, now, random);
  return outcome;
}

edge_outcome world::through(client_request request, unix_milliseconds now, unsigned seed) {
  for (int step = 0; step < 8; ++step) {
    auto outcome = once(request, now, seed);
    for (const auto& each : outcome.refresh) fetch(each, now);
    if (const auto* wanted = needed<gate::need::keys>(outcome)) {
      fetch(wanted->request, now);
    } else if (const auto* body = needed<gate::need::body>(outcome)) {
      request.body_state =
          request.body.size() > body->max_bytes ? gate::edge_body::state::too_large : gate::edge_body::state::read;
    } else {
      return outcome;
    }
  }
  ensure(false, "the edge asks forever");
  return {};
}

void world::fetch(const gate::key_request& request, unix_milliseconds now) {
  ++fetches;
  gate::key_response answer;
  std::string body;
  if (down) {
    answer.problem = "connection refused";
  } else if (request.step == gate::key_step::discovery) {
    answer.status = 200;
    body = R"({"issuer":"https://okta.test","jwks_uri":"https://okta.test/keys"})";
  } else {
    answer.status = 200;
    body = request.source == "okta" ? okta_set : public_set({keys().access});
  }
  answer.body = body;
  // A refusal shows in the next outcome.
  (void)edge->supply_keys(request, answer, now).ok();
}

std::string world::wire(const client_request& request, unix_milliseconds now, unsigned seed) {
  const auto outcome = through(request, now, seed);
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  ensure(out != nullptr, name_of(reason_of(outcome)));
  const bool empty = out->body == gate::forward::body_plan::none;
  return wire_of(*out, request.method, empty ? "" : request.body);
}

std::string wire_of(const gate::forward& out, std::string_view method, std::string_view body) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  text.append(method).append(" ").append(out.target).append(" HTTP/1.1\r\n");
  add("Host", out.origin.substr(out.origin.find("://") + 3));
  for (const auto& each : out.fields) add(each.name, each.value);
  if (out.body == gate::forward::body_plan::none) return text + "\r\n";
  if (out.content_length) {
    add("Content-Length", std::to_string(*out.content_length));
    return text.append("\r\n").append(body);
  }
  add("Transfer-Encoding", "chunked");
  return text + "\r\n";
}

gate::origin_snapshot_ptr snapshot_for(std::string_view service, policy::policy_ptr policy,
                                       policy::policy_ptr previous) {
  auto made = std::make_shared<gate::origin_snapshot>();
  made->policy = std::move(policy);
  made->previous = std::move(previous);
  made->service = service;
  auto set = jose::parse_jwks(public_set(keys().edge), host());
  ensure(set.ok(), "the edge keys do not parse");
  made->edge_keys = std::make_shared<const jose::jwk_set>(std::move(*set));
  made->edge_keys_generation = 1;
  if (service == "mac") made->secrets.push_back(keys().secret);
  return made;
}

agent::agent(std::string_view service, gate::origin_limits limits) : agent(snapshot_for(service), limits) {}
agent::agent(gate::origin_snapshot_ptr snapshot, gate::origin_limits limits, crypto::port& with)
    : origin(std::move(snapshot), with, limits, {self.get(), &channels}) {}

gate::channel_identity_ptr identity_of(byte seed) {
  crypto::p256_scalar secret{};
  secret.fill(seed);
  const auto pair = channel::make_pair(host(), secret);
  ensure(pair.ok(), "the agent has no pair");
  return std::make_shared<const gate::channel_identity>(host(), *pair);
}

verdict agent::receive(std::string_view message, unix_milliseconds now) {
  message_ = message;
  const std::size_t end = message_.find("\r\n\r\n") + 4;
  auto head = http::parse_request_head(std::string_view(message_).substr(0, end));
  if (!head.ok()) return {head.why(), head.error().detail, {}, {}, {}};
  auto step = origin.open(std::move(*head), now);
  if (auto* no = std::get_if<gate::refused>(&step)) return {no->why, no->detail, {}, *no, no->channel};
  auto& request = *std::get_if<gate::opened>(&step);
  const auto channel = request.channel;
  if (request.digest) {
    auto wrong = origin.check_body(request, as_bytes(std::string_view(message_).substr(end)), now);
    if (wrong) return {wrong->why, wrong->detail, {}, *wrong, wrong->channel};
  }
  auto last = origin.admit(std::move(request), seen, now);
  if (auto* no = std::get_if<gate::refused>(&last)) return {no->why, no->detail, {}, *no, no->channel};
  return {reason::ok, "", std::move(*std::get_if<gate::admitted>(&last)), {}, channel};
}

std::string field_of(const std::vector<http::field>& fields, std::string_view lower) {
  const auto value = http::combined_field(fields, lower);
  return value.value_or("(absent)");
}

const gate::forward& forwarded(const edge_outcome& outcome) {
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  ensure(out != nullptr, name_of(reason_of(outcome)));
  return *out;
}

reason reason_of(const edge_outcome& outcome) {
  const auto* no = std::get_if<gate::refuse>(&outcome.what);
  return no == nullptr ? reason::ok : no->why;
}

json claims_of(std::string_view compact) {
  const auto token = jose::parse_jws(compact);
  ensure(token.ok(), "not a token");
  auto claims = encoding::parse_json(as_text(token->payload));
  ensure(claims.ok(), "the claims are not JSON");
  return std::move(*claims);
}

}  // namespace sallyport::testing
