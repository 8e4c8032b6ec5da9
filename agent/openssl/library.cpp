#include "agent/openssl/library.hpp"

namespace sallyport::openssl {

const char* digest_name(crypto::hash which) {
  switch (which) {
    case crypto::hash::none: return "";
    case crypto::hash::sha256: return "SHA256";
    case crypto::hash::sha384: return "SHA384";
    case crypto::hash::sha512: return "SHA512";
  }
  __builtin_trap();
}

const char* group_name(crypto::curve which) {
  switch (which) {
    case crypto::curve::none: return "";
    case crypto::curve::p256: return "P-256";
    case crypto::curve::p384: return "P-384";
    case crypto::curve::p521: return "P-521";
    case crypto::curve::ed25519: return "ED25519";
  }
  __builtin_trap();
}

library::library()
    : sha256_(EVP_MD_fetch(nullptr, digest_name(crypto::hash::sha256), nullptr)),
      sha384_(EVP_MD_fetch(nullptr, digest_name(crypto::hash::sha384), nullptr)),
      sha512_(EVP_MD_fetch(nullptr, digest_name(crypto::hash::sha512), nullptr)),
      hmac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)),
      aes_256_gcm_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {}

const EVP_MD* library::digest(crypto::hash which) const {
  switch (which) {
    case crypto::hash::none: return nullptr;
    case crypto::hash::sha256: return sha256_.get();
    case crypto::hash::sha384: return sha384_.get();
    case crypto::hash::sha512: return sha512_.get();
  }
  __builtin_trap();
}

}  // namespace sallyport::openssl
