#include "agent/proxy/worker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "agent/log/log.hpp"
#include "agent/proxy/app_check.hpp"
#include "agent/proxy/listener.hpp"
#include "agent/proxy/refusal.hpp"
#include "agent/proxy/session.hpp"
#include "agent/trust/material.hpp"

namespace sallyport::agent::proxy {

namespace asio = boost::asio;

namespace {

/// Connections over the limit that are told so at one time; any further ones are just closed.
constexpr std::size_t max_turned_away = 64;
constexpr std::chrono::milliseconds accept_pause{100};
/// Between two looks for an app that is not there.
constexpr std::chrono::milliseconds app_pause{250};
/// One line in so long about connections that cannot be accepted.
constexpr std::chrono::seconds complaint_pause{10};

}  // namespace

std::chrono::milliseconds tick_for(const config::settings& settings) {
  const auto& times = settings.timeouts;
  const auto shortest = std::min({times.head, times.idle, times.body, times.linger, times.half_closed,
                                  settings.upstream.connect, settings.upstream.first_byte, settings.upstream.idle});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

worker::worker(const worker_surroundings& surroundings, worker_commons& commons, upstream_addresses& upstream,
               io::tcp protocol, int listener, gate::origin_snapshot_ptr snapshot)
    : surroundings_(surroundings),
      commons_(commons),
      context_(BOOST_ASIO_CONCURRENCY_HINT_1),
      wheel_(tick_for(surroundings.settings)),
      audit_(surroundings.audit.make_entry()),
      gate_(std::move(snapshot), surroundings.crypto, trust::origin_limits_of(surroundings.settings),
            surroundings.channels),
      pool_(context_, wheel_, surroundings.settings.upstream, upstream, counts_),
      acceptor_(context_),
      ticker_(context_),
      accept_again_(
          wheel_, [](void* self) { static_cast<worker*>(self)->accept(); }, this),
      grace_(
          wheel_, [](void* self) { static_cast<worker*>(self)->end_grace(); }, this),
      last_handshakes_(
          wheel_, [](void* self) { static_cast<worker*>(self)->close_doors(); }, this),
      ask_app_again_(
          wheel_, [](void* self) { io::spawn(static_cast<worker*>(self)->ask_app()); }, this) {
  commons_.told.add(uses_);
  acceptor_.assign(protocol, listener);
}

worker::~worker() = default;

void worker::run() {
  tick();
  accept();
  context_.run();
}

void worker::accept() {
  if (closing_) return;
  acceptor_.async_accept(context_.get_executor(), [this](const io::error_code& error, io::tcp_socket socket) {
    accepted(error, std::move(socket));
  });
}

void worker::accepted(const io::error_code& error, io::tcp_socket socket) {
  if (error) return cannot_accept(error);
  take_in(std::move(socket));
  accept();
}

// Mostly: no descriptors left. They come back when connections end.
void worker::cannot_accept(const io::error_code& why) {
  if (closing_) return;
  accept_again_.set(accept_pause);
  const auto now = wheel_.elapsed();
  if (complained_at_ && now - *complained_at_ < complaint_pause) return;
  complained_at_ = now;
  log::write(log::level::error, "connections are not accepted", {{"problem", why.message()}});
}

void worker::take_in(io::tcp_socket socket) {
  io::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(io::tcp::no_delay(true), ignored);
  counts_.connections_accepted.add();
  io::spawn(has_room() ? serve_connection(std::move(socket)) : turn_away(std::move(socket)));
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
  look_for_leavers();
  if (refusing_ && commons_.told.under_way() == 0) refuse_newcomers();
  if (closing_ && !sessions_.linked() && !asks_app_) return;
  ticker_.expires_after(wheel_.tick());
  ticker_.async_wait([this](const io::error_code& error) {
    if (!error) tick();
  });
}

gate::agent_status worker::status(const gate::accepted_probe& asked) {
  const auto says = commons_.told.tell(asked, gate_.snapshot(), stopping_, surroundings_.task);
  if (!closing_ && commons_.told.begin_asking()) io::spawn(ask_app());
  return says;
}

// Until it is there, nobody wants to know it any more, or this thread ends.
io::task<> worker::ask_app() {
  asks_app_ = true;
  bool there = false;
  if (!closing_) there = co_await is_app_there(pool_, settings().upstream);
  if (there) commons_.told.app_answered();
  asks_app_ = false;
  if (!closing_ && !commons_.told.app_is_there() && commons_.told.is_wanted()) {
    ask_app_again_.set(app_pause);
    co_return;
  }
  commons_.told.end_asking();
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

// Whether a caller has left is asked of all of them at once, without reading: what it has sent already may be its next
// request.
void worker::look_for_leavers() {
  awaiting_.clear();
  callers_.clear();
  for (io::ring* at = sessions_.next; at != &sessions_; at = at->next) {
    auto& each = *static_cast<session*>(at);
    if (!each.awaits_app()) continue;
    awaiting_.push_back(&each);
    callers_.push_back({each.caller().socket().native_handle(), POLLRDHUP, 0});
  }
  if (callers_.empty() || ::poll(callers_.data(), callers_.size(), 0) <= 0) return;
  for (std::size_t at = 0; at < callers_.size(); ++at)
    if (callers_[at].revents != 0) awaiting_[at]->look_at_caller(callers_[at].revents);
}

void worker::stop(std::chrono::milliseconds grace) {
  asio::post(context_, [this, grace] {
    if (std::exchange(stopping_, true)) return;
    grace.count() > 0 ? grace_.set(grace) : refuse_newcomers();
  });
}

// While something runs, who comes can be told that nothing of his request was looked at, and goes elsewhere with it.
void worker::end_grace() {
  if (commons_.told.under_way() == 0) return refuse_newcomers();
  grace_over_ = refusing_ = true;
  end_idle_connections();
}

void worker::end_idle_connections() {
  for (io::ring* at = sessions_.next; at != &sessions_; at = at->next)
    if (auto& each = *static_cast<session*>(at); each.between_requests()) each.caller().cancel();
}

// Handshakes that have begun are brought to their end, and their connections served.
void worker::refuse_newcomers() {
  if (std::exchange(ignoring_, true)) return;
  ignore_newcomers(acceptor_.native_handle());
  last_handshakes_.set(wheel_.tick());
}

void worker::close_doors() {
  if (std::exchange(closing_, true)) return;
  grace_over_ = true;
  io::error_code error;
  acceptor_.non_blocking(true, error);
  for (;;) {
    io::tcp_socket waiting = acceptor_.accept(context_.get_executor(), error);
    if (error) break;
    take_in(std::move(waiting));
  }
  acceptor_.close(error);
  pool_.stop();
  end_idle_connections();
}

void worker::close_all() {
  asio::post(context_, [this] {
    stopping_ = cutting_off_ = true;
    close_doors();
    pool_.close_all();
    for (io::ring* at = sessions_.next; at != &sessions_; at = at->next) static_cast<session*>(at)->caller().close();
    wake_key_waiters();
  });
}

}  // namespace sallyport::agent::proxy
