// HKDF with SHA-256 (RFC 5869), out of the port's HMAC.
#pragma once

#include "crypto/crypto.hpp"

namespace sallyport::crypto {

/// Most that one derivation gives (RFC 5869 section 2.3): 255 blocks of the hash.
inline constexpr std::size_t max_hkdf_bytes = std::size_t{255} * 32;

/// `size` octets of `secret` for the purpose that `info` names. An empty salt stands for 32 zeros (section 2.2).
/// Reasons: crypto_failed (also where `size` is more than max_hkdf_bytes).
result<bytes> hkdf_sha256(port& host, bytes_view secret, bytes_view salt, bytes_view info, std::size_t size);

}  // namespace sallyport::crypto
