// What one login says to a provider that nobody may guess: each 43 characters derived from the seed of its transaction, so
// that none tells another.
//
// | word | value, with HMAC-SHA256 under the seed |
// | --- | --- |
// | state (RFC 6749 section 4.1.1) | base64url(HMAC("sallyport state 1")) |
// | verifier (RFC 7636 section 4.1) | base64url(HMAC("sallyport verifier 1")) |
// | challenge (RFC 7636 section 4.2, S256) | base64url(SHA-256(verifier)) |
// | nonce (OpenID Connect Core section 3.1.2.1) | base64url(HMAC("sallyport nonce 1")) |
#pragma once

#include <string>

#include "core/result.hpp"
#include "crypto/crypto.hpp"
#include "login/texts.hpp"

namespace sallyport::login {

struct login_words {
  std::string state, verifier, challenge, nonce;
};

/// Reasons: crypto_failed.
result<login_words> words_of(const login_seed& seed, crypto::port& host);

}  // namespace sallyport::login
