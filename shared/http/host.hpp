// The value of a Host field (RFC 9110 section 7.2), read strictly: a registered name of unreserved characters without
// empty labels (one dot at the end is fine), an IPv4 address or a bracketed IPv6 literal, and an optional port from 1
// to 65535.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::http {

struct host_and_port {
  /// As sent, with its brackets when it is an IPv6 literal; a view into the text.
  std::string_view host;
  /// 0: none was given.
  std::uint16_t port = 0;
};

/// Nothing when `text` is not such a value.
std::optional<host_and_port> parse_host(std::string_view text);

}  // namespace sallyport::http
