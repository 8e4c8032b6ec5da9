#include "cel/arena.hpp"

#include <cstring>

namespace sallyport::cel {
void* arena::allocate(std::size_t size) {
  if (size > remaining_) return give_up(), nullptr;
  const std::size_t rounded = (size + unit - 1) / unit * unit;
  remaining_ -= rounded < remaining_ ? rounded : remaining_;
  if (rounded > capacity_ - used_) return allocate_block(rounded);
  void* place = current_ + used_;
  used_ += rounded;
  return place;
}

void* arena::allocate_block(std::size_t size) {
  // A large piece gets a block of its own, so that the rest of the current one is not lost.
  blocks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[size > block_size / 4 ? size : block_size]));
  std::byte* block = blocks_.back().get();
  if (size > block_size / 4) return block;
  current_ = block;
  capacity_ = block_size;
  used_ = size;
  return block;
}

std::string_view arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* place = static_cast<char*>(allocate(text.size()));
  if (place == nullptr) return {};
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

}  // namespace sallyport::cel
