// node:crypto behind the crypto port, for the Wasm builds.
#pragma once

#include <memory>

#include "crypto/crypto.hpp"

namespace sallyport::wasm {

/// The host over the object that the loader passed in as `Module.crypto` (worker-shim/host/crypto.js).
std::unique_ptr<crypto::port> make_crypto_host();

}  // namespace sallyport::wasm
