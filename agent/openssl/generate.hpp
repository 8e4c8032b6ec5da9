// Fresh keys and random bytes for the command line and the agent; the core itself has no randomness.
#pragma once

#include "core/result.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::openssl {

/// Precondition: which != curve::none. Reasons: crypto_failed.
result<crypto::ec_parts> generate_ec(crypto::curve which);
/// Precondition: 2048 <= bits <= 8192. Public exponent 65537. Reasons: crypto_failed.
result<crypto::rsa_parts> generate_rsa(unsigned bits);
/// Bytes from the system's generator, fit for keys. Reasons: crypto_failed.
result<bytes> random_bytes(std::size_t count);

}  // namespace sallyport::openssl
