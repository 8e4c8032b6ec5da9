// Connections to the app: made, kept while idle, and handed out again. One pool an io thread.
//
// HTTP/1.1 tells which request a response belongs to by the order of bytes alone. So whatever an app sends behind the
// end of a response would be taken for the response to the next request, which may be another caller's. Hence:
//
// * Only a connection whose last response ended where its own framing says, in a length or a last chunk, is kept. After
//   any other (HEAD, 204, 304) it is closed, because content that should not be there may still come.
// * Bytes on an idle connection, and bytes that have come before the first byte of a new request is written, end it;
//   they are never read as a response. exchange.cpp looks once more just before it writes.
// * A connection rests for upstream.rest before a request of another subject gets it, and the one that has rested
//   longest is taken first. Anonymous callers are never the same subject. When max_idle connections rest, the oldest is
//   taken all the same.
// * An app that was seen to send bytes that no request asked for gets a connection for each request, for ten minutes.
// * upstream.reuse narrows this: same_subject never gives a connection to another subject, never keeps none.
//
// What is left: bytes that come later than the rest, and after the next request was written
// (docs/design/threat_model.md).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/settings.hpp"
#include "agent/io/deadline.hpp"
#include "agent/io/inbox.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/metrics/thread_metrics.hpp"
#include "agent/proxy/addresses.hpp"
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
  static void came_unread(void* self);
  static void idle_expired(void* self);

  upstream_pool& pool_;
  io::deadline idle_limit_;
  /// Who asked last; empty: nobody who could be told from others.
  std::string subject_;
  std::uint64_t rested_at_ = 0;
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
                upstream_addresses& addresses, metrics::thread_metrics& counts);
  upstream_pool(const upstream_pool&) = delete;
  upstream_pool& operator=(const upstream_pool&) = delete;

  /// A connection that a request of `subject` (empty: anonymous) may go by, or null. Just before something is written
  /// on it, exchange asks is_quiet.
  upstream_ptr take_idle(std::string_view subject);
  /// Whether nothing has come on a connection that was taken; else it must be given up, and what came is dealt with.
  bool is_quiet(upstream_connection& taken);
  /// A new connection to the first address that accepts; when none does, the app's name is looked up anew for the next.
  /// Reasons: upstream_connect_failed (also when none accepts in time).
  io::task<result<upstream_ptr>> connect();
  /// Precondition: the response to a request of `subject` was read to its end, which its framing proves.
  void give_back(upstream_ptr connection, std::string_view subject);
  /// Closes what is idle, keeps nothing from now on.
  void stop();
  /// Breaks every connection, those in use as well; connect() makes no new one from now on.
  void close_all();

 private:
  friend class upstream_connection;
  friend struct upstream_release;
  void discard(upstream_connection* connection);
  void keep(upstream_connection& kept);
  upstream_connection* find(std::string_view subject);
  bool may_take(const upstream_connection& kept, std::string_view subject) const;
  void looked_unasked(upstream_connection& on);
  void drop_idle();
  void count_rest();

  boost::asio::io_context& context_;
  io::deadline_wheel& wheel_;
  const config::upstream& settings_;
  upstream_addresses& addresses_;
  metrics::thread_metrics& counts_;
  /// The one that has been idle longest first.
  io::ring idle_;
  std::size_t idle_count_ = 0;
  io::ring busy_;
  /// Turns while connections rest. Rest is counted in its ticks, not by the clock: time in which this thread did not
  /// look at the connections is no rest.
  boost::asio::steady_timer rest_timer_;
  std::uint64_t rest_ticks_ = 0;
  bool rest_runs_ = false;
  /// Set while the app is not trusted to send nothing that was not asked for.
  io::deadline distrust_;
  bool distrusts_ = false;
  bool stopped_ = false;
  bool broken_ = false;
};

}  // namespace sallyport::agent::proxy
