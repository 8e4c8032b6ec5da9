#include "agent/openssl/generate.hpp"

#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "agent/openssl/library.hpp"

namespace sallyport::openssl {
namespace {

/// A number of the key, big-endian, at least `width` bytes long; empty when the key has none of that name.
bytes number(const EVP_PKEY* key, const char* name, std::size_t width) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  const bignum value(raw);
  bytes out(std::max(width, static_cast<std::size_t>(BN_num_bytes(value.get()))));
  if (BN_bn2binpad(value.get(), out.data(), static_cast<int>(out.size())) < 0) return {};
  return out;
}

result<crypto::ec_parts> edwards_parts(const EVP_PKEY* key) {
  const std::size_t width = crypto::coordinate_bytes(crypto::curve::ed25519);
  crypto::ec_parts parts{crypto::curve::ed25519, bytes(width), {}, bytes(width)};
  std::size_t x_size = width;
  std::size_t d_size = width;
  if (EVP_PKEY_get_raw_public_key(key, parts.x.data(), &x_size) != 1 ||
      EVP_PKEY_get_raw_private_key(key, parts.d.data(), &d_size) != 1) {
    return reason::crypto_failed;
  }
  return parts;
}

result<crypto::ec_parts> nist_parts(const EVP_PKEY* key, crypto::curve which) {
  const std::size_t width = crypto::coordinate_bytes(which);
  crypto::ec_parts parts{which, number(key, OSSL_PKEY_PARAM_EC_PUB_X, width),
                         number(key, OSSL_PKEY_PARAM_EC_PUB_Y, width), number(key, OSSL_PKEY_PARAM_PRIV_KEY, width)};
  if (parts.x.size() != width || parts.y.size() != width || parts.d.size() != width) return reason::crypto_failed;
  return parts;
}

}  // namespace

result<crypto::ec_parts> generate_ec(crypto::curve which) {
  const clean_errors after;
  if (which == crypto::curve::ed25519) {
    const pkey_handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) return reason::crypto_failed;
    return edwards_parts(key.get());
  }
  const pkey_handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group_name(which)));
  if (!key) return reason::crypto_failed;
  return nist_parts(key.get(), which);
}

result<crypto::rsa_parts> generate_rsa(unsigned bits) {
  const clean_errors after;
  const pkey_handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
  if (!key) return reason::crypto_failed;
  const auto part = [&](const char* name) { return number(key.get(), name, 0); };
  crypto::rsa_parts parts{part(OSSL_PKEY_PARAM_RSA_N),         part(OSSL_PKEY_PARAM_RSA_E),
                          part(OSSL_PKEY_PARAM_RSA_D),         part(OSSL_PKEY_PARAM_RSA_FACTOR1),
                          part(OSSL_PKEY_PARAM_RSA_FACTOR2),   part(OSSL_PKEY_PARAM_RSA_EXPONENT1),
                          part(OSSL_PKEY_PARAM_RSA_EXPONENT2), part(OSSL_PKEY_PARAM_RSA_COEFFICIENT1)};
  if (parts.n.empty() || parts.d.empty() || parts.qi.empty()) return reason::crypto_failed;
  return parts;
}

result<bytes> random_bytes(std::size_t count) {
  const clean_errors after;
  bytes out(count);
  if (RAND_priv_bytes(out.data(), static_cast<int>(count)) != 1) return reason::crypto_failed;
  return out;
}

}  // namespace sallyport::openssl
