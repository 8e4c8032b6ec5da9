// Secrets leave memory when they are done with.
#pragma once

#include <algorithm>

#include "core/bytes.hpp"

namespace sallyport::crypto {

/// Zeros that no optimizer takes for stores nobody reads.
inline void wipe(std::span<byte> secret) {
  std::fill(secret.begin(), secret.end(), byte{0});
  __asm__ __volatile__("" : : "r"(secret.data()) : "memory");
}

/// Wipes what it refers to when it goes; the owner must live longer and may grow or move meanwhile.
template <class Owner>
class wiped {
 public:
  explicit wiped(Owner& owner) : owner_(owner) {}
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { wipe(std::span<byte>(owner_.data(), owner_.size())); }

 private:
  Owner& owner_;
};

}  // namespace sallyport::crypto
