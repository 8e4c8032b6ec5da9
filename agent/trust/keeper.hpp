// Keeps what decisions rest on: the material of the files, and the edge's keys, fetched again before they are old.
//
// One thread of its own fetches; io threads only ever ask and are told. What changes is published whole.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "agent/config/settings.hpp"
#include "agent/trust/material.hpp"
#include "crypto/crypto.hpp"
#include "gate/keys/key_set.hpp"
#include "gate/origin/origin.hpp"

namespace sallyport::agent::trust {

class keeper {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  struct listeners {
    /// Something changed; called on the keeper's thread, or on that of reload().
    std::function<void(const gate::origin_snapshot_ptr&)> publish;
    /// A fetch that refetch() promised is over, whatever it brought. After publish.
    std::function<void()> settled;
  };

  /// `first`: without problems.
  keeper(const config::settings& settings, material first, crypto::port& host);
  ~keeper();
  keeper(const keeper&) = delete;
  keeper& operator=(const keeper&) = delete;

  /// Begins to fetch, if there is a URL to fetch from.
  void start(listeners tell);
  /// Ends the thread, and a fetch under way; nobody is told anything any more.
  void stop();
  gate::origin_snapshot_ptr snapshot() const;

  /// Any thread: a key is unknown. True: settled() will be called.
  bool refetch();
  /// Reads the files again. The policy that was in force becomes the previous one, for policy.previous_for. Problems:
  /// nothing was changed.
  std::vector<std::string> reload(steady_time now);
  /// Called now and then: forgets the previous policy once its time is over. True: that was now.
  bool end_previous(steady_time now);

  /// Of the edge's keys.
  gate::key_set_health health() const;
  /// Why requests cannot be served yet, or ok.
  failure readiness() const;

 private:
  void run();
  bool step(std::unique_lock<std::mutex>& hold);
  void tell_fetched(const gate::key_request& request, const result<void>& taken);
  void publish_if_changed(bool force);
  bool by_url() const { return settings_.edge.jwks_file.empty(); }

  const config::settings& settings_;
  crypto::port& host_;
  mutable std::mutex lock_;
  std::condition_variable wake_;
  material material_;
  std::optional<gate::key_set> keys_;
  gate::origin_snapshot_ptr snapshot_;
  listeners tell_;
  /// A fetch that refetch() has begun and the thread has not taken up yet.
  std::optional<gate::key_request> asked_;
  std::size_t waiting_ = 0;
  std::uint64_t file_generation_ = 0;
  /// When the previous policy ends; nothing: there is none, or a file names it.
  std::optional<steady_time> previous_until_;
  bool stopping_ = false;
  /// The log says so, and does not say yet that it is over.
  bool fetch_failed_ = false;
  std::stop_source cancel_;
  std::thread thread_;
};

}  // namespace sallyport::agent::trust
