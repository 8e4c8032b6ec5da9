// Numbers that one thread writes and any thread may read.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sallyport::agent::metrics {

/// Written by its own thread only, so that no add is a locked instruction; readers see a value that is or was true.
class counter {
 public:
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How long things took, in buckets of fixed bounds.
class histogram {
 public:
  static constexpr std::array<std::uint64_t, 15> bounds_us = {
      50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 1000000, 5000000, 30000000};

  void observe(std::chrono::nanoseconds took) {
    const auto us = static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count() / 1000);
    std::size_t at = 0;
    while (at < bounds_us.size() && us > bounds_us[at]) ++at;
    buckets_[at].add();
    sum_ns_.add(static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count()));
  }

  /// Observations in bucket `at` alone; the last one has no upper bound.
  std::uint64_t bucket(std::size_t at) const { return buckets_[at].value(); }
  std::uint64_t sum_ns() const { return sum_ns_.value(); }

 private:
  std::array<counter, bounds_us.size() + 1> buckets_;
  counter sum_ns_;
};

}  // namespace sallyport::agent::metrics
