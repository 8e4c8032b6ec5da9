// The port to the host's cryptography: OpenSSL natively, node:crypto at the edge. We write no primitive ourselves.
//
// Rules of the port
// * ECDSA signatures pass through it in DER, as both hosts speak it; the core converts (crypto/ecdsa_der.hpp).
// * Keys are opaque, immutable and shared; a host checks on import that a point lies on its curve.
// * `verify` says yes or no and never why; every failure of a library call is a no.
#pragma once

#include <array>
#include <memory>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "crypto/algorithm.hpp"

namespace sallyport::crypto {

/// An imported key. Hosts derive from it; only the host that made a key can use it.
class key {
 public:
  key() = default;
  key(const key&) = delete;
  key& operator=(const key&) = delete;
  virtual ~key() = default;
};
using key_ptr = std::shared_ptr<const key>;

/// Big-endian unsigned integers, as in RFC 7518 section 6.3. Private members are empty for a public key.
struct rsa_parts {
  bytes n, e, d, p, q, dp, dq, qi;
};

/// Coordinates of full length (RFC 7518 section 6.2); for Ed25519 `x` is the public key and `y` is empty (RFC 8037).
/// `d` is empty for a public key.
struct ec_parts {
  crypto::curve curve = curve::none;
  bytes x, y, d;
};

using sha256_digest = std::array<byte, 32>;

/// A private key of P-256, big-endian.
using p256_scalar = std::array<byte, 32>;
/// A public key of P-256, uncompressed (SEC 1 section 2.3.3): 04, x, y. crypto/p256.hpp reads one; hosts differ about other
/// forms, so none reaches them.
using p256_point = std::array<byte, 65>;
/// What two sides agree on: the x-coordinate, with its leading zeros.
using p256_agreed = std::array<byte, 32>;

/// AES-256-GCM (SP 800-38D), with a nonce of 96 bits and the whole tag of 128. The types have exactly these sizes, since a
/// host may take a shorter tag for a good one: workerd does.
using gcm_key = std::array<byte, 32>;
using gcm_nonce = std::array<byte, 12>;
inline constexpr std::size_t gcm_tag_bytes = 16;

/// A hash in the making. Not copyable; `finish` may be called once.
class hasher {
 public:
  hasher() = default;
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;
  virtual ~hasher() = default;
  virtual void update(bytes_view data) = 0;
  virtual bytes finish() = 0;
};

/// What a host must bring. Implementations are stateless or thread-safe; calls are synchronous.
class port {
 public:
  port() = default;
  port(const port&) = delete;
  port& operator=(const port&) = delete;
  virtual ~port() = default;

  /// Reasons: jwk_point_not_on_curve, key_import_failed.
  virtual result<key_ptr> import_rsa(const rsa_parts& parts) = 0;
  virtual result<key_ptr> import_ec(const ec_parts& parts) = 0;
  virtual result<key_ptr> import_secret(bytes_view secret) = 0;

  /// True only when `signature` (DER for ECDSA) is `with`'s over `data`. RSASSA-PSS: MGF1 with the same hash, salt as
  /// long as the hash (RFC 7518 section 3.5, RFC 9421 section 3.3.1). HMAC compares in constant time.
  virtual bool verify(algorithm how, const key& with, bytes_view data, bytes_view signature) = 0;
  /// A signature (DER for ECDSA) or a MAC. Reasons: crypto_failed.
  virtual result<bytes> sign(algorithm how, const key& with, bytes_view data) = 0;

  /// The public key of a private one. Reasons: key_import_failed (not from 1 to the order of the group less 1).
  virtual result<p256_point> p256_public(const p256_scalar& secret) = 0;
  /// ECDH with cofactor 1 (SP 800-56A section 5.7.1.2). Reasons: key_import_failed, jwk_point_not_on_curve.
  virtual result<p256_agreed> p256_agree(const p256_scalar& secret, const p256_point& with) = 0;

  /// The ciphertext, as long as `plain`, and behind it the tag, which also covers `bound`. Precondition: never two texts
  /// under one key and nonce. Reasons: crypto_failed.
  virtual result<bytes> seal(const gcm_key& key, const gcm_nonce& nonce, bytes_view bound, bytes_view plain) = 0;
  /// The plaintext of what `seal` gives; nothing of it leaves the host before the tag has been checked. Reasons: seal_invalid
  /// (also for a text shorter than a tag).
  virtual result<bytes> open(const gcm_key& key, const gcm_nonce& nonce, bytes_view bound, bytes_view sealed) = 0;

  virtual sha256_digest sha256(bytes_view data) = 0;
  /// Precondition: which != hash::none.
  virtual std::unique_ptr<hasher> start_hash(hash which) = 0;
  /// Compares in time that depends on the lengths only.
  virtual bool equal_constant_time(bytes_view a, bytes_view b) = 0;
};

}  // namespace sallyport::crypto
