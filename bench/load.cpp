// Sends prepared requests over keep-alive connections, each connection its next request as soon as its answer is there,
// and counts the answers. Prepared, because a signed request may be sent only once.
//
//   bench_load PORT FILE CONNECTIONS
//
// FILE: requests one after the other, each behind its length (four bytes, little-endian). Prints "answers seconds"
// and fails when an answer is not 200.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "bench_load: %s\n", why.c_str());
  std::exit(1);
}

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(std::string("cannot read ") + path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string_view> split_requests(std::string_view all) {
  std::vector<std::string_view> requests;
  while (all.size() >= 4) {
    std::uint32_t size = 0;
    std::memcpy(&size, all.data(), sizeof size);
    requests.push_back(all.substr(4, size));
    all.remove_prefix(4 + size);
  }
  return requests;
}

struct connection {
  int socket = -1;
  /// What arrived of the current answer.
  std::string received;
};

int connect_to(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("cannot connect");
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(made, F_SETFL, O_NONBLOCK);
  return made;
}

/// Bytes of the whole answer, or 0 while it is not all there. Every server here sends Content-Length.
std::size_t answer_size(std::string_view received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  if (!received.starts_with("HTTP/1.1 200")) fail("refused: " + std::string(received));
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
    const std::size_t at = received.find(name);
    if (at == std::string_view::npos || at > end) continue;
    const std::size_t body = std::strtoul(received.data() + at + name.size(), nullptr, 10);
    return received.size() >= end + 4 + body ? end + 4 + body : 0;
  }
  fail("an answer without Content-Length");
}

/// The first requests go one after the other: one of them opens the channel that those behind it are under.
constexpr std::size_t alone = 8;

class load {
 public:
  load(std::uint16_t port, std::vector<std::string_view> requests, std::size_t connections)
      : requests_(std::move(requests)), connections_(connections), poll_(epoll_create1(0)) {
    for (std::size_t i = 0; i < connections; ++i) open(i, port);
  }

  void run() {
    std::array<epoll_event, 64> events;
    send_next(connections_.front());
    while (answered_ < requests_.size()) {
      const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 5000);
      if (count <= 0) fail("no answer for five seconds");
      for (int i = 0; i < count; ++i) receive(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    }
  }

 private:
  void open(std::size_t index, std::uint16_t port) {
    connections_[index].socket = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[index].socket, &event);
  }

  /// A request fits the socket's buffer, which is empty when the last answer is there.
  void send_next(connection& on) {
    if (next_ == requests_.size()) return;
    const std::string_view request = requests_[next_++];
    if (write(on.socket, request.data(), request.size()) != static_cast<ssize_t>(request.size())) fail("short write");
  }

  void receive(connection& on) {
    std::array<char, 16384> block;
    const ssize_t size = read(on.socket, block.data(), block.size());
    if (size <= 0) fail("the connection was closed");
    on.received.append(block.data(), static_cast<std::size_t>(size));
    const std::size_t whole = answer_size(on.received);
    if (whole == 0) return;
    if (whole != on.received.size()) fail("more than one answer");
    on.received.clear();
    if (++answered_ == alone) {
      for (auto& each : connections_) send_next(each);
    } else {
      send_next(on);
    }
  }

  std::vector<std::string_view> requests_;
  std::vector<connection> connections_;
  int poll_;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) fail("usage: bench_load PORT FILE CONNECTIONS");
  const std::string all = read_file(arguments[2]);
  auto requests = split_requests(all);
  const std::size_t total = requests.size();
  load work(static_cast<std::uint16_t>(std::atoi(arguments[1])), std::move(requests),
            std::strtoul(arguments[3], nullptr, 10));
  const auto start = std::chrono::steady_clock::now();
  work.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%zu %.6f\n", total, took.count());
}
