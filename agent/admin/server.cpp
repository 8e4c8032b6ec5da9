#include "agent/admin/server.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <thread>

#include "agent/admin/answer.hpp"
#include "agent/io/deadline.hpp"
#include "agent/io/inbox.hpp"
#include "agent/io/ring.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/proxy/listener.hpp"

namespace sallyport::agent::admin {

namespace asio = boost::asio;

namespace {

using acceptor = asio::basic_socket_acceptor<io::tcp, asio::io_context::executor_type>;
using std::chrono::milliseconds;

/// For a visit as a whole, from its connection to the end of its answer.
constexpr milliseconds visit_time{5000};
constexpr milliseconds tick{100};
constexpr milliseconds accept_pause{100};
/// One more, and the one that has been here longest has to go: whoever asks at once is answered at once.
constexpr std::size_t max_visits = 64;
constexpr std::size_t max_request_bytes = std::size_t{8} << 10;

}  // namespace

/// One connection, one request.
class visit : public io::ring {
 public:
  visit(io::tcp_socket socket, io::deadline_wheel& wheel, const state& tells)
      : link_(std::move(socket), wheel), limit_(wheel, expired, this), tells_(tells) {
    limit_.set(visit_time);
  }

  io::task<> run() {
    if (!co_await read_head()) co_return;
    const std::string text = answer(box_.unread(), tells_);
    asio::const_buffer part(text.data(), text.size());
    if (!(co_await link_.write({&part, 1}, visit_time)).ok()) co_return;
    // The end is left to the caller, for as long as the visit may last (RFC 9112 section 9.6).
    link_.shutdown_send();
    do {
      box_.consume(box_.unread().size());
    } while ((co_await link_.read(box_.room(), visit_time)).ok());
  }

  void end() { link_.close(); }

 private:
  io::task<bool> read_head() {
    while (box_.unread().find("\r\n\r\n") == std::string_view::npos && !box_.full()) {
      const io::io_result got = co_await link_.read(box_.room(), visit_time);
      if (!got.ok()) co_return false;
      box_.arrived(got.bytes);
    }
    co_return true;
  }

  static void expired(void* self) { static_cast<visit*>(self)->end(); }

  io::stream link_;
  io::inbox box_{max_request_bytes};
  io::deadline limit_;
  const state& tells_;
};

struct server::running {
  asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_1};
  io::deadline_wheel wheel{tick};
  acceptor door{context};
  asio::steady_timer ticker{context};
  io::ring visits;
  std::size_t count = 0;
  const state& tells;
  std::uint16_t port = 0;
  bool stopping = false;
  std::thread thread;
  io::deadline accept_again{wheel, [](void* self) { static_cast<running*>(self)->accept(); }, this};

  explicit running(const state& told) : tells(told) {}

  void accept() {
    if (stopping) return;
    door.async_accept(context.get_executor(), [this](const io::error_code& error, io::tcp_socket socket) {
      if (stopping) return;
      if (error) return accept_again.set(accept_pause);
      io::error_code ignored;
      socket.non_blocking(true, ignored);
      if (count >= max_visits) static_cast<visit*>(visits.next)->end();
      io::spawn(receive(std::move(socket)));
      accept();
    });
  }

  io::task<> receive(io::tcp_socket socket) {
    visit guest(std::move(socket), wheel, tells);
    visits.push_back(guest);
    ++count;
    co_await guest.run();
    --count;
  }

  void turn_wheel() {
    wheel.advance(wheel.elapsed() + tick);
    ticker.expires_after(tick);
    ticker.async_wait([this](const io::error_code& error) {
      if (!error && !stopping) turn_wheel();
    });
  }

  void stop() {
    stopping = true;
    io::error_code ignored;
    door.close(ignored);
    ticker.cancel();
    for (io::ring* at = visits.next; at != &visits; at = at->next) static_cast<visit*>(at)->end();
  }
};

server::server(std::unique_ptr<running> runs) : runs_(std::move(runs)) {}

server::~server() {
  asio::post(runs_->context, [this] { runs_->stop(); });
  runs_->thread.join();
}

std::uint16_t server::port() const {
  return runs_->port;
}

result<std::unique_ptr<server>> server::start(const config::address& where, const state& tells) {
  SALLYPORT_ASSIGN(const proxy::listeners listening, proxy::listen(where, 1));
  auto runs = std::make_unique<running>(tells);
  runs->door.assign(listening.protocol, listening.descriptors.front());
  runs->port = listening.where.port();
  runs->thread = std::thread([&of = *runs] {
    of.turn_wheel();
    of.accept();
    of.context.run();
  });
  return std::unique_ptr<server>(new server(std::move(runs)));
}

}  // namespace sallyport::agent::admin
