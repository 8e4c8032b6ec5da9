// Listening sockets: one a thread on one address, among which the kernel spreads connections (SO_REUSEPORT).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "agent/config/address.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

struct listeners {
  boost::asio::ip::tcp protocol = boost::asio::ip::tcp::v4();
  /// With the port that the system chose where 0 was asked for.
  boost::asio::ip::tcp::endpoint where;
  /// Bound and listening; whoever takes one owns it.
  std::vector<int> descriptors;
};

/// The addresses of a host and port, literal or by name, in the order of the system's preference.
/// Reasons: config_invalid (no such name).
result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const config::address& where);

/// Reasons: config_invalid (the address is not ours, or in use).
result<listeners> listen(const config::address& where, std::size_t count);

/// Lets no new handshake begin on a listening descriptor, without refusing any yet: closing it later loses no
/// connection whose caller takes it for made.
void ignore_newcomers(int descriptor);

}  // namespace sallyport::agent::proxy
