#include "crypto/p256.hpp"

#include <algorithm>

namespace sallyport::crypto {

result<p256_point> read_p256_point(bytes_view octets) {
  p256_point point;
  if (octets.size() != point.size() || octets.front() != 0x04) return reason::jwk_point_not_on_curve;
  std::copy(octets.begin(), octets.end(), point.begin());
  return point;
}

}  // namespace sallyport::crypto
