// Where the values of one evaluation live: bump allocation, everything freed at once, a bound on the whole.
//
// Values (value.hpp) are views. Strings, lists and maps made by an evaluation lie in the arena that was passed to it,
// so copying a value costs nothing and an expression cannot take more memory than the arena's limit.
//
// What counts against the limit is the same in every build, whatever pointers and alignment are in it: text by its
// bytes, arrays by elements of a fixed size, a single object as `object_bytes`, each rounded up to `unit` bytes. Edge
// (32 bits) and origin (64 bits) stop at the same value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sallyport::cel {

class arena {
 public:
  static constexpr std::size_t default_limit = std::size_t{1} << 20;

  /// `limit`: the most bytes that may be handed out.
  explicit arena(std::size_t limit = default_limit) : remaining_(limit) {}
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  arena(arena&&) = delete;
  arena& operator=(arena&&) = delete;

  /// What every allocation is rounded up to.
  static constexpr std::size_t unit = 16;
  /// What a single object counts as, whatever it takes in this build.
  static constexpr std::size_t object_bytes = 32;

  /// `size` bytes aligned for any scalar, or nullptr when the limit is reached (then exhausted() says so for good).
  void* allocate(std::size_t size);
  /// Whether an allocation was ever refused.
  bool exhausted() const { return exhausted_; }
  /// Bytes that may still be handed out.
  std::size_t remaining() const { return remaining_; }

  /// A T that is never destroyed, hence trivially destructible ones only; nullptr at the limit.
  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    static_assert(sizeof(T) <= object_bytes && alignof(T) <= unit);
    void* place = allocate(object_bytes);
    return place == nullptr ? nullptr : new (place) T(std::forward<Arguments>(arguments)...);
  }

  /// `count` default-constructed Ts; empty at the limit (ask exhausted()) or when `count` is 0. A T is
  /// as large in every build: T::array_bytes, when it is more than a byte.
  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= unit);
    if constexpr (sizeof(T) > 1) static_assert(sizeof(T) == T::array_bytes);
    if (count > remaining_ / sizeof(T)) return give_up(), std::span<T>{};
    auto* place = static_cast<T*>(allocate(count * sizeof(T)));
    if (place == nullptr) return {};
    for (std::size_t i = 0; i < count; ++i) new (place + i) T();
    return {place, count};
  }

  /// A copy of `text`; empty at the limit (ask exhausted()).
  std::string_view copy(std::string_view text);

 private:
  // Small evaluations stay on the owner's stack: no heap block until this is used up.
  static constexpr std::size_t inline_size = 1024;
  static constexpr std::size_t block_size = std::size_t{16} * 1024;

  void give_up() { exhausted_ = true; }
  void* allocate_block(std::size_t size);

  std::size_t remaining_;
  bool exhausted_ = false;
  std::size_t used_ = 0;
  std::size_t capacity_ = inline_size;
  std::byte* current_ = inline_;
  alignas(unit) std::byte inline_[inline_size];
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace sallyport::cel
