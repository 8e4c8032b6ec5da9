// Assertions made and used again. One caller on one route needs one assertion for a while, not one a request; what
// binds it to a request is the request signature, which covers it.
//
// * exp is the earlier of now + the route's assertion_ttl and the moment until which the edge itself accepts the
//   caller's token (its exp plus the issuer's clock_skew, to the next whole second): it never outlives the token.
// * An assertion is used again while half of the ttl is left of it, or while a new one could not live longer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/lru.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/edge/authenticate.hpp"
#include "gate/protocol/assertion.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// A signed assertion.
struct minted_assertion {
  std::string compact;
  std::string id;
  unix_seconds issued_at = 0;
  unix_seconds expires = 0;
};
using minted_ptr = std::shared_ptr<const minted_assertion>;

/// What an assertion is for. Precondition: route->service is set.
struct assertion_order {
  const verified_token* caller = nullptr;
  const policy::route* route = nullptr;
  body_coverage body = body_coverage::covered;
};

/// Not thread-safe.
class assertion_mint {
 public:
  /// `key` must outlive the mint.
  assertion_mint(policy::policy_ptr policy, const jose::signing_key& key, std::size_t capacity, crypto::port& host);

  /// `id`: the jti for a new one. Reasons: crypto_failed, jws_too_large (more claims are used than an assertion holds).
  result<minted_ptr> assertion_for(const assertion_order& order, unix_seconds now, std::string_view id);

 private:
  struct entry_key {
    crypto::sha256_digest caller{};
    const policy::route* route = nullptr;
    body_coverage body = body_coverage::covered;
    bool operator==(const entry_key& other) const {
      return caller == other.caller && route == other.route && body == other.body;
    }
  };
  struct entry_hash {
    std::uint64_t operator()(const entry_key& key) const;
  };

  result<minted_ptr> make(const assertion_order& order, unix_seconds now, unix_seconds expires, std::string_view id);

  policy::policy_ptr policy_;
  const jose::signing_key& key_;
  /// The same for every assertion.
  std::string header_;
  crypto::port& host_;
  lru<entry_key, minted_ptr, entry_hash> memory_;
};

}  // namespace sallyport::gate
