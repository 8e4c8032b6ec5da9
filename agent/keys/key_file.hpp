// Files with keys of ours: private JWK sets whose first entry signs, and shared secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::agent::keys {

using encoding::json;

/// A fresh key as a private JWK (ES256, EdDSA) or a symmetric one (HS256, 256 bits). `kid` "": the thumbprint, or for a
/// secret, whose thumbprint would be one too, a random name.
/// Reasons: config_invalid (another algorithm; a kid that no signature can carry), crypto_failed.
result<json> generate_jwk(crypto::algorithm which, std::string_view kid, crypto::port& host);

/// `{"keys":[entry]}`.
json make_set(json entry);

/// The keys of a file's text, private or symmetric, whichever they are.
/// Reasons: those of jose::parse_signing_keys and parse_secret_keys.
result<std::vector<jose::signing_key>> read_keys(std::string_view text, crypto::port& host);

}  // namespace sallyport::agent::keys
