// Streams on an event loop that the test turns by hand, so that nothing depends on how fast anything runs.
#include "agent/io/stream.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <optional>
#include <string>

#include "agent/io/task.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

namespace io = agent::io;

io::task<> note_read(io::stream& from, std::span<char> into, std::optional<io::io_result>& seen) {
  seen = co_await from.read(into, 100ms);
}

io::task<> note_write(io::stream& to, std::string_view data, std::optional<io::io_result>& seen) {
  std::array<boost::asio::const_buffer, 1> parts{boost::asio::buffer(data)};
  seen = co_await to.write(parts, 100ms);
}

io::task<> note_connect(io::stream& made, io::tcp::endpoint to, std::optional<io::io_result>& seen) {
  seen = co_await made.connect(to, 100ms);
}

/// A connected pair: `near` belongs to the loop, `far` is a blocking socket of the test.
struct pair {
  boost::asio::io_context loop;
  io::deadline_wheel wheel{10ms};
  io::tcp::acceptor listener{loop, {boost::asio::ip::address_v4::loopback(), 0}};
  io::tcp_socket far{loop};
  io::stream near{io::tcp_socket(loop), wheel};
  std::optional<io::io_result> seen;

  pair() {
    near.socket().connect(listener.local_endpoint());
    near.socket().non_blocking(true);
    listener.accept(far);
  }
  void let_time_pass() { wheel.advance(wheel.elapsed() + 1000ms); }
  /// Reads at the far end until `near` can write; gives how much.
  std::size_t make_room() {
    std::array<pollfd, 2> either{{{near.socket().native_handle(), POLLOUT, 0}, {far.native_handle(), POLLIN, 0}}};
    std::string block(1 << 20, '\0');
    std::size_t taken = 0;
    for (;;) {
      REQUIRE(::poll(either.data(), either.size(), static_cast<int>(std::chrono::milliseconds(patience()).count())) >
              0);
      if (either[0].revents != 0) return taken;
      taken += far.read_some(boost::asio::buffer(block));
    }
  }
  void turn() {
    loop.restart();
    loop.poll();
  }
  /// Turns the loop until the operation has ended.
  void finish() {
    while (!seen && loop.run_one_for(patience()) > 0) loop.restart();
    REQUIRE(seen);
  }
};

}  // namespace

TEST_CASE("a read ends at its limit") {
  pair with;
  std::array<char, 8> into{};
  io::spawn(note_read(with.near, into, with.seen));
  with.let_time_pass();
  with.finish();
  CHECK(with.seen->status == io::io_status::timed_out);
}

TEST_CASE("what came before the limit is read, also when the thread did not run until after it") {
  pair with;
  std::array<char, 8> into{};
  io::spawn(note_read(with.near, into, with.seen));
  SUBCASE("bytes") {
    with.far.send(boost::asio::buffer("hello", 5));
    with.let_time_pass();
    with.finish();
    CHECK(with.seen->ok());
    CHECK(std::string_view(into.data(), with.seen->bytes) == "hello");
  }
  SUBCASE("the end") {
    with.far.shutdown(io::tcp::socket::shutdown_send);
    with.let_time_pass();
    with.finish();
    CHECK(with.seen->status == io::io_status::end);
  }
}

TEST_CASE("a write ends at its limit, but not when the peer has made room before it") {
  pair with;
  const std::string much(16 << 20, 'x');
  io::spawn(note_write(with.near, much, with.seen));
  REQUIRE_FALSE(with.seen);
  SUBCASE("no room") {
    // The system's buffers may still move some of it.
    REQUIRE(eventually([&] {
      with.let_time_pass();
      with.turn();
      return with.seen.has_value();
    }));
    CHECK(with.seen->status == io::io_status::timed_out);
  }
  SUBCASE("room") {
    // Whenever there is room, the limit of the write before it passes, and only then the loop looks.
    std::size_t taken = 0;
    while (!with.seen) {
      taken += with.make_room();
      with.let_time_pass();
      with.turn();
    }
    REQUIRE(with.seen->ok());
    std::string rest(much.size() - taken, '\0');
    CHECK(boost::asio::read(with.far, boost::asio::buffer(rest)) == rest.size());
  }
}

TEST_CASE("a connection that was made before the limit is made") {
  pair with;
  io::stream second(io::tcp_socket(with.loop, io::tcp::v4()), with.wheel);
  second.socket().non_blocking(true);
  io::spawn(note_connect(second, with.listener.local_endpoint(), with.seen));
  with.let_time_pass();
  with.finish();
  CHECK(with.seen->ok());
}
