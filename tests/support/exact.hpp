// Inputs for tests in heap blocks of their exact size, so that a sanitizer sees an overread of one byte.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

namespace sallyport::testing {

class exact_text {
 public:
  explicit exact_text(std::string_view text) : size_(text.size()), block_(new char[text.size()]) {
    if (size_ > 0) std::memcpy(block_.get(), text.data(), size_);
  }
  std::string_view view() const { return {block_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> block_;
};

}  // namespace sallyport::testing
