// The origin: the nine checks of the protocol, in their order; the first failure is the reason.
//
//  1. framing                     http::parse_request_head, once, by the agent; open takes its result
//  2. canonical path              open; what it holds is what some route allows
//  3. the Sallyport fields        open: one of each, none unknown, none missing; the covered list is the profile's
//  4. signature parameters        open: all there, of their types; tag, nonce, alg; keyid known, of that alg, and the
//                                 alg the service is for; created, expires
//  5. request signature           open; the context, which is signed now, is read. Under a channel, checks 4 and 5 are
//                                 those of channel_checks.hpp
//  6. assertion                   open: signature, typ, claims, iss, aud, lifetime, times, route known; what it says of
//                                 the body agrees with the request. A probe's (gate/origin/probe.hpp) is none
//  7. content digest              open reads the field; check_body compares, before the app sees a byte
//  8. policy                      admit: digest known; signed headers are those that were signed; decided again on the
//                                 identity of the assertion and the signed context: over the same route, and allowed
//  9. replay                      admit, last, so that nobody can burn a nonce
//
// A Content-Length of 0 counts as none (some hops add or drop one when there is no body): it may be covered, and need
// not be.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/channel_identity.hpp"
#include "gate/origin/replay_set.hpp"
#include "gate/origin/request.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

struct origin_limits {
  /// Clock difference that is put up with; at most 60.
  seconds skew = 5;
  std::size_t max_signed_body_bytes = std::size_t{1} << 20;
  /// Entries of the memory of verified assertions.
  std::size_t verified_assertions = 4096;
};

/// What the agent holds at one time; immutable, shared by its threads, replaced whole.
struct origin_snapshot {
  policy::policy_ptr policy;
  /// The policy before this one, so that a deployment can reach edge and agent one after the other; may be null.
  policy::policy_ptr previous;
  /// Which service of the policy this agent stands before.
  std::string service;
  /// The edge's public keys; null until there are any (then requests are not_ready).
  std::shared_ptr<const jose::jwk_set> edge_keys;
  /// key_set::generation of edge_keys.
  std::uint64_t edge_keys_generation = 0;
  /// Shared secrets (HS256) for request signatures, by kid; empty when the service does not use them.
  std::vector<jose::signing_key> secrets;
};
using origin_snapshot_ptr = std::shared_ptr<const origin_snapshot>;

/// The policy of the two that has this digest, or nullptr. Precondition: there is a policy.
const policy::compiled_policy* policy_by_digest(const origin_snapshot& held, std::string_view digest);

/// Whether a snapshot can serve. Reasons: config_invalid (no such service in the policy, skew over 60), not_ready (no
/// policy or no edge keys yet), signing_key_missing (the service is for hmac-sha256 and there is no secret).
result<void> check_snapshot(const origin_snapshot& what, const origin_limits& limits);

/// One per thread. Not thread-safe; shares the snapshot and what `channels` names.
class origin {
 public:
  origin(origin_snapshot_ptr snapshot, crypto::port& host, const origin_limits& limits = {},
         const origin_channels& channels = {});
  ~origin();
  origin(const origin&) = delete;
  origin& operator=(const origin&) = delete;

  /// From now on decides with this. Requests that are open go on with what they were opened with where they hold it.
  void adopt(origin_snapshot_ptr snapshot);
  const origin_snapshot& snapshot() const;

  /// Checks 2 to 6 on a head that passed check 1. Nothing is remembered about the request: it may be opened again.
  /// `own_id`: for a refusal before the edge's id can be trusted; must differ from all that an edge makes.
  std::variant<refused, opened> open(http::request_head head, unix_milliseconds now, std::string_view own_id = {});

  /// All checks of a probe (gate/origin/probe.hpp) on a head that passed framing and whose target is the agent's own.
  std::variant<refused, accepted_probe> probe(const http::request_head& head, replay_guard& seen, status_rate& rate,
                                              unix_milliseconds now, std::string_view own_id = {});

  /// Check 7. Nothing when the body is the one that was signed.
  std::optional<refused> check_body(opened& request, bytes_view body, unix_milliseconds now);

  /// Checks 8 and 9. Precondition: check_body, when there is a digest (else internal).
  std::variant<refused, admitted> admit(opened request, replay_guard& seen, unix_milliseconds now);

  /// A refusal that the agent itself decides (framing, limits, time-outs, not ready), with its audit line. `head` may
  /// be null; `request` too, else it was opened and its id and identity are recorded. `own_id` as in open().
  refused refuse(failure why, const http::request_head* head, const opened* request, unix_milliseconds now,
                 std::string_view own_id = {}) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace sallyport::gate
