// The claims of a JWT (RFC 7519 section 4) and when they hold (RFC 8725).
//
// Rules of time, with skew s: expired when now >= exp + s; too early when now + s < nbf or now + s < iat. Times are
// JSON numbers, integers or decimals, within 2^53 seconds of 1970; nothing else (RFC 7519 section 2, NumericDate).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"

namespace sallyport::jose {

using encoding::json;

/// What the verifier demands. The views must outlive the call.
struct claims_options {
  /// The exact `iss`; nothing: any, also none.
  std::optional<std::string_view> issuer;
  /// `aud` must name one of them, so an empty list refuses every token. Nothing: aud is not looked at, which is only
  /// for tokens that another check binds to us.
  std::optional<std::span<const std::string>> audiences;
  /// The `typ` header must be one of them, with or without "application/", any case (RFC 7515 section 4.1.9); "" stands
  /// for a token without typ. Nothing: any, also none.
  std::optional<std::span<const std::string>> types;
  unix_seconds now = 0;
  seconds skew = 0;
  bool require_expiry = true;
  /// The longest exp - iat (exp - now for a token without iat); nothing: no limit.
  std::optional<seconds> max_lifetime;
};

/// NumericDate, in seconds; doubles carry every time in question to the microsecond.
using numeric_date = double;

/// The registered claims, typed; absent ones are empty. Strings are views into the JSON value.
struct registered_claims {
  std::optional<std::string_view> issuer, subject, id;
  std::optional<numeric_date> expires, not_before, issued_at;
};

/// Reasons: jwt_claims_invalid (not an object; iss, sub, jti not strings; exp, nbf, iat not times; aud neither a string
/// nor a list of strings).
result<registered_claims> read_registered_claims(const json& claims);

/// Checks in this order: typ, types of the claims, iss, aud, exp, nbf, iat, lifetime. Details say by how many seconds,
/// and show typ, iss and aud, shortened, beside what was wanted; nothing else of the token. Reasons: jwt_claims_invalid, jwt_type_mismatch, jwt_issuer_mismatch,
/// jwt_audience_mismatch, jwt_expiry_missing, jwt_expired, jwt_not_yet_valid, jwt_issued_in_future,
/// jwt_lifetime_too_long.
result<void> check_claims(const json& claims, std::string_view typ, const claims_options& options);

}  // namespace sallyport::jose
