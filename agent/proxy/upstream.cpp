#include "agent/proxy/upstream.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/log/log.hpp"

namespace sallyport::agent::proxy {

namespace {

constexpr std::chrono::minutes distrust_time{10};
/// Full ticks of rest that make up upstream.rest; one more is begun when it starts.
constexpr int ticks_of_rest = 2;

/// Which address refused, and how; for a name with many addresses, as much of the list as there is room for.
void add_refusal(std::string& to, const io::tcp::endpoint& at, const io::error_code& how) {
  constexpr std::size_t most = 400;
  if (to.size() > most) return;
  to += (to.empty() ? "" : "; ") + config::to_text({at.address().to_string(), at.port()}) + ": " + how.message();
}

/// One 408 and nothing behind it (RFC 9110 section 15.5.9).
bool is_farewell(std::string_view text) {
  const bool says_408 = text.starts_with("HTTP/1.1 408") || text.starts_with("HTTP/1.0 408");
  return says_408 && text.find("HTTP/1.", 1) == std::string_view::npos;
}

}  // namespace

upstream_connection::upstream_connection(upstream_pool& pool, io::tcp_socket socket, io::deadline_wheel& wheel)
    : link(std::move(socket), wheel), pool_(pool), idle_limit_(wheel, idle_expired, this) {}

// Something came, or the end, while no exchange waited for it. In an exchange it will be asked for; an idle connection
// on which the app speaks first, or which it closes, is of no use any more.
void upstream_connection::came_unread(void* self) {
  auto& me = *static_cast<upstream_connection*>(self);
  switch (me.phase_) {
    case phase::busy: return;
    case phase::idle: {
      upstream_pool& pool = me.pool_;
      pool.looked_unasked(me);
      return pool.discard(&me);
    }
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
                             const config::upstream& settings, upstream_addresses& addresses,
                             metrics::thread_metrics& counts)
    : context_(context),
      wheel_(wheel),
      settings_(settings),
      addresses_(addresses),
      counts_(counts),
      rest_timer_(context),
      distrust_(
          wheel, [](void* self) { static_cast<upstream_pool*>(self)->distrusts_ = false; }, this) {}

upstream_ptr upstream_pool::take_idle(std::string_view subject) {
  if (distrusts_) {
    drop_idle();
    return nullptr;
  }
  upstream_connection* const taken = find(subject);
  if (taken == nullptr) return nullptr;
  taken->unlink();
  busy_.push_back(*taken);
  --idle_count_;
  taken->phase_ = upstream_connection::phase::busy;
  taken->idle_limit_.clear();
  taken->reused = true;
  return upstream_ptr(taken);
}

upstream_connection* upstream_pool::find(std::string_view subject) {
  for (io::ring* at = idle_.next; at != &idle_; at = at->next)
    if (auto* const each = static_cast<upstream_connection*>(at); may_take(*each, subject)) return each;
  const bool full = idle_count_ > 0 && idle_count_ >= settings_.max_idle;
  return full && settings_.reuse == config::reuse::safe ? static_cast<upstream_connection*>(idle_.next) : nullptr;
}

bool upstream_pool::may_take(const upstream_connection& kept, std::string_view subject) const {
  if (!subject.empty() && kept.subject_ == subject) return true;
  return settings_.reuse == config::reuse::safe && rest_ticks_ >= kept.rested_at_;
}

bool upstream_pool::is_quiet(upstream_connection& taken) {
  // What came in one piece with the end of the response before is in the inbox, what came since is with the system.
  if (taken.box.empty() && taken.link.pending() == io::arrived::nothing) return true;
  looked_unasked(taken);
  return false;
}

// An app may say 408 before it closes an idle connection; anything else that no request asked for is a response, or a
// part of one, that somebody could have been given as theirs.
void upstream_pool::looked_unasked(upstream_connection& on) {
  std::array<char, 1024> start{};
  const std::size_t got = on.link.peek(start);
  if (on.box.empty() && (got == 0 || is_farewell({start.data(), got}))) return;
  counts_.upstream_unasked.add();
  if (!distrusts_)
    log::write(log::level::warning, "the app sent bytes that no request asked for",
               {{"consequence", "connections to it are not used again for ten minutes"}});
  distrusts_ = true;
  distrust_.set(distrust_time);
}

io::task<result<upstream_ptr>> upstream_pool::connect() {
  failure problem{reason::upstream_connect_failed, ""};
  const upstream_addresses::list known = addresses_.known();
  for (const io::tcp::endpoint& endpoint : *known) {
    // Asked at each turn, because every turn waits.
    if (broken_) co_return failure(reason::upstream_connect_failed, "the agent stops");
    io::tcp_socket socket(context_);
    io::error_code error;
    socket.open(endpoint.protocol(), error);
    if (!error) socket.non_blocking(true, error);
    if (!error) socket.set_option(io::tcp::no_delay(true), error);
    // A system without IPv6 has no socket for the ::1 that "localhost" may stand for first.
    if (error) {
      add_refusal(problem.detail, endpoint, error);
      continue;
    }
    upstream_ptr made(new upstream_connection(*this, std::move(socket), wheel_));
    busy_.push_back(*made);
    counts_.upstream_open.add();
    const io::io_result connected = co_await made->link.connect(endpoint, settings_.connect);
    if (!connected.ok()) {
      add_refusal(problem.detail, endpoint, made->link.connect_error());
      continue;
    }
    counts_.upstream_connects.add();
    co_return std::move(made);
  }
  addresses_.look_up_again();
  co_return problem;
}

void upstream_pool::give_back(upstream_ptr connection, std::string_view subject) {
  if (stopped_ || settings_.max_idle == 0 || settings_.reuse == config::reuse::never) return;
  // What comes from now on is seen by the wait of keep(), or before the next request is written.
  if (!connection->box.empty()) return looked_unasked(*connection);
  if (distrusts_) return drop_idle();
  if (idle_count_ >= settings_.max_idle) discard(static_cast<upstream_connection*>(idle_.next));
  upstream_connection* const kept = connection.release();
  kept->subject_.assign(subject);
  keep(*kept);
}

void upstream_pool::keep(upstream_connection& kept) {
  kept.box.shrink(upstream_inbox_bytes);
  kept.phase_ = upstream_connection::phase::idle;
  kept.idle_limit_.set(settings_.idle);
  kept.rested_at_ = settings_.rest.count() == 0 ? 0 : rest_ticks_ + static_cast<std::uint64_t>(ticks_of_rest) + 1;
  kept.unlink();
  idle_.push_back(kept);
  ++idle_count_;
  if (settings_.rest.count() > 0 && settings_.reuse == config::reuse::safe) count_rest();
  // Tells when the app closes the connection, or says something on it.
  kept.link.watch(upstream_connection::came_unread, &kept);
}

// Runs for as long as there is a connection that has not rested long enough: the last of the ring.
void upstream_pool::count_rest() {
  if (rest_runs_ || stopped_ || idle_count_ == 0) return;
  if (static_cast<upstream_connection*>(idle_.previous)->rested_at_ <= rest_ticks_) return;
  rest_runs_ = true;
  rest_timer_.expires_after(std::max(settings_.rest / ticks_of_rest, std::chrono::milliseconds(1)));
  rest_timer_.async_wait([this](const io::error_code& error) {
    rest_runs_ = false;
    if (error) return;
    ++rest_ticks_;
    count_rest();
  });
}

void upstream_pool::discard(upstream_connection* connection) {
  if (connection->phase_ == upstream_connection::phase::idle) --idle_count_;
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

void upstream_pool::drop_idle() {
  for (io::ring* at = idle_.next; at != &idle_;) {
    auto* const each = static_cast<upstream_connection*>(at);
    at = at->next;
    discard(each);
  }
}

void upstream_pool::stop() {
  stopped_ = true;
  rest_timer_.cancel();
  drop_idle();
}

void upstream_pool::close_all() {
  broken_ = true;
  stop();
  for (io::ring* at = busy_.next; at != &busy_; at = at->next) static_cast<upstream_connection*>(at)->link.close();
}

}  // namespace sallyport::agent::proxy
