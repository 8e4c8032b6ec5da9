// Whether an RSA public key may be trusted at all.
#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace sallyport::jose {

inline constexpr std::size_t min_rsa_bits = 2048;
/// Above it a verification costs so much that a key would be a weapon.
inline constexpr std::size_t max_rsa_bits = 8192;

/// Big-endian integers without leading zeros. Reasons: jwk_weak_rsa (modulus under 2048 bits, even or with a small
/// prime factor; exponent even or below 65537), jwk_unsupported (modulus above 8192 bits, exponent above 64), jwk_roca.
result<void> check_rsa_strength(bytes_view n, bytes_view e);

}  // namespace sallyport::jose
