// Who calls: from a token to a verified identity, with the keys of the issuer that the token names.
//
// * `iss` of the unverified payload picks the issuer, and nothing else of it is believed. A token is tried only with
//   that issuer, and only when that issuer takes tokens from where this one stands (issuer_unknown otherwise).
// * A memory of verified tokens saves the signature check of a token that was seen before: keyed by the SHA-256 of the
//   whole token, an entry holds between its nbf and exp (skew included) and as long as the issuer's key set is the one
//   that verified it and may still be used. It never changes a decision.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/lru.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/edge/credential.hpp"
#include "gate/edge/request.hpp"
#include "gate/keys/key_set.hpp"
#include "jose/jwt.hpp"
#include "policy/document.hpp"
#include "policy/identity.hpp"

namespace sallyport::gate {

/// A token that was verified, or the anonymous caller.
struct verified_token {
  policy::identity who;
  crypto::sha256_digest digest{};
  /// The issuer's number in the policy.
  std::size_t issuer = 0;
  /// In seconds: accepted while from <= now < until, the issuer's skew included.
  double from = 0;
  double until = 0;
  std::uint64_t key_generation = 0;
};
using verified_token_ptr = std::shared_ptr<const verified_token>;

/// Refused, or keys are needed first, or verified.
using authentication = std::variant<failure, key_request, verified_token_ptr>;

struct authenticator_limits {
  std::size_t max_token_bytes = std::size_t{16} << 10;
  std::size_t verified_tokens = 512;
  key_set_limits keys;
};

/// Not thread-safe.
class authenticator {
 public:
  /// Precondition: at most credential_places::max_places places in the policy.
  authenticator(policy::policy_ptr policy, const authenticator_limits& limits, crypto::port& host);

  const credential_places& places() const { return places_; }

  /// Reasons: credential_too_large, issuer_unknown, keys_unavailable, those of jose::parse_jwt and jose::verify_jwt and
  /// of policy::identity_from_claims. Fetches that may run in the background are added to `refresh`.
  authentication authenticate(const credential& found, unix_milliseconds now, std::vector<key_request>& refresh);
  /// The caller without a credential.
  verified_token_ptr anonymous() const { return anonymous_; }

  /// What of a new set is not used, and why, in one line for operators; empty when there is nothing to say. Reasons:
  /// internal (no such issuer), those of key_set::supply.
  result<std::string> supply(const key_request& request, const key_response& answer, unix_milliseconds now);
  std::vector<std::pair<std::string, key_set_health>> health(unix_milliseconds now) const;

 private:
  struct digest_hash {
    std::uint64_t operator()(const crypto::sha256_digest& digest) const;
  };

  verified_token_ptr remembered(const crypto::sha256_digest& digest, const credential& found, unix_milliseconds now);
  result<std::size_t> issuer_of(const jose::unverified_jwt& token, const credential& found) const;
  /// `size`: of the whole token, in bytes.
  authentication verify(jose::unverified_jwt token, std::size_t size, std::size_t issuer,
                        const crypto::sha256_digest& digest, unix_milliseconds now);
  result<verified_token> check(jose::unverified_jwt token, std::size_t issuer, const jose::jwk_set& keys,
                               unix_milliseconds now);
  void note_refresh(std::size_t issuer, unix_milliseconds now, std::vector<key_request>& refresh);

  policy::policy_ptr policy_;
  authenticator_limits limits_;
  crypto::port& host_;
  credential_places places_;
  /// One an issuer, in the order of the policy.
  std::vector<key_set> key_sets_;
  lru<crypto::sha256_digest, verified_token_ptr, digest_hash> memory_;
  verified_token_ptr anonymous_;
};

}  // namespace sallyport::gate
