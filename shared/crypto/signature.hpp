// Signing and verifying in the form that travels: R||S for ECDSA (RFC 7518 section 3.4, RFC 9421 section 3.3), the
// library's own form for all others. JOSE and HTTP message signatures both go through here.
#pragma once

#include "crypto/crypto.hpp"

namespace sallyport::crypto {

/// Reasons: jws_signature_format (a length or an integer that no signature of `how` can have), jws_signature_invalid.
result<void> verify_signature(port& host, algorithm how, const key& with, bytes_view data, bytes_view signature);

/// Reasons: crypto_failed.
result<bytes> make_signature(port& host, algorithm how, const key& with, bytes_view data);

}  // namespace sallyport::crypto
