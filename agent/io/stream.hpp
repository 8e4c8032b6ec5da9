// One TCP connection of one io thread, read and written by coroutines, every wait with a limit.
//
// At most one read and one write are under way at a time. The stream must outlive both, which a coroutine that owns it
// and awaits them ensures.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "agent/io/deadline.hpp"

namespace sallyport::agent::io {

using tcp = boost::asio::ip::tcp;
using error_code = boost::system::error_code;
/// The executor's type is spelled out: the type-erased default costs an allocation and a virtual call an operation.
using tcp_socket = boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type>;

enum class io_status : std::uint8_t {
  done,
  /// The peer has finished sending (read only).
  end,
  timed_out,
  /// The connection is broken, closed or the operation was cancelled.
  failed,
};

struct io_result {
  io_status status = io_status::failed;
  std::size_t bytes = 0;
  bool ok() const { return status == io_status::done; }
};

/// What can be read from a connection without waiting.
enum class arrived : std::uint8_t { nothing, bytes, end };

class stream {
 public:
  stream(tcp_socket socket, deadline_wheel& wheel);
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  class read_operation;
  class write_operation;
  class connect_operation;

  /// Reads what is there into `into`, at least one byte.
  read_operation read(std::span<char> into, milliseconds limit);
  /// Writes all of `parts`, which it consumes as it goes; the limit counts anew whenever the peer took some of what was
  /// written.
  write_operation write(std::span<boost::asio::const_buffer> parts, milliseconds limit);
  connect_operation connect(const tcp::endpoint& to, milliseconds limit);

  /// Waits, for nobody yet, until something can be read; it is read by the read() that comes next. When it comes, or
  /// the end, before read() is called, `act(owner)` runs.
  void watch(deadline::action act, void* owner);
  /// Whether a read or a watch is under way.
  bool reading() const { return reading_; }
  /// Whether a write waits for the peer to take it.
  bool writing() const { return static_cast<bool>(writer_); }
  /// What has come and was not read.
  arrived pending();
  /// How many bytes have come and were not read.
  std::size_t available();
  /// Copies the beginning of what has come and was not read; gives how much.
  std::size_t peek(std::span<char> into);
  /// How many bytes were written that the peer's system has not acknowledged.
  std::size_t undelivered();
  /// Throws away what has come and was not read, so that close() ends the connection in order: a system that closes on
  /// unread bytes resets the connection, and the peer may lose what it was sent (RFC 9112 section 9.6).
  void discard_unread();
  /// Gives the read that is under way a new limit from now on.
  void limit_read(milliseconds limit) { read_limit_.set(limit); }

  /// Why the last connect failed.
  const error_code& connect_error() const { return connect_error_; }
  /// The limit of the last write has passed, which ends the read beside it as well.
  bool write_timed_out() const { return write_timed_out_; }

  /// Ends what is under way with io_status::failed; the connection itself stays open.
  void cancel();
  /// Tells the peer that nothing more will be sent.
  void shutdown_send();
  /// Every operation, now and later, ends with io_status::failed.
  void close();
  bool open() const { return socket_.is_open(); }

  tcp_socket& socket() { return socket_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  void start_read();
  void read_now();
  void finish_read(const error_code& error, std::size_t bytes);
  bool write_now();
  void start_write();
  void finish_write(const error_code& error, std::size_t bytes);
  void consume(std::size_t bytes);
  bool ready_for(short event);
  bool delivers();
  static void read_expired(void* self);
  static void write_expired(void* self);

  tcp_socket socket_;
  deadline read_limit_;
  deadline write_limit_;
  std::coroutine_handle<> reader_;
  std::coroutine_handle<> writer_;
  deadline::action unawaited_ = nullptr;
  void* unawaited_owner_ = nullptr;
  std::span<char> into_;
  io_result read_result_;
  io_result write_result_;
  error_code connect_error_;
  std::span<boost::asio::const_buffer> left_;
  milliseconds write_patience_{0};
  /// undelivered() when the limit of the write began to count.
  std::size_t undelivered_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_written_ = 0;
  bool reading_ = false;
  bool read_timed_out_ = false;
  bool write_timed_out_ = false;
};

class stream::read_operation {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  io_result await_resume() const noexcept { return self_.read_result_; }

 private:
  friend class stream;
  read_operation(stream& self, std::span<char> into, milliseconds limit) : self_(self), into_(into), limit_(limit) {}
  stream& self_;
  std::span<char> into_;
  milliseconds limit_;
};

class stream::write_operation {
 public:
  /// Most writes fit into the socket's buffer and end here, in one system call and without the event loop.
  bool await_ready() { return self_.write_now(); }
  void await_suspend(std::coroutine_handle<> waiter);
  io_result await_resume() const noexcept { return self_.write_result_; }

 private:
  friend class stream;
  explicit write_operation(stream& self) : self_(self) {}
  stream& self_;
};

class stream::connect_operation {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  io_result await_resume() const noexcept { return self_.write_result_; }

 private:
  friend class stream;
  connect_operation(stream& self, const tcp::endpoint& to, milliseconds limit) : self_(self), to_(to), limit_(limit) {}
  stream& self_;
  tcp::endpoint to_;
  milliseconds limit_;
};

}  // namespace sallyport::agent::io
