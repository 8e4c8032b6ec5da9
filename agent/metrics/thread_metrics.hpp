// What one io thread counts. Scrapes add the threads up.
#pragma once

#include <array>
#include <cstdlib>

#include "agent/metrics/counter.hpp"
#include "core/reason.hpp"

namespace sallyport::agent::metrics {

/// One counter a row of the reason table.
class reason_counters {
 public:
  static constexpr std::size_t capacity = 1000;
  void add(reason why) { counts_[static_cast<std::size_t>(why)].add(); }
  std::uint64_t value(reason why) const { return counts_[static_cast<std::size_t>(why)].value(); }

 private:
  /// Indexed by the reason's number, which the table keeps below 1000.
  std::array<counter, capacity> counts_;
};

struct thread_metrics {
  /// Decisions; ok for those that were allowed.
  reason_counters decisions;
  /// What went wrong with a request after it was allowed.
  reason_counters failures;
  /// From the last byte of the head to the last byte of the answer.
  histogram request_time;
  /// Responses at the path of the agent's status.
  reason_counters probes;
  /// Time to decide: everything the gate does, without waiting for a body.
  histogram decision_time;
  /// Whose MAC verified; refused with `unknown`; grants whose signature verified.
  counter channel_requests;
  reason_counters channel_unknown;
  counter channel_grants_verified;
  counter connections_accepted;
  counter connections_open;
  counter connections_refused;
  counter upstream_connects;
  counter upstream_reuses;
  counter upstream_retries;
  counter upstream_open;
  counter upstream_unasked;
  counter bytes_from_callers;
  counter bytes_to_callers;
  /// now - created of the last request signature that was looked at, and the one furthest from zero, in seconds.
  std::atomic<std::int64_t> clock_last{0};
  std::atomic<std::int64_t> clock_worst{0};

  void clock_seen(std::int64_t difference) {
    clock_last.store(difference, std::memory_order_relaxed);
    if (std::abs(difference) > std::abs(clock_worst.load(std::memory_order_relaxed)))
      clock_worst.store(difference, std::memory_order_relaxed);
  }
};

}  // namespace sallyport::agent::metrics
