// Who was signed in: the id_token, checked (OpenID Connect Core section 3.1.3.7). In this order (normative): form, algorithm,
// key and signature (jws_*, jwk_*, key_not_found); typ absent or JWT, types of claims, `iss`, `aud` has the client, `exp`, `nbf`,
// `iat` (jwt_*); then
//
// | check | else |
// | --- | --- |
// | `aud` is the client alone, or `azp` says that the token was made for it; `azp`, where it is there, is the client | jwt_audience_mismatch |
// | `iat` is there, and at most 10 minutes ago | jwt_claims_invalid, jwt_expired |
// | `sub`: 1 to 255 printable ASCII characters | jwt_subject_missing, jwt_claims_invalid |
// | `nonce` is that of this login | login_nonce_differs |
// | `at_hash`, where it is there, is that of the access token | login_at_hash_differs |
#pragma once

#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"
#include "jose/jwk_set.hpp"
#include "login/provider.hpp"

namespace sallyport::login {

/// How long ago an id_token may have been issued: it comes fresh from the token endpoint.
inline constexpr seconds max_id_token_age = 600;

struct id_token_wanted {
  const provider& from;
  std::string_view nonce;
  /// The one that came with it.
  std::string_view access_token;
  unix_seconds now = 0;
};

/// Its claims. Reasons: those above.
result<encoding::json> check_id_token(std::string_view token, const jose::jwk_set& keys, const id_token_wanted& wanted,
                                      crypto::port& host);

}  // namespace sallyport::login
