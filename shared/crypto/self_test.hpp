// Known answers for every operation of the port. A host that fails one is not used: better no door than a wrong one.
#pragma once

#include "crypto/crypto.hpp"

namespace sallyport::crypto {

/// Runs SHA-256/384/512, HMAC, ECDSA, EdDSA, RSASSA-PKCS1-v1_5, RSASSA-PSS, ECDH and AES-256-GCM through `host`: what must verify
/// verifies, what was tampered with does not, and what the host signs it accepts. Both hosts call it when they start.
/// Reasons: crypto_self_test (the detail names the step).
result<void> self_test(port& host);

}  // namespace sallyport::crypto
