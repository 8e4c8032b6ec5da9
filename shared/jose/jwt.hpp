// JSON Web Tokens (RFC 7519): a compact JWS whose payload is a JSON object of claims.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jose/claims.hpp"
#include "jose/jws.hpp"

namespace sallyport::jose {

/// A JWT that was read and not verified. Its issuer may be used to look up keys, and for nothing else.
struct unverified_jwt {
  unverified_jws jws;
  json claims;

  /// The `iss` claim, a view into `claims`; nothing when absent or not a string.
  std::optional<std::string_view> claimed_issuer() const;
};

/// A JWT whose signature and claims were checked; only verify_jwt makes one.
class verified_jwt {
 public:
  const jws_header& header() const { return header_; }
  const json& claims() const { return claims_; }
  /// The registered claims, views into claims(); valid as long as this object stays where it is.
  registered_claims registered() const;

 private:
  friend result<verified_jwt> verify_jwt(unverified_jwt, const jwk_set&, crypto::algorithm_set, const claims_options&,
                                         crypto::port&);
  verified_jwt(jws_header header, json claims) : header_(std::move(header)), claims_(std::move(claims)) {}
  jws_header header_;
  json claims_;
};

/// The result views into `token`. Reasons: those of parse_jws; jwt_claims_invalid (the payload is not a JSON object).
result<unverified_jwt> parse_jwt(std::string_view token, const jws_limits& limits = {});

/// The signature first, then the claims. Reasons: those of verify_jws and check_claims.
result<verified_jwt> verify_jwt(unverified_jwt token, const jwk_set& keys, crypto::algorithm_set allowed,
                                const claims_options& options, crypto::port& host);

}  // namespace sallyport::jose
