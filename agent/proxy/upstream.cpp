#include "agent/proxy/upstream.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::agent::proxy {

upstream_connection::upstream_connection(upstream_pool& pool, io::tcp_socket socket, io::deadline_wheel& wheel)
    : link(std::move(socket), wheel), pool_(pool), idle_limit_(wheel, idle_expired, this) {}

// Something came, or the end, while no exchange waited for it. In an exchange it will be asked for; an idle connection
// on which the app speaks first, or which it closes, is of no use any more.
void upstream_connection::read_without_reader(void* self) {
  auto& me = *static_cast<upstream_connection*>(self);
  switch (me.phase_) {
    case phase::busy: return;
    case phase::idle: return me.pool_.discard(&me);
    case phase::dying: delete &me; return;
  }
}

void upstream_connection::idle_expired(void* self) {
  auto& me = *static_cast<upstream_connection*>(self);
  me.pool_.discard(&me);
}

void upstream_release::operator()(upstream_connection* connection) const {
  connection->pool_.discard(connection);
}

upstream_pool::upstream_pool(boost::asio::io_context& context, io::deadline_wheel& wheel,
                             const config::upstream& settings, std::vector<io::tcp::endpoint> endpoints,
                             metrics::thread_metrics& counts)
    : context_(context), wheel_(wheel), settings_(settings), endpoints_(std::move(endpoints)), counts_(counts) {}

upstream_ptr upstream_pool::take_idle() {
  if (idle_.empty()) return nullptr;
  upstream_connection* const taken = idle_.back();
  idle_.pop_back();
  taken->phase_ = upstream_connection::phase::busy;
  taken->idle_limit_.clear();
  taken->reused = true;
  counts_.upstream_reuses.add();
  return upstream_ptr(taken);
}

io::task<result<upstream_ptr>> upstream_pool::connect() {
  failure problem{reason::upstream_connect_failed, "no address of the upstream accepts connections"};
  for (const io::tcp::endpoint& endpoint : endpoints_) {
    // Asked at each turn, because every turn waits.
    if (broken_) co_return failure(reason::upstream_connect_failed, "the agent stops");
    io::tcp_socket socket(context_);
    io::error_code error;
    socket.open(endpoint.protocol(), error);
    if (!error) socket.non_blocking(true, error);
    if (!error) socket.set_option(io::tcp::no_delay(true), error);
    // A system without IPv6 has no socket for the ::1 that "localhost" may stand for first.
    if (error) {
      problem.detail = error.message();
      continue;
    }
    upstream_ptr made(new upstream_connection(*this, std::move(socket), wheel_));
    all_.push_back(*made);
    counts_.upstream_open.add();
    const io::io_result connected = co_await made->link.connect(endpoint, settings_.connect);
    if (!connected.ok()) continue;
    counts_.upstream_connects.add();
    co_return std::move(made);
  }
  co_return problem;
}

void upstream_pool::give_back(upstream_ptr connection) {
  if (stopped_ || idle_.size() >= settings_.max_idle) return;
  upstream_connection* const kept = connection.release();
  kept->box.shrink(upstream_inbox_bytes);
  kept->phase_ = upstream_connection::phase::idle;
  kept->idle_limit_.set(settings_.idle);
  idle_.push_back(kept);
  // The read of the next answer, started now, tells as well when the app closes the connection.
  kept->link.arm(kept->box.room(), upstream_connection::read_without_reader, kept);
}

void upstream_pool::discard(upstream_connection* connection) {
  if (connection->phase_ == upstream_connection::phase::idle) std::erase(idle_, connection);
  connection->phase_ = upstream_connection::phase::dying;
  connection->unlink();
  counts_.upstream_open.subtract();
  if (!connection->link.reading()) {
    delete connection;
    return;
  }
  connection->idle_limit_.clear();
  connection->link.close();
}

void upstream_pool::stop() {
  stopped_ = true;
  while (!idle_.empty()) discard(idle_.back());
}

void upstream_pool::close_all() {
  broken_ = true;
  stop();
  for (io::ring* at = all_.next; at != &all_; at = at->next) static_cast<upstream_connection*>(at)->link.close();
}

}  // namespace sallyport::agent::proxy
