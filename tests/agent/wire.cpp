#include "tests/agent/wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "http/chunked.hpp"
#include "http/field.hpp"

namespace sallyport::testing {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size);
  return ntohs(where.sin_port);
}

int listen_on_free_port(app::window receives) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receives == app::window::narrow) {
    const int buffer = 2048;
    const int segment = 1460;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  }
  const sockaddr_in where = loopback(0);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(descriptor, 128) != 0)
    std::abort();
  return descriptor;
}

void set_limit(int descriptor, int option) {
  const timeval limit{patience().count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, option, &limit, sizeof limit);
}

}  // namespace

int slowdown() {
  const char* const said = std::getenv("SALLYPORT_TEST_SLOWDOWN");
  return said == nullptr ? 1 : std::max(1, std::atoi(said));
}

std::chrono::seconds patience() {
  return std::chrono::seconds(10) * slowdown();
}

connection::connection(connection&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

connection::~connection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

connection connection::to(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  set_limit(descriptor, SO_RCVTIMEO);
  set_limit(descriptor, SO_SNDTIMEO);
  const sockaddr_in where = loopback(port);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) std::abort();
  return connection(descriptor);
}

bool connection::send(std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t connection::send_until_stalled(std::string_view block, std::size_t most) {
  constexpr int stall_ms = 200;
  std::size_t sent = 0;
  while (sent < most) {
    pollfd asked{descriptor_, POLLOUT, 0};
    if (::poll(&asked, 1, stall_ms) <= 0) break;
    const std::string_view rest = block.substr(sent % block.size());
    const ssize_t taken =
        ::send(descriptor_, rest.data(), std::min(rest.size(), most - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken <= 0) break;
    sent += static_cast<std::size_t>(taken);
  }
  return sent;
}

std::string connection::receive(std::size_t most) {
  std::string block(most, '\0');
  const ssize_t got = ::recv(descriptor_, block.data(), block.size(), 0);
  block.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return block;
}

std::string connection::drain() {
  std::string all;
  for (std::string piece = receive(); !piece.empty(); piece = receive()) all += piece;
  return all;
}

void connection::finish_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

void connection::abort() {
  const sockaddr nowhere{AF_UNSPEC, {}};
  ::connect(descriptor_, &nowhere, sizeof nowhere);
}

void connection::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(descriptor_, -1));
}

std::string message::field(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const std::size_t line = at + 2;
    at = head.find("\r\n", line);
    const std::string_view text = std::string_view(head).substr(line, at - line);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !http::name_equals(text.substr(0, colon), name)) continue;
    std::string_view value = text.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string(value);
  }
  return "";
}

std::optional<std::string> message_reader::head() {
  for (;;) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      std::string text = buffer_.substr(0, end + 4);
      buffer_.erase(0, end + 4);
      return text;
    }
    const std::string more = from_.receive();
    if (more.empty()) return std::nullopt;
    buffer_ += more;
  }
}

std::optional<message> message_reader::answer(std::string_view method) {
  auto text = head();
  if (!text) return std::nullopt;
  message got{std::move(*text), "", 0};
  got.status = std::atoi(got.head.c_str() + std::string_view("HTTP/1.1 ").size());
  const bool bodiless = method == "HEAD" || got.status < 200 || got.status == 204 || got.status == 304;
  if (bodiless) return got;
  const std::string length = got.field("content-length");
  const bool chunked = got.field("transfer-encoding") == "chunked";
  const auto counted = length.empty() ? std::nullopt : std::optional<std::size_t>(std::stoull(length));
  if (!body(got, chunked, counted, true)) return std::nullopt;
  return got;
}

std::optional<message> message_reader::request_head() {
  auto text = head();
  if (!text) return std::nullopt;
  return message{std::move(*text), "", 0};
}

std::optional<message> message_reader::request() {
  auto got = request_head();
  if (!got) return std::nullopt;
  const std::string length = got->field("content-length");
  const bool chunked = got->field("transfer-encoding") == "chunked";
  const auto counted = length.empty() ? std::nullopt : std::optional<std::size_t>(std::stoull(length));
  if (!body(*got, chunked, counted, false)) return std::nullopt;
  return got;
}

// False: the connection ended before the body did.
bool message_reader::body(message& of, bool chunked, std::optional<std::size_t> length, bool until_end) {
  if (chunked) {
    http::chunked_decoder decoder;
    for (;;) {
      const auto step = decoder.next(buffer_);
      if (!step.ok()) return false;
      of.body += step->data;
      buffer_.erase(0, step->consumed);
      if (step->finished) return true;
      if (!buffer_.empty()) continue;
      buffer_ = from_.receive();
      if (buffer_.empty()) return false;
    }
  }
  if (length) {
    while (buffer_.size() < *length) {
      const std::string more = from_.receive();
      if (more.empty()) return false;
      buffer_ += more;
    }
    of.body = buffer_.substr(0, *length);
    buffer_.erase(0, *length);
    return true;
  }
  if (until_end) of.body = std::exchange(buffer_, "") + from_.drain();
  return true;
}

app::app(handler serve, window receives)
    : serve_(std::move(serve)),
      listener_(listen_on_free_port(receives)),
      port_(port_of(listener_)),
      acceptor_([this] { accept(); }) {}

app::~app() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard hold(lock_);
    for (const int each : open_) ::shutdown(each, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int each : open_) ::close(each);
}

void app::close_listener() {
  ::shutdown(listener_, SHUT_RDWR);
}

void app::accept() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0 || stopping_) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    set_limit(descriptor, SO_RCVTIMEO);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections;
    const std::lock_guard hold(lock_);
    // The original stays open until the end, so that its number is not used again while shutdown may be called on it.
    open_.push_back(descriptor);
    threads_.emplace_back([this, descriptor] {
      connection mine(::dup(descriptor));
      serve_(*this, mine);
      ::shutdown(descriptor, SHUT_RDWR);
    });
  }
}

std::vector<std::string> app::heads() const {
  const std::lock_guard hold(lock_);
  return heads_;
}

void app::note(const message& request) {
  ++requests;
  body_bytes += request.body.size();
  const std::lock_guard hold(lock_);
  heads_.push_back(request.head);
}

app::handler always(std::string answer) {
  return [answer = std::move(answer)](app& self, connection& from) {
    message_reader reader(from);
    while (const auto request = reader.request()) {
      self.note(*request);
      if (!from.send(answer)) return;
    }
  };
}

void answers_once(app& self, connection& from) {
  message_reader reader(from);
  auto request = reader.request();
  if (!request) return;
  self.note(*request);
  from.send(ok_answer("hello"));
  request = reader.request();
  if (request) self.note(*request);
}

std::string ok_answer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace sallyport::testing
