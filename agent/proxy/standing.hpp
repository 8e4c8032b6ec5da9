// What this agent tells the edge's probes of itself (gate/protocol/probe.hpp), gathered over all io threads: what is under way,
// since when nothing is, and whether the app takes connections.
//
// * Under way is what was signed by the edge, from its head to the last byte of its response. What nobody signed is no use: a
//   balancer's check, or a stranger, would keep a service up for ever.
// * Whether the app is there is asked only once a probe wants to know it, at most every quarter of a second, and by one thread
//   at a time; a probe is told what is known, so that many probes do not add up into the app. When it is there, it is asked
//   again only after a request found that it is not.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "agent/metrics/counter.hpp"
#include "gate/origin/probe.hpp"
#include "gate/protocol/probe.hpp"

namespace sallyport::agent::proxy {

using steady = std::chrono::steady_clock;

/// Requests of one io thread.
class thread_use {
 public:
  void begin() { open_.add(); }
  void end() {
    ended_.store(steady::now().time_since_epoch().count(), std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    open_.subtract();
  }
  std::uint64_t open() const { return open_.value(); }
  /// Of steady's epoch; 0: none ended yet.
  steady::rep ended() const { return ended_.load(std::memory_order_relaxed); }

 private:
  metrics::counter open_;
  std::atomic<steady::rep> ended_{0};
};

/// One request that is under way.
class use {
 public:
  explicit use(thread_use& of) : of_(of) { of_.begin(); }
  ~use() { of_.end(); }
  use(const use&) = delete;
  use& operator=(const use&) = delete;

 private:
  thread_use& of_;
};

class standing final : public gate::status_rate {
 public:
  /// Before any thread runs.
  void add(const thread_use& one) { uses_.push_back(&one); }

  /// Check 7 of a probe, for all threads.
  bool take(unix_milliseconds now) override;
  /// `task`: ARN, or "".
  gate::agent_status tell(const gate::accepted_probe& asked, const gate::origin_snapshot& held, bool stopping,
                          const std::string& task);

  /// Requests that are under way, on all threads.
  std::uint64_t under_way() const;
  bool app_is_there() const { return app_there_.load(std::memory_order_relaxed); }
  /// Whether the caller is to find out if the app is there: nobody does, and it is not known to be.
  bool begin_asking() { return !app_is_there() && !asking_.exchange(true); }
  void end_asking() { asking_ = false; }
  void app_answered() { app_there_ = true; }
  void app_failed() {
    if (app_is_there()) app_there_ = false;
  }
  /// Whether a probe came lately.
  bool is_wanted() const;

 private:
  const steady::time_point started_ = steady::now();
  std::vector<const thread_use*> uses_;
  std::atomic<steady::rep> told_{0};
  std::atomic<bool> app_there_{false};
  std::atomic<bool> asking_{false};
  std::mutex lock_;
  gate::status_bucket bucket_;
};

}  // namespace sallyport::agent::proxy
