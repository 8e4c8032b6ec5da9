// How many bytes of signed bodies may wait in memory at one time, over all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace sallyport::agent::proxy {

class body_budget {
 public:
  explicit body_budget(std::uint64_t bytes) : left_(bytes) {}

  /// A part of the budget; gives itself back.
  class share {
   public:
    share() = default;
    share(share&& other) noexcept : from_(std::exchange(other.from_, nullptr)), bytes_(other.bytes_) {}
    share& operator=(share&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~share() {
      if (from_ != nullptr) from_->left_.fetch_add(bytes_, std::memory_order_relaxed);
    }
    explicit operator bool() const { return from_ != nullptr; }

   private:
    friend class body_budget;
    share(body_budget* from, std::uint64_t bytes) : from_(from), bytes_(bytes) {}
    body_budget* from_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// A share of `bytes`, or none.
  share reserve(std::uint64_t bytes) {
    std::uint64_t left = left_.load(std::memory_order_relaxed);
    do {
      if (left < bytes) return {};
    } while (!left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed));
    return {this, bytes};
  }

  std::uint64_t left() const { return left_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> left_;
};

}  // namespace sallyport::agent::proxy
