// OpenSSL 3 (EVP) behind the crypto port.
#pragma once

#include <memory>

#include "crypto/crypto.hpp"

namespace sallyport::openssl {

/// A host that any number of threads may share. Call crypto::self_test on it before it is used.
std::unique_ptr<crypto::port> make_host();

}  // namespace sallyport::openssl
