#include "agent/openssl/agreement.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "agent/openssl/handles.hpp"

namespace sallyport::openssl {
namespace {

using group_handle = std::unique_ptr<EC_GROUP, freed_by<EC_GROUP_free>>;
using point_handle = std::unique_ptr<EC_POINT, freed_by<EC_POINT_clear_free>>;

const EC_GROUP* p256() {
  static const group_handle group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  return group.get();
}

/// nullptr unless from 1 to the order less 1.
bignum read_scalar(const crypto::p256_scalar& secret) {
  bignum number(BN_secure_new());
  if (!p256() || !number || !BN_bin2bn(secret.data(), static_cast<int>(secret.size()), number.get())) return nullptr;
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const bool in_range = !BN_is_zero(number.get()) && BN_cmp(number.get(), EC_GROUP_get0_order(p256())) < 0;
  return in_range ? std::move(number) : nullptr;
}

bool multiply(const BIGNUM* number, crypto::p256_point& out) {
  const point_handle point(EC_POINT_new(p256()));
  return point && EC_POINT_mul(p256(), point.get(), number, nullptr, nullptr, nullptr) == 1 &&
         EC_POINT_point2oct(p256(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), nullptr) ==
             out.size();
}

pkey_handle build(const crypto::p256_point& point, const BIGNUM* secret) {
  const param_builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
      (secret != nullptr && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) != 1)) {
    return nullptr;
  }
  const params_handle params(OSSL_PARAM_BLD_to_param(builder.get()));
  const pkey_context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  const int selection = secret == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return pkey_handle(key);
}

// NIST SP 800-56A section 5.6.2.3.3: in range, on the curve, not infinity. P-256 has cofactor 1, so that every such point
// has the order of the group; to multiply by it, as the other check of OpenSSL does, shows nothing and takes 40 us.
bool is_valid(EVP_PKEY* key) {
  const pkey_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

bool derive(EVP_PKEY* own, EVP_PKEY* other, crypto::p256_agreed& out) {
  const pkey_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
  std::size_t size = out.size();
  // The other key has been checked.
  return context && EVP_PKEY_derive_init(context.get()) == 1 &&
         EVP_PKEY_derive_set_peer_ex(context.get(), other, 0) == 1 &&
         EVP_PKEY_derive(context.get(), out.data(), &size) == 1 && size == out.size();
}

}  // namespace

result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret) {
  const clean_errors after;
  crypto::p256_point point;
  const bignum number = read_scalar(secret);
  if (!number || !multiply(number.get(), point)) return reason::key_import_failed;
  return point;
}

result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with) {
  const clean_errors after;
  crypto::p256_point point;
  const bignum number = read_scalar(secret);
  if (!number || !multiply(number.get(), point)) return reason::key_import_failed;
  const pkey_handle own = build(point, number.get());
  if (!own) return reason::key_import_failed;
  const pkey_handle other = build(with, nullptr);
  if (!other || !is_valid(other.get())) return reason::jwk_point_not_on_curve;
  crypto::p256_agreed agreed;
  if (!derive(own.get(), other.get(), agreed)) return reason::key_import_failed;
  return agreed;
}

}  // namespace sallyport::openssl
