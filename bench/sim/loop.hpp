// Time in a simulation: what happens next, and chance. The same seed gives the same numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace sallyport::sim {

class loop {
 public:
  explicit loop(std::uint64_t seed) : random_(seed) {}

  unix_milliseconds now() const { return now_; }

  void at(unix_milliseconds when, std::function<void()> what) {
    heap_.push_back({std::max(when, now_), ++pushed_, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void in(unix_milliseconds span, std::function<void()> what) { at(now_ + span, std::move(what)); }

  void run_until(unix_milliseconds end) {
    while (!heap_.empty() && heap_.front().at < end) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const auto next = std::move(heap_.back());
      heap_.pop_back();
      now_ = next.at;
      next.what();
    }
    now_ = end;
  }

  /// In (0, 1).
  double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) / 9007199254740992.0; }
  bool chance(double part) { return part > 0 && uniform() < part; }
  unix_milliseconds between(unix_milliseconds least, unix_milliseconds most) {
    return least + static_cast<unix_milliseconds>(uniform() * static_cast<double>(most - least));
  }
  unix_milliseconds log_normal(double median, double sigma) {
    const double normal = std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
    return static_cast<unix_milliseconds>(median * std::exp(sigma * normal));
  }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

 private:
  struct happening {
    unix_milliseconds at;
    std::uint64_t order;
    std::function<void()> what;
  };
  static bool later(const happening& one, const happening& other) {
    return one.at != other.at ? one.at > other.at : one.order > other.order;
  }

  std::mt19937_64 random_;
  std::vector<happening> heap_;
  unix_milliseconds now_ = 0;
  std::uint64_t pushed_ = 0;
};

}  // namespace sallyport::sim
