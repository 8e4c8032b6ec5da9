// One io thread: its event loop, its listener, its sessions, its connections to the app, its half of the gate.
#pragma once

#include <poll.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/audit/sink.hpp"
#include "agent/config/settings.hpp"
#include "agent/io/deadline.hpp"
#include "agent/io/ring.hpp"
#include "agent/io/stream.hpp"
#include "agent/metrics/thread_metrics.hpp"
#include "agent/proxy/body_budget.hpp"
#include "agent/proxy/standing.hpp"
#include "agent/proxy/upstream.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/origin.hpp"

namespace sallyport::agent::proxy {

class session;

/// What all io threads share. Everything in it outlives them.
struct worker_surroundings {
  const config::settings& settings;
  crypto::port& crypto;
  gate::replay_guard& replays;
  gate::origin_channels channels;
  audit::sink& audit;
  /// Asks for the edge's keys again because a key is unknown. True: an answer is on its way, and every worker's
  /// keys_settled() will be called after it.
  std::function<bool()> refetch_keys;
  /// ARN of the task that this agent is in; empty: not known.
  std::string task;
};

/// What the io threads of one server share among themselves.
struct worker_commons {
  explicit worker_commons(const config::limits& limits) : bodies(limits.max_buffered_bytes) {}
  body_budget bodies;
  std::atomic<std::uint64_t> connections{0};
  standing told;
};

class worker {
 public:
  using acceptor = boost::asio::basic_socket_acceptor<io::tcp, boost::asio::io_context::executor_type>;

  /// `listener`: a bound and listening descriptor for `protocol`, which the worker owns from now on.
  worker(const worker_surroundings& surroundings, worker_commons& commons, upstream_addresses& upstream,
         io::tcp protocol, int listener, gate::origin_snapshot_ptr snapshot);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Serves until stop() and the end of the last session.
  void run();

  /// From any thread.
  void adopt(gate::origin_snapshot_ptr snapshot);
  void keys_settled();
  /// Answers every request with Connection: close from now on. After `grace` it ends idle connections, and refuses new
  /// requests for as long as others run on any thread; then it accepts nothing more. run() returns when what runs has
  /// finished.
  void stop(std::chrono::milliseconds grace);
  /// Breaks all connections.
  void close_all();
  const metrics::thread_metrics& counts() const { return counts_; }

  /// For sessions, on this thread.
  const config::settings& settings() const { return surroundings_.settings; }
  gate::origin& gate() { return gate_; }
  gate::replay_guard& replays() { return surroundings_.replays; }
  audit::sink& audit_sink() { return surroundings_.audit; }
  audit::sink::entry& audit() { return audit_; }
  metrics::thread_metrics& metrics() { return counts_; }
  upstream_pool& pool() { return pool_; }
  io::deadline_wheel& wheel() { return wheel_; }
  body_budget& bodies() { return commons_.bodies; }
  const bool& stopping() const { return stopping_; }
  /// The grace of stop() is over.
  bool closing() const { return grace_over_; }
  /// Requests that come now are another task's: nothing of them is looked at.
  bool refusing() const { return refusing_; }
  /// The time to stop is over: what breaks now was cut off by this agent.
  bool cutting_off() const { return cutting_off_; }
  thread_use& uses() { return uses_; }
  gate::status_rate& probe_rate() { return commons_.told; }
  /// For a probe. Sees to it that it will be known whether the app is there.
  gate::agent_status status(const gate::accepted_probe& asked);
  /// A request found no app.
  void app_failed() { commons_.told.app_failed(); }
  bool refetch_keys() { return surroundings_.refetch_keys && surroundings_.refetch_keys(); }
  /// Resumes when the keys that were asked for have come, or will not come.
  auto key_answer() { return key_wait{*this}; }

 private:
  struct key_wait {
    worker& self;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { self.key_waiters_.push_back(waiter); }
    void await_resume() const noexcept {}
  };

  io::task<> ask_app();
  io::task<> serve_connection(io::tcp_socket socket);
  io::task<> turn_away(io::tcp_socket socket);
  void accept();
  void accepted(const io::error_code& error, io::tcp_socket socket);
  void take_in(io::tcp_socket socket);
  void cannot_accept(const io::error_code& why);
  void tick();
  void wake_key_waiters();
  void look_for_leavers();
  void end_grace();
  void end_idle_connections();
  void refuse_newcomers();
  void close_doors();
  bool has_room();

  const worker_surroundings& surroundings_;
  worker_commons& commons_;
  boost::asio::io_context context_;
  io::deadline_wheel wheel_;
  metrics::thread_metrics counts_;
  audit::sink::entry& audit_;
  gate::origin gate_;
  upstream_pool pool_;
  acceptor acceptor_;
  boost::asio::steady_timer ticker_;
  io::deadline accept_again_;
  io::deadline grace_;
  io::deadline last_handshakes_;
  io::deadline ask_app_again_;
  io::ring sessions_;
  std::vector<std::coroutine_handle<>> key_waiters_;
  /// Of the callers that await the app, made anew at each tick.
  std::vector<session*> awaiting_;
  std::vector<pollfd> callers_;
  thread_use uses_;
  std::size_t turned_away_ = 0;
  std::optional<std::chrono::milliseconds> complained_at_;
  bool asks_app_ = false;
  bool stopping_ = false;
  bool grace_over_ = false;
  bool refusing_ = false;
  bool ignoring_ = false;
  bool closing_ = false;
  bool cutting_off_ = false;
};

/// The wheel's tick for these settings: fine enough for the shortest limit, and no finer than needed.
std::chrono::milliseconds tick_for(const config::settings& settings);

}  // namespace sallyport::agent::proxy
