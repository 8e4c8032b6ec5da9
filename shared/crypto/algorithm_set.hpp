// A set of algorithms: what a key may be used with, what an issuer may use.
#pragma once

#include <initializer_list>

#include "crypto/algorithm.hpp"

namespace sallyport::crypto {

/// Sixteen bits, one an algorithm; a value, cheap to copy.
class algorithm_set {
 public:
  constexpr algorithm_set() = default;
  constexpr algorithm_set(std::initializer_list<algorithm> members) {
    for (const algorithm member : members) insert(member);
  }

  constexpr void insert(algorithm member) { bits_ = static_cast<std::uint16_t>(bits_ | mask(member)); }
  constexpr bool contains(algorithm member) const { return (bits_ & mask(member)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const algorithm_set& other) const { return bits_ == other.bits_; }

 private:
  static constexpr std::uint16_t mask(algorithm member) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(member));
  }
  std::uint16_t bits_ = 0;
};

/// Every row of the table.
algorithm_set every_algorithm();
/// Every row that signs with a private key: all but HS*.
algorithm_set every_asymmetric_algorithm();

}  // namespace sallyport::crypto
