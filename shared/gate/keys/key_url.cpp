// Which URLs keys may be fetched from.
#include "gate/keys/key_set.hpp"

namespace sallyport::gate {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_url_text(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F) return false;
    if (c == '#' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '`') return false;
  }
  return true;
}

/// The host of `host[:port]`; empty when that is malformed.
std::string_view host_of(std::string_view authority) {
  const bool literal = !authority.empty() && authority.front() == '[';
  const std::size_t end = literal ? authority.find(']') + 1 : authority.find(':');
  const std::string_view host = authority.substr(0, end);
  std::string_view port = authority.substr(host.size());
  if (!port.empty() && !take(port, ":")) return "";
  for (const char c : port) {
    if (c < '0' || c > '9') return "";
  }
  return port.size() <= 5 ? host : "";
}

// Only digits and dots may follow, so that 127.0.0.1.example is not taken for an address.
bool is_loopback_v4(std::string_view host) {
  if (!take(host, "127.")) return false;
  std::size_t dots = 0;
  for (const char c : host) {
    if (c == '.') ++dots;
    if (c != '.' && (c < '0' || c > '9')) return false;
  }
  return dots == 2 && host.front() != '.' && host.back() != '.' && host.find("..") == std::string_view::npos;
}

}  // namespace

bool is_key_url(std::string_view url) {
  if (!is_url_text(url)) return false;
  const bool secure = take(url, "https://");
  if (!secure && !take(url, "http://")) return false;
  const std::string_view authority = url.substr(0, url.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) return false;
  const std::string_view host = host_of(authority);
  if (host.empty()) return false;
  return secure || host == "localhost" || host == "[::1]" || is_loopback_v4(host);
}

}  // namespace sallyport::gate
