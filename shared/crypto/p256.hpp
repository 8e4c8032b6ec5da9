// Public keys of P-256 as octets, in the one form that this product speaks (SEC 1 section 2.3.3): 04, x, y.
//
// OpenSSL takes the compressed (02, 03) and the hybrid form (06, 07) as well, and BoringSSL does not: no other form reaches
// a host, so that both ends take the same keys.
#pragma once

#include "crypto/crypto.hpp"

namespace sallyport::crypto {

/// Whether the point lies on the curve is for the host to say (port::p256_agree). Reasons: jwk_point_not_on_curve (another
/// form or length).
result<p256_point> read_p256_point(bytes_view octets);

/// The coordinates of `point`, as RFC 7518 section 6.2.1 has them.
inline bytes_view p256_x(const p256_point& point) {
  return bytes_view(point).subspan(1, 32);
}
inline bytes_view p256_y(const p256_point& point) {
  return bytes_view(point).subspan(33, 32);
}

}  // namespace sallyport::crypto
