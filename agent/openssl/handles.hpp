// unique_ptr over OpenSSL's handles, each with its own way to be freed. Nothing outside this folder sees them.
#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace sallyport::openssl {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};

using pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using digest_handle = std::unique_ptr<EVP_MD, freed_by<EVP_MD_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using cipher_handle = std::unique_ptr<EVP_CIPHER, freed_by<EVP_CIPHER_free>>;
using mac_handle = std::unique_ptr<EVP_MAC, freed_by<EVP_MAC_free>>;
using mac_context = std::unique_ptr<EVP_MAC_CTX, freed_by<EVP_MAC_CTX_free>>;
using bignum = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;
using param_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params_handle = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;

/// Empties this thread's error queue when it goes: what one call leaves there would be read by the next TLS call.
class clean_errors {
 public:
  clean_errors() = default;
  clean_errors(const clean_errors&) = delete;
  clean_errors& operator=(const clean_errors&) = delete;
  ~clean_errors() { ERR_clear_error(); }
};

}  // namespace sallyport::openssl
