#include "agent/io/stream.hpp"

#include <poll.h>

#include <boost/asio/error.hpp>
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
  self_.read_timed_out_ = false;
  self_.read_limit_.set(limit_);
  if (!self_.reading_) self_.start_read(into_);
}

void stream::arm(std::span<char> into, deadline::action act, void* owner) {
  unawaited_ = act;
  unawaited_owner_ = owner;
  read_timed_out_ = false;
  start_read(into);
}

void stream::start_read(std::span<char> into) {
  reading_ = true;
  socket_.async_read_some(asio::buffer(into.data(), into.size()),
                          [this](const error_code& error, std::size_t bytes) { finish_read(error, bytes); });
}

void stream::finish_read(const error_code& error, std::size_t bytes) {
  reading_ = false;
  read_limit_.clear();
  bytes_read_ += bytes;
  read_result_ = {status_of(error, read_timed_out_), bytes};
  if (const auto waiter = std::exchange(reader_, nullptr)) return waiter.resume();
  read_ready_ = true;
  // Last, because it may destroy this stream.
  if (unawaited_ != nullptr) unawaited_(unawaited_owner_);
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
