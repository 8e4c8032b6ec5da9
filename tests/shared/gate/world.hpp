// A small world for the tests of the gate: issuers with keys, an edge and its origins, and requests between them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/openssl/host.hpp"
#include "encoding/json.hpp"
#include "gate/edge/edge.hpp"
#include "gate/origin/origin.hpp"
#include "http/request_head.hpp"
#include "jose/jws.hpp"
#include "policy/load/load.hpp"

namespace sallyport::testing {

using encoding::json;
using gate::edge_outcome;

inline constexpr unix_milliseconds start = 1'760'000'000'000;
inline constexpr unix_seconds start_s = start / 1000;

crypto::port& host();
/// A fresh private key; `alg` is "ES256", "EdDSA" or "RS256".
jose::signing_key make_key(std::string_view alg, std::string kid);
jose::signing_key make_secret(std::string kid);
std::string public_set(const std::vector<jose::signing_key>& keys);

/// The policy of world.cpp, with `replace` in place of `what` (both empty: as it is).
policy::policy_ptr test_policy(std::string_view what = "", std::string_view replacement = "");

/// Random bytes that are the same in every run, different for each `seed`.
bytes entropy(unsigned seed);

/// A request as the client sends it to the edge.
struct client_request {
  std::string method = "GET";
  std::string scheme = "https";
  std::string host = "es.test";
  std::string target = "/api/things?q=1";
  std::vector<std::pair<std::string, std::string>> fields;
  std::string ip = "192.0.2.7";
  std::string country = "CH";
  std::uint32_t asn = 64496;
  gate::edge_body::state body_state = gate::edge_body::state::none;
  std::string body;

  client_request& bearer(const std::string& token) {
    fields.emplace_back("authorization", "Bearer " + token);
    return *this;
  }
};

/// Shared by all worlds of a run, so that keys are made once.
struct world_keys {
  std::vector<jose::signing_key> edge;
  jose::signing_key secret;
  jose::signing_key okta;
  jose::signing_key access;
};
world_keys& keys();

/// The claims of alice, good at `start`.
json alice();
std::string token(const json& claims, const jose::signing_key& key, std::string_view typ = "JWT");
std::string alice_token();

class world {
 public:
  explicit world(policy::policy_ptr policy = test_policy(), gate::edge_limits limits = {});

  /// One call of edge::handle. Views in the outcome live until the next call.
  edge_outcome once(const client_request& request, unix_milliseconds now = start, unsigned seed = 1);
  /// The same, after having fetched what it asks for and read the body.
  edge_outcome through(client_request request, unix_milliseconds now = start, unsigned seed = 1);
  /// What the fake network answers; `down` makes every fetch fail.
  void fetch(const gate::key_request& request, unix_milliseconds now);

  /// `through`, which must forward, as raw HTTP/1.1: head and body.
  std::string wire(const client_request& request, unix_milliseconds now = start, unsigned seed = 1);

  policy::policy_ptr policy;
  std::unique_ptr<gate::edge> edge;
  bool down = false;
  std::size_t fetches = 0;
  std::string okta_set;

 private:
  std::vector<http::field> fields_;
  client_request last_;
};

/// Head and body of a forwarded request as one HTTP/1.1 message.
std::string wire_of(const gate::forward& out, std::string_view method, std::string_view body);

/// What an agent holds for `service`.
gate::origin_snapshot_ptr snapshot_for(std::string_view service, policy::policy_ptr policy = test_policy(),
                                       policy::policy_ptr previous = nullptr);

/// Everything an agent does with one message: parse, open, check the body, admit.
struct verdict {
  reason why = reason::internal;
  std::string detail;
  std::optional<gate::admitted> in;
  gate::refused no;
  gate::channel_response channel;
};

/// The agent's end of channels; every `seed` is another agent.
gate::channel_identity_ptr identity_of(byte seed = 1);

class agent {
 public:
  explicit agent(std::string_view service, gate::origin_limits limits = {});
  explicit agent(gate::origin_snapshot_ptr snapshot, gate::origin_limits limits = {}, crypto::port& with = host());
  verdict receive(std::string_view message, unix_milliseconds now = start);

  gate::channel_identity_ptr self = identity_of();
  gate::channel_memory channels{64};
  gate::origin origin;
  gate::replay_set seen;

 private:
  std::string message_;
};

/// The value of a field of what is forwarded or admitted, or "(absent)".
std::string field_of(const std::vector<http::field>& fields, std::string_view lower);
/// What is forwarded, which something must be.
const gate::forward& forwarded(const edge_outcome& outcome);
/// The reason of an outcome: ok for forward and answer.
reason reason_of(const edge_outcome& outcome);
/// What the outcome says is lacking; null where it is something else, or nothing.
template <class What>
const What* needed(const edge_outcome& outcome) {
  const auto* lacking = std::get_if<gate::need>(&outcome.what);
  return lacking == nullptr ? nullptr : std::get_if<What>(&lacking->what);
}
json claims_of(std::string_view compact);

}  // namespace sallyport::testing
