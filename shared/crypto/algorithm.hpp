// The algorithm table: one row an algorithm, and everything below takes the row. A key belongs to one algorithm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sallyport::crypto {

enum class algorithm : std::uint8_t {
#define SALLYPORT_ALGORITHM(name, jose, httpsig, family, hash, curve, size) name,
#include "crypto/algorithm.def"
#undef SALLYPORT_ALGORITHM
};

/// How many rows the table has.
inline constexpr std::size_t algorithm_count = 0
#define SALLYPORT_ALGORITHM(name, jose, httpsig, family, hash, curve, size) +1
#include "crypto/algorithm.def"
#undef SALLYPORT_ALGORITHM
    ;

enum class family : std::uint8_t { rsa_pkcs1, rsa_pss, ecdsa, eddsa, hmac };
enum class hash : std::uint8_t { none, sha256, sha384, sha512 };
enum class curve : std::uint8_t { none, p256, p384, p521, ed25519 };

/// One row of the table; views are into static storage.
struct algorithm_row {
  crypto::algorithm id;
  /// The JOSE `alg` value.
  std::string_view jose_name;
  /// The RFC 9421 section 6.2.2 registry name, or empty.
  std::string_view httpsig_name;
  crypto::family family;
  crypto::hash hash;
  crypto::curve curve;
  /// Length of a signature in bytes, R||S for ECDSA; 0: as long as the RSA modulus.
  std::size_t signature_bytes;
};

const algorithm_row& describe(algorithm id);
std::span<const algorithm_row> all_algorithms();
/// The algorithm of a JOSE `alg` value (case-sensitive, RFC 7515 section 4.1.1), or nothing. Ed25519 is read as EdDSA.
std::optional<algorithm> from_jose_name(std::string_view name);
/// The algorithm of an RFC 9421 `alg` parameter, or nothing.
std::optional<algorithm> from_httpsig_name(std::string_view name);
/// Bytes of one coordinate (or of the Ed25519 key): 32, 48, 66, 32; 0 for none.
std::size_t coordinate_bytes(curve which);
/// The JWK `crv` value: P-256, P-384, P-521, Ed25519.
std::string_view curve_name(curve which);
/// Bytes of a digest: 32, 48, 64; 0 for none.
std::size_t digest_bytes(hash which);

}  // namespace sallyport::crypto
