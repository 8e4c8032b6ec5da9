// What is fetched once: looking an algorithm up by name in OpenSSL 3 costs more than running it.
#pragma once

#include <string_view>

#include "agent/openssl/handles.hpp"
#include "crypto/algorithm.hpp"

namespace sallyport::openssl {

/// OpenSSL's name of a hash; "" for none.
const char* digest_name(crypto::hash which);
/// OpenSSL's name of a curve's group; "" for none.
const char* group_name(crypto::curve which);

/// Immutable after construction, so any number of threads may use it.
class library {
 public:
  library();
  /// False when the installed OpenSSL lacks an algorithm of the table.
  bool complete() const { return sha256_ && sha384_ && sha512_ && hmac_ && aes_256_gcm_; }
  /// nullptr for hash::none.
  const EVP_MD* digest(crypto::hash which) const;
  EVP_MAC* hmac() const { return hmac_.get(); }
  const EVP_CIPHER* aes_256_gcm() const { return aes_256_gcm_.get(); }

 private:
  digest_handle sha256_, sha384_, sha512_;
  mac_handle hmac_;
  cipher_handle aes_256_gcm_;
};

}  // namespace sallyport::openssl
