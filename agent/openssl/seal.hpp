// AES-256-GCM.
#pragma once

#include "agent/openssl/handles.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::openssl {

/// As crypto::port::seal, with `cipher` AES-256-GCM.
result<bytes> seal(const EVP_CIPHER* cipher, const crypto::gcm_key& key, const crypto::gcm_nonce& nonce,
                   bytes_view bound, bytes_view plain);
/// As crypto::port::open.
result<bytes> open(const EVP_CIPHER* cipher, const crypto::gcm_key& key, const crypto::gcm_nonce& nonce,
                   bytes_view bound, bytes_view sealed);

}  // namespace sallyport::openssl
