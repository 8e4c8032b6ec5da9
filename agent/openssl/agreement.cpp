#include "agent/openssl/agreement.hpp"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>

#include "agent/openssl/handles.hpp"
#include "crypto/p256.hpp"
#include "crypto/wipe.hpp"

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

/// nullptr unless NIST SP 800-56A section 5.6.2.3.3 holds: in range, on the curve, not infinity. P-256 has cofactor 1, so
/// that every such point has the order of the group; to multiply by it shows nothing.
point_handle read_point(const crypto::p256_point& octets) {
  point_handle point(EC_POINT_new(p256()));
  const bool is_one = point && EC_POINT_oct2point(p256(), point.get(), octets.data(), octets.size(), nullptr) == 1 &&
                      EC_POINT_is_at_infinity(p256(), point.get()) == 0;
  return is_one ? std::move(point) : nullptr;
}

/// `number` times `point`, or times the generator where there is none; uncompressed. This is what OpenSSL's ECDH does, in
/// constant time, without the two EVP keys around it, which cost as much again.
bool multiply(const BIGNUM* number, const EC_POINT* point, crypto::p256_point& out) {
  const point_handle made(EC_POINT_new(p256()));
  const auto* of_generator = point == nullptr ? number : nullptr;
  const auto* of_point = point == nullptr ? nullptr : number;
  return made && EC_POINT_mul(p256(), made.get(), of_generator, point, of_point, nullptr) == 1 &&
         EC_POINT_point2oct(p256(), made.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), nullptr) ==
             out.size();
}

}  // namespace

result<crypto::p256_point> p256_public(const crypto::p256_scalar& secret) {
  const clean_errors after;
  crypto::p256_point point;
  const bignum number = read_scalar(secret);
  if (!number || !multiply(number.get(), nullptr, point)) return reason::key_import_failed;
  return point;
}

result<crypto::p256_agreed> p256_agree(const crypto::p256_scalar& secret, const crypto::p256_point& with) {
  const clean_errors after;
  const bignum number = read_scalar(secret);
  if (!number) return reason::key_import_failed;
  const point_handle other = read_point(with);
  if (!other) return reason::jwk_point_not_on_curve;
  crypto::p256_point product;
  const crypto::wiped product_octets(product);
  if (!multiply(number.get(), other.get(), product)) return reason::key_import_failed;
  crypto::p256_agreed agreed;
  const crypto::wiped agreed_octets(agreed);
  std::ranges::copy(crypto::p256_x(product), agreed.begin());
  return agreed;
}

}  // namespace sallyport::openssl
