#include "agent/proxy/listener.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <string>

namespace sallyport::agent::proxy {

namespace {

using tcp = boost::asio::ip::tcp;

constexpr int backlog = 4096;

failure cannot(const config::address& where, std::string_view what) {
  return {reason::config_invalid, config::to_text(where) + ": " + std::string(what)};
}

bool turn_on(int descriptor, int option) {
  const int on = 1;
  return ::setsockopt(descriptor, SOL_SOCKET, option, &on, sizeof on) == 0;
}

bool bind_to(int descriptor, const tcp::endpoint& where) {
  return ::bind(descriptor, where.data(), static_cast<socklen_t>(where.size())) == 0;
}

// SO_REUSEPORT would let a second agent take its share of the connections of the first one unnoticed, so the address is
// tried without it before.
bool is_free(const tcp::endpoint& where) {
  const int descriptor = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool free = turn_on(descriptor, SO_REUSEADDR) && bind_to(descriptor, where) && ::listen(descriptor, 1) == 0;
  const int problem = errno;
  ::close(descriptor);
  errno = problem;
  return free;
}

bool prepare(int descriptor, const tcp::endpoint& where) {
  return turn_on(descriptor, SO_REUSEADDR) && turn_on(descriptor, SO_REUSEPORT) && bind_to(descriptor, where) &&
         ::listen(descriptor, backlog) == 0;
}

tcp::endpoint bound_to(int descriptor) {
  tcp::endpoint bound;
  auto size = static_cast<socklen_t>(bound.capacity());
  if (::getsockname(descriptor, bound.data(), &size) == 0) bound.resize(size);
  return bound;
}

}  // namespace

result<std::vector<tcp::endpoint>> resolve(const config::address& where) {
  boost::asio::io_context context;
  tcp::resolver resolver(context);
  boost::system::error_code error;
  std::vector<tcp::endpoint> found;
  for (const auto& entry : resolver.resolve(where.host, std::to_string(where.port), error)) found.push_back(entry);
  if (error || found.empty()) return cannot(where, error.message());
  return found;
}

result<listeners> listen(const config::address& where, std::size_t count) {
  SALLYPORT_ASSIGN(const auto addresses, resolve(where));
  listeners made;
  made.where = addresses.front();
  made.protocol = made.where.protocol();
  if (!is_free(made.where)) return cannot(where, std::strerror(errno));
  while (made.descriptors.size() < count) {
    const int descriptor = ::socket(made.protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return cannot(where, std::strerror(errno));
    made.descriptors.push_back(descriptor);
    if (prepare(descriptor, made.where)) {
      made.where = bound_to(descriptor);
      continue;
    }
    const int problem = errno;
    for (const int each : made.descriptors) ::close(each);
    return cannot(where, std::strerror(problem));
  }
  return made;
}

// Drops segments with SYN, whose senders try again a second later and are refused then. Where the system has no such
// filter, connections that are made between the last accept and the close are reset.
void ignore_newcomers(int descriptor) {
  constexpr unsigned flags_offset = 13;
  constexpr unsigned syn = 0x02;
  constexpr unsigned everything = ~0U;
  sock_filter program[] = {
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, flags_offset},
      {BPF_JMP | BPF_JSET | BPF_K, 0, 1, syn},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, everything},
  };
  const sock_fprog filter{sizeof program / sizeof *program, program};
  ::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

}  // namespace sallyport::agent::proxy
