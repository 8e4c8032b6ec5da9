// What a JWK says it may be used for: `use`, `key_ops`, `alg` (RFC 7517 sections 4.2 to 4.4).
#pragma once

#include <optional>

#include "jose/jwk.hpp"

namespace sallyport::jose {

/// Reasons: jwk_invalid (wrong types, an operation named twice), jwk_use_mismatch.
result<void> check_use(const json& value, key_purpose purpose);

/// The `alg` member, or nothing. Reasons: jwk_invalid (not a string), jwk_unsupported (not in the table).
result<std::optional<crypto::algorithm>> read_algorithm(const json& value);

}  // namespace sallyport::jose
