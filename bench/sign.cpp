// Prepares signed requests in bulk with the edge's own core: each with its own nonce, id and signature, under each of
// TOKENS tokens in turn, as they would come from a Worker. A signed request lives for half a minute, so they are made right
// before use.
//
//   bench_sign POLICY KEYS SECRETS HOST PATH COUNT TOKENS > FILE
//
// POLICY: a policy whose only issuer is "bench"; its tokens are signed here with a key made here. KEYS: the edge's
// private keys. SECRETS: shared secrets of the service "app", or "-"; or "channel:" and the channel.secret of its agent, and
// then the fourth request opens a channel, as it does between a Worker and an agent. FILE is what bench_load reads.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "gate/edge/edge.hpp"
#include "jose/jws.hpp"
#include "policy/load/load.hpp"
#include "tests/support/signed_forward.hpp"

using namespace sallyport;

namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "bench_sign: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T must(result<T> outcome, const char* what) {
  if (!outcome.ok())
    fail(std::string(what) + ": " + std::string(name_of(outcome.why())) + " " + outcome.error().detail);
  return std::move(outcome).value();
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

unix_milliseconds now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// The issuer of the callers' tokens: one ES256 key.
jose::signing_key make_issuer_key(crypto::port& host) {
  jose::jwk key{"bench",
                {crypto::algorithm::es256},
                crypto::algorithm::es256,
                must(openssl::generate_ec(crypto::curve::p256), "key")};
  return must(jose::parse_signing_keys(encoding::canonical_json(jose::private_jwk(key)), host), "key").front();
}

/// However many tokens there are, they are of these: the agent keeps an app's connection for the subject that used it last.
constexpr std::size_t subjects = 20;

std::vector<std::string> make_tokens(const policy::issuer& of, const jose::signing_key& key, std::size_t count,
                                     crypto::port& host) {
  std::vector<std::string> tokens;
  const unix_seconds at = now() / 1000;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "caller-" + std::to_string(i % subjects);
    const encoding::json claims{{"iss", of.url},
                                {"aud", of.audiences.front()},
                                {"sub", name},
                                {"jti", std::to_string(i)},
                                {"iat", at},
                                {"exp", at + 3600},
                                {"email", name + "@acme.example"},
                                {"groups", {"finance", "staff"}}};
    tokens.push_back(must(jose::sign_jws(key, "at+jwt", as_bytes(claims.dump()), host), "token"));
  }
  return tokens;
}

constexpr std::string_view channel_prefix = "channel:";

/// The agent's end of a channel: what it says of each request until it holds one.
class agent_end {
 public:
  agent_end(std::string_view secret, crypto::port& host) : host_(host) {
    const auto octets = must(encoding::decode_base64url(secret), "channel secret");
    channel::mac_key key{};
    if (octets.size() != key.size()) fail("a channel secret has 32 octets");
    std::copy(octets.begin(), octets.end(), key.begin());
    own_ = must(channel::derive_pair(host, key, "app"), "channel pair");
  }

  void hear(gate::edge& edge, const gate::forward& to, const gate::signed_request& made, unix_milliseconds at) const {
    channel::field says;
    if (made.sig != "channel") says.key = own_.point;
    if (!made.grant.empty()) says.confirm = confirm(made.grant, to.to_sign.nonce);
    edge.answered(made.sent, 200, channel::write_field(says), at);
  }

 private:
  bytes confirm(std::string_view grant, std::string_view nonce) const {
    const auto read = must(channel::read_grant(grant, host_), "grant");
    const auto keys =
        must(channel::derive(host_, own_.secret, read.content.edge, read.id, read.content.edge, own_.point), "keys");
    return must(channel::confirmation(host_, keys.confirmations, nonce), "confirm");
  }

  crypto::port& host_;
  channel::pair own_;
};

std::unique_ptr<gate::edge> make_edge(char** arguments, crypto::port& host) {
  gate::edge_config config;
  auto loaded = policy::load_policy(read_file(arguments[1]), host);
  if (!loaded.policy) fail("policy: " + policy::describe(loaded.problems.front()));
  config.policy = loaded.policy;
  config.signing_keys = must(jose::parse_signing_keys(read_file(arguments[2]), host), "keys");
  if (const std::string secrets(arguments[3]); secrets != "-" && !secrets.starts_with(channel_prefix)) {
    config.secrets.push_back({"app", must(jose::parse_secret_keys(read_file(arguments[3]), host), "secrets")});
  }
  return must(gate::edge::make(std::move(config), host), "edge");
}

void write_request(const gate::forward& to, std::string_view host) {
  std::string out("GET ");
  out.append(to.target).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
  for (const auto& field : to.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  out.append("\r\n");
  const auto size = static_cast<std::uint32_t>(out.size());
  std::fwrite(&size, sizeof size, 1, stdout);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

/// One request; keys are supplied when the edge asks for them.
void sign_one(gate::edge& edge, const gate::edge_request& request, const jose::signing_key& issuer,
              const std::optional<agent_end>& agent) {
  const bytes entropy = must(openssl::random_bytes(gate::edge_entropy_bytes), "entropy");
  auto outcome = edge.handle(request, now(), entropy);
  if (const auto* lacking = std::get_if<gate::need>(&outcome.what)) {
    const auto* keys = std::get_if<gate::need::keys>(&lacking->what);
    if (keys == nullptr) fail("the edge needs a body");
    const std::string set = jose::write_public_set({issuer});
    const auto taken = edge.supply_keys(keys->request, {200, set, "", "", 0}, now());
    if (!taken.ok()) fail("keys: " + std::string(name_of(taken.why())));
    outcome = edge.handle(request, now(), entropy);
  }
  auto* sent = std::get_if<gate::forward>(&outcome.what);
  if (sent == nullptr) fail("the edge did not forward: " + outcome.audit);
  const auto made = testing::sign_forward(edge, *sent, now(), entropy);
  if (agent) agent->hear(edge, *sent, made, now());
  write_request(*sent, request.host);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 8) fail("usage: bench_sign POLICY KEYS SECRETS HOST PATH COUNT TOKENS > FILE");
  const auto host = openssl::make_host();
  auto loaded = policy::load_policy(read_file(arguments[1]), *host);
  if (!loaded.policy) fail("policy: " + policy::describe(loaded.problems.front()));
  const auto edge = make_edge(arguments, *host);
  const auto issuer = make_issuer_key(*host);
  std::optional<agent_end> agent;
  if (const std::string_view secrets(arguments[3]); secrets.starts_with(channel_prefix)) {
    agent.emplace(secrets.substr(channel_prefix.size()), *host);
  }
  const auto tokens =
      make_tokens(loaded.policy->issuers.front(), issuer, std::strtoul(arguments[7], nullptr, 10), *host);
  const std::size_t total = std::strtoul(arguments[6], nullptr, 10);
  for (std::size_t i = 0; i < total; ++i) {
    const std::string credential = "Bearer " + tokens[i % tokens.size()];
    const std::array fields{http::field{"authorization", credential}, http::field{"accept", "application/json"},
                            http::field{"user-agent", "bench"}};
    sign_one(*edge, {"GET", "https", arguments[4], arguments[5], fields, "192.0.2.7", "CH", 64496, {}}, issuer, agent);
  }
}
