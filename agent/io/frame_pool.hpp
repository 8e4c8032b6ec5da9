// Recycled blocks for coroutine frames: a request needs several frames, always of the same few sizes, so after the
// first requests of a thread none of them touches the allocator.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace sallyport::agent::io {

/// Free blocks of one thread, by size class of 64 bytes up to 4 KiB; larger ones go to the allocator.
/// A block must be returned on the thread it came from, which io threads keep by construction.
class frame_pool {
 public:
  frame_pool() = default;
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;
  ~frame_pool() {
    for (block* list : free_)
      while (list != nullptr) ::operator delete(std::exchange(list, list->next));
  }

  static frame_pool& of_this_thread() {
    thread_local frame_pool pool;
    return pool;
  }

  void* take(std::size_t size) {
    const std::size_t index = class_of(size);
    if (index >= classes) return ::operator new(size);
    block* const first = free_[index];
    if (first == nullptr) return ::operator new((index + 1) * granule);
    free_[index] = first->next;
    return first;
  }

  void give_back(void* pointer, std::size_t size) noexcept {
    const std::size_t index = class_of(size);
    if (index >= classes) return ::operator delete(pointer);
    free_[index] = ::new (pointer) block{free_[index]};
  }

 private:
  struct block {
    block* next;
  };
  static constexpr std::size_t granule = 64;
  static constexpr std::size_t classes = 64;
  static std::size_t class_of(std::size_t size) { return (size - 1) / granule; }

  std::array<block*, classes> free_{};
};

}  // namespace sallyport::agent::io
