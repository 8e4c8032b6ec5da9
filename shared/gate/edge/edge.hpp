// The edge: authenticate, decide, sign. A pure function of request, time and entropy over a bounded memory of what was
// verified and minted before; nothing in that memory changes a decision, it only saves work.
//
// The order of checks (normative; the first failure is the reason)
//  1. head: method, host, field names and values, number and size of fields (framing_*)
//  2. target: made canonical (framing_target_form, path_*)
//  3. our own endpoints: /.well-known/jwks.json and /.well-known/openid-configuration on the issuer's host, and
//     /.sallyport/status, for GET and HEAD. Nothing under /.sallyport/ ever reaches an app. /.sallyport/agent, which is
//     between edge and agents, is route_not_found whoever asks.
//     /.sallyport/jobs is for authenticated callers: runs of jobs (gate/edge/job_order.hpp).
//     /.sallyport/services/<name>?for=<target> is decided from here on as GET of that target, and ends after 6: allowed,
//     and leading to that service, it is told the service's state; its reset is for operators
//     (gate/edge/service_order.hpp).
//  4. the route is looked up: whether it allows what the path holds, and whether servers may read the path as that of
//     another route (path_*), and whether it is anonymous; nothing else matters yet
//  5. credential: exactly one (credential_ambiguous, credential_malformed, credential_missing), issuer by its iss
//     (issuer_unknown), keys (need::keys, keys_unavailable, key_not_found), signature and claims (jws_*, jwt_*, jwk_*),
//     identity (jwt_*, identity_*). A caller without a credential goes on only when the route is anonymous. So who is
//     not known does not learn which routes exist.
//  6. policy: route_not_found, then policy::decide
//  7. a route to a job: its input (gate/edge/job_order.hpp), and the host runs it
//  8. body: need::body where it must be signed
//  9. forward (jws_too_large, framing_head_too_large: what would be sent is more than an origin takes). It is signed once
//     its place is known (gate/edge/signing.hpp).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/edge/request.hpp"
#include "gate/edge/signature_order.hpp"
#include "gate/keys/key_set.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// Shared secrets of one service; the first one signs.
struct service_secrets {
  std::string service;
  std::vector<jose::signing_key> keys;
};

struct signed_probe;

struct edge_limits {
  std::size_t max_fields = 112;
  std::size_t max_head_bytes = std::size_t{56} << 10;
  std::size_t max_token_bytes = std::size_t{16} << 10;
  /// Entries of the two memories.
  std::size_t verified_tokens = 512;
  std::size_t minted_assertions = 2048;
  key_set_limits keys;
};

struct edge_config {
  policy::policy_ptr policy;
  /// Private keys, ES256 or EdDSA; the first one signs assertions, and the first one of a service's algorithm its
  /// requests. All public halves are published.
  std::vector<jose::signing_key> signing_keys;
  std::vector<service_secrets> secrets;
  /// What /.sallyport/status says about the build.
  std::string build;
  edge_limits limits;
};

/// Bytes of entropy that one call of handle needs.
inline constexpr std::size_t edge_entropy_bytes = 48;
static_assert(channel_entropy_bytes <= edge_entropy_bytes, "hosts give each call the same number");

/// Not thread-safe. Views in outcomes into the policy live as long as the edge.
class edge {
 public:
  /// Reasons: signing_key_missing (no signing key, or none of the algorithm that a service asks for), config_invalid
  /// (a key that is not ES256 or EdDSA, a secret for a service that the policy does not have, two keys under one kid, a
  /// kid that no signature can carry).
  static result<std::unique_ptr<edge>> make(edge_config config, crypto::port& host);
  ~edge();
  edge(const edge&) = delete;
  edge& operator=(const edge&) = delete;

  /// Decides. `entropy`: edge_entropy_bytes fresh random bytes, or more; the same ones may be passed again when the
  /// same request is handled again.
  edge_outcome handle(const edge_request& request, unix_milliseconds now, bytes_view entropy);

  /// Signs what handle forwards (request_signer::sign).
  result<signed_request> sign(const signature_order& order, std::string_view place, signing_turn turn,
                              unix_milliseconds now, bytes_view entropy);
  /// What responses say of channels (request_signer::answered, unanswered).
  channel_news answered(std::string_view sent, int status, std::string_view field, unix_milliseconds now);
  channel_news unanswered(std::string_view sent, unix_milliseconds now);

  /// Makes a probe of an agent of `service` (gate/edge/probe.hpp).
  result<signed_probe> probe(std::string_view service, unix_milliseconds now, bytes_view entropy) const;

  /// Takes what came back for a key request. The text is for a log: what of a new set is not used, and why; empty when
  /// there is nothing to say. Reasons: those of key_set::supply; internal (no such source).
  result<std::string> supply_keys(const key_request& request, const key_response& answer, unix_milliseconds now);

  /// By issuer name, for status pages and metrics.
  std::vector<std::pair<std::string, key_set_health>> health(unix_milliseconds now) const;

  /// Internal (gate/edge/state.hpp).
  struct state;

 private:
  explicit edge(std::unique_ptr<state> data);
  std::unique_ptr<state> state_;
};

}  // namespace sallyport::gate
