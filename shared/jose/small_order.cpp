#include "jose/small_order.hpp"

#include <algorithm>
#include <array>

namespace sallyport::jose {
namespace {

constexpr std::size_t point_bytes = 32;
using encoded_point = std::array<byte, point_bytes>;

// y of the four points of order 8; x is told by the last bit alone (RFC 8032 section 5.1.2).
constexpr encoded_point order_8 = {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
                                   0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
                                   0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05};
constexpr encoded_point order_8_negative = {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
                                            0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
                                            0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a};

}  // namespace

bool has_small_order(bytes_view point) {
  encoded_point y{};
  std::copy_n(point.begin(), point_bytes, y.begin());
  y.back() &= 0x7f;
  const auto goes_on = [&](byte middle, byte last) {
    return y.back() == last && std::all_of(y.begin() + 1, y.end() - 1, [&](byte b) { return b == middle; });
  };
  if (goes_on(0x00, 0x00)) return y[0] <= 1;                     // 0 and 1
  if (goes_on(0xff, 0x7f)) return y[0] >= 0xec && y[0] <= 0xee;  // p - 1, and p and p + 1, which are 0 and 1 again
  return y == order_8 || y == order_8_negative;
}

}  // namespace sallyport::jose
