// What the parameters of our profile may be; signer and verifier ask the same functions. Internal to this folder.
#pragma once

#include <string_view>

#include "crypto/algorithm.hpp"

namespace sallyport::httpsig {

/// 128 bits as base64url without padding: 22 characters, the spare bits of the last one zero.
bool is_profile_nonce(std::string_view text);
bool is_profile_algorithm(crypto::algorithm id);

}  // namespace sallyport::httpsig
