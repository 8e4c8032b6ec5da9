// How a session ends with its caller: in order, or because the caller has left.
#include <poll.h>

#include <algorithm>

#include "agent/proxy/session.hpp"

namespace sallyport::agent::proxy {

// Closing while the caller still sends would make its system throw away the answer, or this one what it has not sent
// yet (RFC 9112 section 9.6): so nothing more is sent, and what still comes is read, until the caller has closed as
// well or has had its time to. That time begins when all has been delivered; until then the caller has what it has for
// a body.
io::task<> session::linger() {
  const auto& times = settings().timeouts;
  io::deadline_wheel& wheel = owner_.wheel();
  caller_.shutdown_send();
  // Its answer is out: stopping need not wait for this connection once it is delivered.
  between_requests_ = true;
  auto since = wheel.elapsed();
  for (std::size_t left = caller_.undelivered();;) {
    if (left == 0 && owner_.closing()) co_return;
    const auto time = (left == 0 ? times.linger : times.body) - (wheel.elapsed() - since);
    if (time.count() <= 0) co_return;
    const auto turn = owner_.closing() ? wheel.tick() : times.linger;
    box_.consume(box_.unread().size());
    const io::io_result got = co_await caller_.read(box_.room(), std::min(time, turn));
    const bool cancelled = got.status == io::io_status::failed && owner_.closing() && caller_.open();
    if (got.status == io::io_status::end || (got.status == io::io_status::failed && !cancelled)) co_return;
    if (const std::size_t now_left = caller_.undelivered(); now_left != left) {
      left = now_left;
      since = wheel.elapsed();
    }
  }
}

void session::look_at_caller(short events) {
  if (exchange_ != nullptr && caller_is_gone(events)) exchange_->abandon();
}

// A broken connection is certain. An end of input may be the caller's whole departure, of which TCP tells no more until
// something is sent to it, or half of it, after which it still takes its answer (RFC 9112 section 9.6). In the middle
// of a body it is certain, too, even where the app takes no more of that body. Behind the request it counts once
// nothing has moved for timeouts.half_closed; a caller that takes what is written has not left.
bool session::caller_is_gone(short events) {
  if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) return true;
  if ((events & POLLRDHUP) == 0) return false;
  if (!exchange_->has_request()) return exchange_->is_cut_off();
  const bool moved = caller_.writing() || std::exchange(taken_, caller_.bytes_written()) != caller_.bytes_written();
  if (!std::exchange(half_closed_, true) || moved) quiet_since_ = owner_.wheel().elapsed();
  return owner_.wheel().elapsed() - quiet_since_ >= settings().timeouts.half_closed;
}

}  // namespace sallyport::agent::proxy
