// Check 6: the assertion. What was verified once is remembered by its whole text, so that in the steady state a request
// costs one signature check and not two; times and routes are checked every time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/lru.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/origin.hpp"
#include "jose/jws.hpp"

namespace sallyport::gate {

/// The JWS of an assertion, by a key of the edge and of the right typ. Reasons: assertion_invalid; httpsig_key_unknown, and
/// sets `unknown_key`.
result<jose::verified_jws> verify_assertion_jws(std::string_view text, const origin_snapshot& held, crypto::port& host,
                                                bool& unknown_key);
/// What does not change while one snapshot is held. Reasons: assertion_issuer, assertion_audience, assertion_invalid,
/// assertion_lifetime.
result<void> check_binding(const assertion& content, const origin_snapshot& held, seconds longest);
/// Reasons: assertion_not_yet_valid, assertion_expired.
result<void> check_assertion_times(const assertion& content, unix_seconds now, seconds skew);

class assertion_verifier {
 public:
  assertion_verifier(const origin_limits& limits, crypto::port& host);

  /// Checks in this order: kid (httpsig_key_unknown, and sets `unknown_key`), signature, typ, claims
  /// (assertion_invalid), iss (assertion_issuer), aud (assertion_audience), lifetime (assertion_lifetime), times
  /// (assertion_not_yet_valid, assertion_expired), route, if the policy is known (assertion_route_unknown).
  result<std::shared_ptr<const verified_assertion>> verify(std::string_view text, const origin_snapshot& held,
                                                           unix_seconds now, bool& unknown_key);
  /// Everything verified so far was verified with another snapshot.
  void forget() { memory_.clear(); }

 private:
  using entry = std::shared_ptr<const verified_assertion>;
  struct text_hash {
    std::uint64_t operator()(std::string_view text) const;
  };

  result<entry> read(std::string_view text, const origin_snapshot& held, bool& unknown_key);

  origin_limits limits_;
  crypto::port& host_;
  /// Keyed by the whole compact form: nothing but the very same bytes finds it.
  lru<std::string, entry, text_hash> memory_;
};

}  // namespace sallyport::gate
