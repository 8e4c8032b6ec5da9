#include "agent/io/stream.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

namespace sallyport::agent::io {

namespace asio = boost::asio;

namespace {

io_status status_of(const error_code& error, bool timed_out) {
  if (!error) return io_status::done;
  if (error == asio::error::eof) return io_status::end;
  return timed_out ? io_status::timed_out : io_status::failed;
}

}  // namespace

stream::stream(tcp_socket socket, deadline_wheel& wheel)
    : socket_(std::move(socket)), read_limit_(wheel, read_expired, this), write_limit_(wheel, write_expired, this) {}

stream::read_operation stream::read(std::span<char> into, milliseconds limit) {
  return {*this, into, limit};
}

stream::write_operation stream::write(std::span<asio::const_buffer> parts, milliseconds limit) {
  left_ = parts;
  write_patience_ = limit;
  write_result_ = {io_status::done, 0};
  return write_operation(*this);
}

stream::connect_operation stream::connect(const tcp::endpoint& to, milliseconds limit) {
  return {*this, to, limit};
}

void stream::read_operation::await_suspend(std::coroutine_handle<> waiter) {
  self_.reader_ = waiter;
  self_.into_ = into_;
  self_.read_timed_out_ = false;
  self_.read_limit_.set(limit_);
  if (!self_.reading_) self_.start_read();
}

// A wait, not a read: what has come stays with the system, where pending() sees it at any time.
void stream::watch(deadline::action act, void* owner) {
  unawaited_ = act;
  unawaited_owner_ = owner;
  read_timed_out_ = false;
  // A wait that nobody took up is under way still.
  if (std::exchange(reading_, true)) return;
  socket_.async_wait(tcp_socket::wait_read, [this](const error_code& error) {
    if (!reader_) {
      reading_ = false;
      // Last, because it may destroy this stream.
      return unawaited_(unawaited_owner_);
    }
    error ? finish_read(error, 0) : read_now();
  });
}

void stream::read_now() {
  error_code error;
  const std::size_t bytes = socket_.read_some(asio::buffer(into_.data(), into_.size()), error);
  if (error == asio::error::would_block) return start_read();
  finish_read(error, bytes);
}

void stream::start_read() {
  reading_ = true;
  socket_.async_read_some(asio::buffer(into_.data(), into_.size()),
                          [this](const error_code& error, std::size_t bytes) { finish_read(error, bytes); });
}

void stream::finish_read(const error_code& error, std::size_t bytes) {
  reading_ = false;
  read_limit_.clear();
  bytes_read_ += bytes;
  read_result_ = {status_of(error, read_timed_out_), bytes};
  std::exchange(reader_, nullptr).resume();
}

arrived stream::pending() {
  char first = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return arrived::bytes;
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? arrived::nothing : arrived::end;
}

std::size_t stream::available() {
  int bytes = 0;
  return ::ioctl(socket_.native_handle(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::size_t stream::undelivered() {
  int left = 0;
  return ::ioctl(socket_.native_handle(), SIOCOUTQ, &left) == 0 ? static_cast<std::size_t>(left) : 0;
}

// A large buffer has room again only when a good part of it is empty, which takes a slow peer longer than any limit.
bool stream::delivers() {
  const std::size_t left = undelivered();
  return writer_ && std::exchange(undelivered_, left) > left;
}

std::size_t stream::peek(std::span<char> into) {
  const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void stream::discard_unread() {
  // More than a receive buffer holds, so that a peer that sends on and on ends it, too.
  constexpr int most_turns = 1024;
  char block[16384];
  for (int turn = 0; turn < most_turns; ++turn)
    if (::recv(socket_.native_handle(), block, sizeof block, MSG_DONTWAIT) <= 0) return;
}

void stream::write_operation::await_suspend(std::coroutine_handle<> waiter) {
  self_.writer_ = waiter;
  self_.start_write();
}

// True when nothing is left to wait for: all was taken, or the connection is broken.
bool stream::write_now() {
  error_code error;
  const std::size_t taken = socket_.write_some(left_, error);
  if (error == asio::error::would_block) return false;
  if (error) {
    write_result_.status = io_status::failed;
    return true;
  }
  consume(taken);
  return left_.empty();
}

void stream::start_write() {
  write_timed_out_ = false;
  write_limit_.set(write_patience_);
  undelivered_ = undelivered();
  socket_.async_write_some(left_, [this](const error_code& error, std::size_t bytes) { finish_write(error, bytes); });
}

void stream::finish_write(const error_code& error, std::size_t bytes) {
  write_limit_.clear();
  consume(bytes);
  if (!error && !left_.empty()) return start_write();
  write_result_.status = status_of(error, write_timed_out_);
  std::exchange(writer_, nullptr).resume();
}

void stream::consume(std::size_t bytes) {
  write_result_.bytes += bytes;
  bytes_written_ += bytes;
  while (!left_.empty() && bytes >= left_.front().size()) {
    bytes -= left_.front().size();
    left_ = left_.subspan(1);
  }
  if (bytes > 0) left_.front() += bytes;
}

void stream::connect_operation::await_suspend(std::coroutine_handle<> waiter) {
  stream& self = self_;
  self.writer_ = waiter;
  self.write_timed_out_ = false;
  self.write_limit_.set(limit_);
  self.socket_.async_connect(to_, [&self](const error_code& error) {
    self.write_limit_.clear();
    self.connect_error_ = self.write_timed_out_ ? make_error_code(asio::error::timed_out) : error;
    self.write_result_ = {status_of(error, self.write_timed_out_), 0};
    std::exchange(self.writer_, nullptr).resume();
  });
}

// What came in time counts, also when this thread was too busy, or not running at all, to look at it before the limit:
// the operation that waits for it ends with the next turn of the event loop.
bool stream::ready_for(short event) {
  pollfd asked{socket_.native_handle(), event, 0};
  return ::poll(&asked, 1, 0) > 0;
}

void stream::read_expired(void* self) {
  auto& me = *static_cast<stream*>(self);
  if (me.ready_for(POLLIN)) return;
  me.read_timed_out_ = true;
  me.cancel();
}

void stream::write_expired(void* self) {
  auto& me = *static_cast<stream*>(self);
  if (me.ready_for(POLLOUT)) return;
  if (me.delivers()) return me.write_limit_.set(me.write_patience_);
  me.write_timed_out_ = true;
  me.cancel();
}

void stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void stream::shutdown_send() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace sallyport::agent::io
