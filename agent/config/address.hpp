// host:port, as people write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::agent::config {

struct address {
  /// A name or an IP address, without the brackets of an IPv6 one.
  std::string host;
  /// 0: any free port, for listeners.
  std::uint16_t port = 0;
};

/// "host:port", "[::1]:port", or nothing. "http://" in front and one "/" behind are put up with.
std::optional<address> parse_address(std::string_view text);
/// The text that parse_address reads.
std::string to_text(const address& where);
/// Whether `host` is localhost, 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view host);

}  // namespace sallyport::agent::config
