// From a checked JWK to keys of the crypto host.
#pragma once

#include "jose/jwk_set.hpp"

namespace sallyport::jose {

/// Purpose: verify_public or verify_any. Reasons: those of parse_jwk, jwk_point_not_on_curve, key_import_failed.
result<verification_key> import_verifier(const json& entry, key_purpose purpose, crypto::port& host);

/// The same of a JWK that was parsed. Reasons: jwk_point_not_on_curve, key_import_failed.
result<verification_key> import_verifier(jwk key, crypto::port& host);

/// A private key whose halves belong together: what it signs, the other half verifies. Reasons: as import_verifier;
/// jwk_invalid (an RSA key without `alg`).
result<signing_key> import_private_signer(const json& entry, crypto::port& host);

/// A shared secret with a kid; HS256 unless `alg` says otherwise. Reasons: as import_verifier.
result<signing_key> import_secret_signer(const json& entry, crypto::port& host);

}  // namespace sallyport::jose
