// JWK sets (RFC 7517 section 5): what verifies, and what signs.
//
// In a public set, entries that cannot verify anything are passed over, as RFC 7517 section 5 says: an unknown kty, crv
// or alg, use "enc", missing or malformed members, a weak or ROCA modulus, a point off its curve. Real issuers publish
// such entries beside the good ones, and a key that is not there accepts nothing. The set says which ones and why.
// Private or symmetric members refuse the whole set: whoever fetched it can sign now. A set in which nothing can be
// used is refused with the reason of its first entry.
//
// RFC 7517 section 4.5 asks for different kids and does not demand them. Entries of the same key under the same kid are
// one key, for the algorithms of all of them. Different keys under one kid are told apart by the token's algorithm;
// where that leaves several, none is chosen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "jose/jwk.hpp"

namespace sallyport::jose {

/// A key that verifies. Immutable; copies share the imported key.
struct verification_key {
  /// Empty: the key has none.
  std::string kid;
  /// What it may verify: its `alg`, or all that fit kty and crv.
  crypto::algorithm_set algorithms;
  crypto::key_ptr key;
};

/// Keys of one issuer.
class jwk_set {
 public:
  jwk_set() = default;
  explicit jwk_set(std::vector<verification_key> keys, std::string passed_over = {})
      : keys_(std::move(keys)), passed_over_(std::move(passed_over)) {}

  const std::vector<verification_key>& keys() const { return keys_; }
  /// Which entries of the set were passed over and why, in one line for operators; empty: none, or only keys for
  /// another use (`use`, `key_ops`).
  const std::string& passed_over() const { return passed_over_; }
  /// The first key with this kid, or nullptr; valid as long as the set is. Precondition: kid is not empty.
  const verification_key* find(std::string_view kid) const;
  /// The one key for `how` under `kid` ("": none given). A key without kid may be used under any kid that no key has.
  /// Reasons: key_not_found (no key, or several that fit), jwk_algorithm_mismatch (the keys are for another alg).
  result<const verification_key*> choose(crypto::algorithm how, std::string_view kid) const;

 private:
  std::vector<verification_key> keys_;
  std::string passed_over_;
};

struct jwk_set_limits {
  /// Chains of certificates (`x5c`) make sets long.
  std::size_t max_bytes = std::size_t{256} << 10;
  /// Of those that can be used.
  std::size_t max_keys = 100;
  /// Public keys whose kid begins with this are passed over; empty: none.
  std::string_view reserved_kids = {};
};

/// A key that signs, with its other half.
struct signing_key {
  /// Never empty: the `kid` member, or the RFC 7638 thumbprint of a private key without one.
  std::string kid;
  crypto::algorithm algorithm;
  crypto::key_ptr key;
  verification_key verification;
  /// The entry for a public set; null for a symmetric key.
  json public_entry;
};

/// A public set as an issuer serves it, with or without a byte order mark (RFC 8259 section 8.1). Reasons: those of
/// parse_jwk and of the JSON gate, jwk_point_not_on_curve, key_import_failed, jwks_invalid.
result<jwk_set> parse_jwks(std::string_view text, crypto::port& host, const jwk_set_limits& limits = {});

/// The same, of a set that was read before; of the limits, `max_bytes` is the caller's to see to.
result<jwk_set> public_keys(const json& set, crypto::port& host, const jwk_set_limits& limits = {});

/// One public JWK. Reasons: those of parse_jwk and of the JSON gate, jwk_point_not_on_curve, key_import_failed.
result<verification_key> parse_public_jwk(std::string_view text, crypto::port& host);

/// The verifying halves of a JWK or JWK set of any kind, private and symmetric ones included; kinds may not be mixed.
/// For keys that the caller holds itself, never for what an issuer serves. Reasons: as parse_jwks, jwk_mixed_set, and
/// jwk_duplicate_kid (a malformed key has the kid of another one).
result<jwk_set> verification_keys(const json& jwk_or_set, crypto::port& host, const jwk_set_limits& limits = {});

/// Our own private keys: a JWK or a JWK set; the first one signs. Every entry must be usable, and its halves must
/// belong together. Reasons: as parse_jwks, jwk_duplicate_kid, signing_key_missing (no entry), jwk_mixed_set.
result<std::vector<signing_key>> parse_signing_keys(std::string_view text, crypto::port& host,
                                                    const jwk_set_limits& limits = {});

/// Shared secrets for HS256/384/512: a JWK or a JWK set of kty oct, each with a kid. Without `alg` a secret is for
/// HS256. Reasons: as parse_signing_keys, jwk_weak_secret.
result<std::vector<signing_key>> parse_secret_keys(std::string_view text, crypto::port& host,
                                                   const jwk_set_limits& limits = {});

/// `{"keys":[...]}`, canonical, of the public halves; symmetric keys are left out.
std::string write_public_set(const std::vector<signing_key>& keys);

}  // namespace sallyport::jose
