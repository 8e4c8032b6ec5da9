#include "agent/config/address.hpp"

#include <charconv>

#include "core/ascii.hpp"
#include "http/url.hpp"

namespace sallyport::agent::config {

namespace {

std::string_view strip_scheme(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return text;
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 5) return std::nullopt;
  return port;
}

bool is_host_character(char c) {
  return ascii::is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

bool is_ipv6_character(char c) {
  return ascii::is_hex(c) || c == '.' || c == ':';
}

template <class Predicate>
bool all_of(std::string_view text, Predicate holds) {
  if (text.empty()) return false;
  for (const char c : text)
    if (!holds(c)) return false;
  return true;
}

}  // namespace

std::optional<address> parse_address(std::string_view text) {
  text = strip_scheme(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (!host.starts_with('['))
    return all_of(host, is_host_character) ? std::optional(address{std::string(host), *port}) : std::nullopt;
  if (!host.ends_with(']')) return std::nullopt;
  host = host.substr(1, host.size() - 2);
  return all_of(host, is_ipv6_character) ? std::optional(address{std::string(host), *port}) : std::nullopt;
}

std::string to_text(const address& where) {
  const bool ipv6 = where.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

bool is_loopback(std::string_view host) {
  return http::is_loopback(host);
}

}  // namespace sallyport::agent::config
