// Blocking sockets for the tests' two ends: a caller that writes what it likes, and an app that counts what reaches it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sallyport::testing {

/// How much slower than usual everything runs here (sanitizers, valgrind): SALLYPORT_TEST_SLOWDOWN, at least 1.
int slowdown();
/// How long a test waits for what must happen before it calls it a failure: ten seconds, and longer where all is slow.
std::chrono::seconds patience();

/// A TCP connection; every read gives up after patience(), so that a hang is a failure.
class connection {
 public:
  explicit connection(int descriptor) : descriptor_(descriptor) {}
  connection(connection&& other) noexcept;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();
  /// To 127.0.0.1.
  static connection to(std::uint16_t port);

  /// False: the peer does not take any more.
  bool send(std::string_view data);
  /// Sends `block` again and again until `most` bytes are out or the peer has taken none for a while; gives the number.
  std::size_t send_until_stalled(std::string_view block, std::size_t most);
  /// What is there, at least a byte; empty: the end, or a reset.
  std::string receive(std::size_t most = std::size_t{64} << 10);
  /// Everything up to the end.
  std::string drain();
  void finish_sending();
  void reset();
  /// Resets the connection as a system does that has unread bytes when its program closes.
  void abort();

 private:
  int descriptor_;
};

struct message {
  std::string head;
  std::string body;
  int status = 0;
  /// The value of a field of the head (lower-case name), or "".
  std::string field(std::string_view name) const;
};

/// Reads HTTP/1.1 messages one after the other from a connection.
class message_reader {
 public:
  explicit message_reader(connection& from) : from_(from) {}
  /// The next answer, or nothing at the end. `method`: of its request.
  std::optional<message> answer(std::string_view method = "GET");
  /// The next request, or nothing at the end.
  std::optional<message> request();
  /// Only its head; the body is left for body_piece.
  std::optional<message> request_head();
  const std::string& unread() const { return buffer_; }

 private:
  std::optional<std::string> head();
  bool body(message& of, bool chunked, std::optional<std::size_t> length, bool until_end);
  connection& from_;
  std::string buffer_;
};

/// An app on a port of its own, one thread a connection. Counts what reached it.
class app {
 public:
  /// Serves a connection: reads from it and writes to it as it likes.
  using handler = std::function<void(app&, connection&)>;
  /// narrow: as far away, so that little of a request is under way to it before it reads.
  enum class window : std::uint8_t { wide, narrow };
  explicit app(handler serve, window receives = window::wide);
  ~app();
  app(const app&) = delete;
  app& operator=(const app&) = delete;

  std::uint16_t port() const { return port_; }
  /// Refuses connections from now on.
  void close_listener();

  std::atomic<int> connections{0};
  std::atomic<int> requests{0};
  std::atomic<std::uint64_t> body_bytes{0};
  /// Heads of the requests, in the order of their arrival.
  std::vector<std::string> heads() const;
  void note(const message& request);

 private:
  void accept();
  handler serve_;
  int listener_;
  std::uint16_t port_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex lock_;
  std::vector<std::string> heads_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// Answers every request with `answer`, keeping the connection.
app::handler always(std::string answer);
/// Responds once on each connection and closes it when the second request has arrived.
void answers_once(app& self, connection& from);
/// "HTTP/1.1 200 OK" with this body.
std::string ok_answer(std::string_view body);

}  // namespace sallyport::testing
