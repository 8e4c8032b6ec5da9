// Connections to the app: made, kept while idle, and handed out again. One pool an io thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "agent/config/settings.hpp"
#include "agent/io/deadline.hpp"
#include "agent/io/inbox.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/metrics/thread_metrics.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

class upstream_pool;

/// Room for an answer's head and the start of its body; longer bodies get more while they last.
inline constexpr std::size_t upstream_inbox_bytes = std::size_t{16} << 10;

class upstream_connection : public io::ring {
 public:
  io::stream link;
  io::inbox box{upstream_inbox_bytes};
  /// It has carried a request before, so the app may have closed it without our knowing yet.
  bool reused = false;

  upstream_connection(upstream_pool& pool, io::tcp_socket socket, io::deadline_wheel& wheel);

 private:
  friend class upstream_pool;
  friend struct upstream_release;
  enum class phase : std::uint8_t { busy, idle, dying };
  static void read_without_reader(void* self);
  static void idle_expired(void* self);

  upstream_pool& pool_;
  io::deadline idle_limit_;
  phase phase_ = phase::busy;
};

/// Gives a connection up; it is destroyed when its read has ended.
struct upstream_release {
  void operator()(upstream_connection* connection) const;
};
using upstream_ptr = std::unique_ptr<upstream_connection, upstream_release>;

class upstream_pool {
 public:
  upstream_pool(boost::asio::io_context& context, io::deadline_wheel& wheel, const config::upstream& settings,
                std::vector<io::tcp::endpoint> endpoints, metrics::thread_metrics& counts);
  upstream_pool(const upstream_pool&) = delete;
  upstream_pool& operator=(const upstream_pool&) = delete;

  /// The connection that was idle for the shortest time, or null.
  upstream_ptr take_idle();
  /// A new connection to the first endpoint that accepts. Reasons: upstream_connect_failed (also when none accepts in
  /// time).
  io::task<result<upstream_ptr>> connect();
  /// Precondition: the answer was read to its end and nothing came behind it.
  void give_back(upstream_ptr connection);
  /// Closes what is idle, keeps nothing from now on.
  void stop();
  /// Breaks every connection, those in use as well; connect() makes no new one from now on.
  void close_all();

 private:
  friend class upstream_connection;
  friend struct upstream_release;
  void discard(upstream_connection* connection);

  boost::asio::io_context& context_;
  io::deadline_wheel& wheel_;
  const config::upstream& settings_;
  std::vector<io::tcp::endpoint> endpoints_;
  metrics::thread_metrics& counts_;
  std::vector<upstream_connection*> idle_;
  io::ring all_;
  bool stopped_ = false;
  bool broken_ = false;
};

}  // namespace sallyport::agent::proxy
