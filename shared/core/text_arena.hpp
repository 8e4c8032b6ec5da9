// Storage for the few strings that a decision makes itself. Everything else in an outcome views what the caller holds.
#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace sallyport::gate {

/// Copies text into blocks that never move: the views stay valid when the arena itself is moved, until it is destroyed.
class text_arena {
 public:
  std::string_view copy(std::string_view text) { return join({text}); }

  /// All parts as one text.
  std::string_view join(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts) size += part.size();
    char* place = reserve(size);
    char* end = place;
    for (const auto part : parts) end = append(end, part);
    return {place, size};
  }

 private:
  static constexpr std::size_t block_bytes = 4096;

  static char* append(char* to, std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    return to + part.size();
  }

  char* reserve(std::size_t size) {
    if (size > left_) add_block(size > block_bytes ? size : block_bytes);
    char* place = next_;
    next_ += size;
    left_ -= size;
    return place;
  }

  void add_block(std::size_t size) {
    blocks_.emplace_back(new char[size]);
    next_ = blocks_.back().get();
    left_ = size;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace sallyport::gate
