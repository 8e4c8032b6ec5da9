// ECDH over P-256.
#pragma once

#include "crypto/crypto.hpp"

namespace sallyport::openssl {

/// Reasons: key_import_failed.
result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret);
/// Reasons: key_import_failed, jwk_point_not_on_curve.
result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with);

}  // namespace sallyport::openssl
