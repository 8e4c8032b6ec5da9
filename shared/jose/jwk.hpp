// One JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037 section 2) as a typed value.
//
// Rules of a key
// * kty and crv are in the algorithm table; RSA moduli have 2048 to 8192 bits and not the ROCA fingerprint, exponents
//   are odd, 65537 at least and 33 bits at most; coordinates have their full length; an Ed25519 point has no small
//   order; a secret is as long as its hash.
// * `use` is "sig" or absent; `key_ops` is absent or holds the operation; `alg` is absent or fits kty and crv.
// * An RSA integer with leading zeros is the same integer (some issuers write one); its strength counts from the first
//   bit that is set.
// * x5c, x5t, x5u of a key are not read: trust in a key comes from where its set was fetched.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/algorithm_set.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"

namespace sallyport::jose {

using encoding::json;

/// A symmetric key; never printed.
struct secret_parts {
  bytes k;
};

/// A JWK that was checked. `material` has private members only when they were asked for.
struct jwk {
  /// Empty: the key has none.
  std::string kid;
  /// What the key may be used with: its `alg`, or all that fit kty and crv when it has no `alg`.
  crypto::algorithm_set algorithms;
  /// The `alg` member.
  std::optional<crypto::algorithm> algorithm;
  std::variant<crypto::rsa_parts, crypto::ec_parts, secret_parts> material;
};

/// Which half of a key the reader is after; it decides which members may be there and which `key_ops` must be.
enum class key_purpose : std::uint8_t {
  /// A public key; a private member or a symmetric key is refused.
  verify_public,
  /// The verifying half of whatever kind of key it is: of a private key the public members, of a secret the secret.
  verify_any,
  /// A private key with all its members (RSA: with the CRT ones).
  sign_private,
  /// A symmetric key.
  share_secret,
};

/// Reasons: jwk_invalid, jwk_private_in_public_set, jwk_weak_rsa, jwk_roca, jwk_weak_secret, jwk_use_mismatch,
/// jwk_algorithm_mismatch, jwk_unsupported. Whether a point lies on its curve, the crypto host says on import.
result<jwk> parse_jwk(const json& value, key_purpose purpose);

/// RFC 7638 thumbprint with SHA-256, base64url: the kid that we give to keys of ours. That of a secret is itself a
/// secret (RFC 7638 section 7).
std::string thumbprint(const jwk& key, crypto::port& host);

/// The public members with kid, alg and use, as served in a JWK set. Precondition: not a secret.
json public_jwk(const jwk& key);
/// All members, the private ones included: for key files and secrets of ours, never for a log.
json private_jwk(const jwk& key);

}  // namespace sallyport::jose
