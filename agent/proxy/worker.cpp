#include "agent/proxy/worker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "agent/proxy/refusal.hpp"
#include "agent/proxy/session.hpp"
#include "agent/trust/material.hpp"

namespace sallyport::agent::proxy {

namespace asio = boost::asio;

namespace {

/// Connections over the limit that are told so at one time; any further ones are just closed.
constexpr std::size_t max_turned_away = 64;
constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

std::chrono::milliseconds tick_for(const config::settings& settings) {
  const auto& times = settings.timeouts;
  const auto shortest = std::min({times.head, times.idle, times.body, times.linger, settings.upstream.connect,
                                  settings.upstream.first_byte, settings.upstream.idle});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

worker::worker(const worker_surroundings& surroundings, worker_commons& commons,
               std::vector<io::tcp::endpoint> upstream, io::tcp protocol, int listener,
               gate::origin_snapshot_ptr snapshot)
    : surroundings_(surroundings),
      commons_(commons),
      context_(BOOST_ASIO_CONCURRENCY_HINT_1),
      wheel_(tick_for(surroundings.settings)),
      audit_(surroundings.audit.make_entry()),
      gate_(std::move(snapshot), surroundings.crypto, trust::origin_limits_of(surroundings.settings)),
      pool_(context_, wheel_, surroundings.settings.upstream, std::move(upstream), counts_),
      acceptor_(context_),
      ticker_(context_),
      accept_again_(
          wheel_, [](void* self) { static_cast<worker*>(self)->accept(); }, this) {
  acceptor_.assign(protocol, listener);
}

worker::~worker() = default;

void worker::run() {
  tick();
  accept();
  context_.run();
}

void worker::accept() {
  if (stopping_) return;
  acceptor_.async_accept(context_.get_executor(), [this](const io::error_code& error, io::tcp_socket socket) {
    accepted(error, std::move(socket));
  });
}

void worker::accepted(const io::error_code& error, io::tcp_socket socket) {
  if (stopping_) return;
  // Mostly: no descriptors left. They come back when connections end.
  if (error) return accept_again_.set(accept_pause);
  io::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(io::tcp::no_delay(true), ignored);
  counts_.connections_accepted.add();
  io::spawn(has_room() ? serve_connection(std::move(socket)) : turn_away(std::move(socket)));
  accept();
}

bool worker::has_room() {
  return commons_.connections.load(std::memory_order_relaxed) < settings().limits.max_connections;
}

io::task<> worker::serve_connection(io::tcp_socket socket) {
  session connection(*this, std::move(socket));
  sessions_.push_back(connection);
  commons_.connections.fetch_add(1, std::memory_order_relaxed);
  counts_.connections_open.add();
  co_await connection.run();
  counts_.connections_open.subtract();
  commons_.connections.fetch_sub(1, std::memory_order_relaxed);
}

io::task<> worker::turn_away(io::tcp_socket socket) {
  counts_.connections_refused.add();
  if (turned_away_ >= max_turned_away) co_return;
  ++turned_away_;
  session connection(*this, std::move(socket));
  sessions_.push_back(connection);
  co_await connection.turn_away();
  --turned_away_;
}

// Limits count ticks, not the clock: time in which this thread did not run (a suspended machine, a container out of
// CPU) is not held against anybody, because what came meanwhile is looked at between two ticks.
void worker::tick() {
  wheel_.advance(wheel_.elapsed() + wheel_.tick());
  if (stopping_ && !sessions_.linked()) return;
  ticker_.expires_after(wheel_.tick());
  ticker_.async_wait([this](const io::error_code& error) {
    if (!error) tick();
  });
}

void worker::adopt(gate::origin_snapshot_ptr snapshot) {
  asio::post(context_, [this, taken = std::move(snapshot)] { gate_.adopt(taken); });
}

void worker::keys_settled() {
  asio::post(context_, [this] { wake_key_waiters(); });
}

void worker::wake_key_waiters() {
  for (const auto waiter : std::exchange(key_waiters_, {})) waiter.resume();
}

void worker::stop() {
  asio::post(context_, [this] {
    stopping_ = true;
    io::error_code ignored;
    acceptor_.close(ignored);
    pool_.stop();
    for (io::ring* at = sessions_.next; at != &sessions_; at = at->next)
      if (auto& each = *static_cast<session*>(at); each.between_requests()) each.caller().cancel();
  });
}

void worker::close_all() {
  asio::post(context_, [this] {
    pool_.close_all();
    for (io::ring* at = sessions_.next; at != &sessions_; at = at->next) static_cast<session*>(at)->caller().close();
    wake_key_waiters();
  });
}

}  // namespace sallyport::agent::proxy
