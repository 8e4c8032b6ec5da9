#include "http/url.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/ipv4.hpp"

namespace sallyport::http {
namespace {

// A name such as 127.evil.example may begin like an address.
bool is_loopback_v4(std::string_view host) {
  const auto address = parse_ipv4(host);
  return address && address->front() == 127;
}

}  // namespace

std::optional<url_parts> split_url(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const auto behind = text.substr(mark + 3);
  const auto end = std::min(behind.find_first_of("/?#"), behind.size());
  return url_parts{text.substr(0, mark), behind.substr(0, end), behind.substr(end)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "::1" || is_loopback_v4(host);
}

bool is_https_or_loopback(std::string_view scheme, std::string_view host) {
  return scheme == "https" || (scheme == "http" && is_loopback(host));
}

std::uint16_t default_port(std::string_view scheme) {
  return ascii::equal(scheme, "https") ? 443 : 80;
}

std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
  const std::string_view usual = default_port(scheme) == 443 ? ":443" : ":80";
  return authority.ends_with(usual) ? authority.substr(0, authority.size() - usual.size()) : authority;
}

}  // namespace sallyport::http
