#include "http/host.hpp"

#include <charconv>

#include "http/characters.hpp"

namespace sallyport::http {
namespace {

// Bytes of the host at the start of `text`, 0 when there is none. The rest is a port or an error.
std::size_t host_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '[') {
    const std::size_t end = text.find(']');
    // The shortest address is "::".
    if (end == std::string_view::npos || end < 3) return 0;
    const std::string_view address = text.substr(1, end - 1);
    return all_are(address, ipv6_char) && is_one_of(address, ':') ? end + 1 : 0;
  }
  std::size_t i = 0;
  for (; i < text.size() && is(text[i], host_char); ++i) {
    if (text[i] == '.' && (i == 0 || text[i - 1] == '.')) return 0;
  }
  return i;
}

// ":" and one to five digits.
bool parse_port(std::string_view text, std::uint16_t& port) {
  if (text.size() < 2 || text.size() > 6 || text[0] != ':') return false;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 1, end, port);
  return read.ec == std::errc() && read.ptr == end && port != 0;
}

}  // namespace

std::optional<host_and_port> parse_host(std::string_view text) {
  host_and_port out;
  const std::size_t length = host_length(text);
  if (length == 0) return std::nullopt;
  out.host = text.substr(0, length);
  if (length < text.size() && !parse_port(text.substr(length), out.port)) return std::nullopt;
  return out;
}

}  // namespace sallyport::http
