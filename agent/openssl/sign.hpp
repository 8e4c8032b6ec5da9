// Signing and verifying with imported keys.
#pragma once

#include "agent/openssl/keys.hpp"

namespace sallyport::openssl {

/// As crypto::port::verify.
bool verify(crypto::algorithm how, const host_key& with, bytes_view data, bytes_view signature);
/// As crypto::port::sign.
result<bytes> sign(crypto::algorithm how, const host_key& with, bytes_view data);

}  // namespace sallyport::openssl
