// What the fuzz targets share: an invariant that ends the program when it does not hold, the input cut into parts, and
// the real crypto host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "agent/openssl/host.hpp"
#include "core/bytes.hpp"

namespace sallyport::fuzz {

/// libFuzzer reports the input when an invariant is broken.
inline void hold(bool invariant, const char* what) {
  if (invariant) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

/// The input as parts: `byte` for choices, `line` for texts of their own, `rest` for what is left.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : left_(as_text(bytes_view(data, size))) {}

  std::uint8_t take_byte() {
    if (left_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }
  /// Up to the next line feed, which is left out.
  std::string_view take_line() {
    const std::size_t end = left_.find('\n');
    const std::string_view line = left_.substr(0, end);
    left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
    return line;
  }
  std::string_view rest() const { return left_; }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

inline crypto::port& host() {
  static const std::unique_ptr<crypto::port> one = openssl::make_host();
  return *one;
}

}  // namespace sallyport::fuzz

/// The one function that libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
