// The data plane: all io threads, started and stopped together.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/proxy/worker.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

class server {
 public:
  /// Binds and resolves, serves nothing yet. `surroundings` and what it names must outlive the server.
  /// Reasons: config_invalid.
  static result<std::unique_ptr<server>> make(const worker_surroundings& surroundings,
                                              gate::origin_snapshot_ptr snapshot);
  /// Stops at once whatever still runs.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  void start();
  /// Goes on accepting for `grace`, lets what runs finish until `patience` is over, then breaks it. True when nothing
  /// had to be broken.
  bool stop(std::chrono::milliseconds grace, std::chrono::milliseconds patience);

  const boost::asio::ip::tcp::endpoint& where() const { return where_; }
  /// For all io threads, from now on.
  void adopt(const gate::origin_snapshot_ptr& snapshot);
  void keys_settled();

  std::vector<const metrics::thread_metrics*> counts() const;
  /// Memory taken by signed bodies.
  std::uint64_t held_bytes() const { return surroundings_.settings.limits.max_buffered_bytes - commons_.bodies.left(); }
  std::uint64_t connections() const { return commons_.connections.load(std::memory_order_relaxed); }

 private:
  server(const worker_surroundings& surroundings, upstream_addresses upstream, boost::asio::ip::tcp::endpoint where);
  bool wait_for_end(std::chrono::milliseconds patience);

  const worker_surroundings& surroundings_;
  boost::asio::ip::tcp::endpoint where_;
  upstream_addresses upstream_;
  worker_commons commons_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::thread> threads_;
  std::mutex lock_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
};

/// How many io threads `settings` asks for.
std::size_t thread_count(const config::settings& settings);

}  // namespace sallyport::agent::proxy
