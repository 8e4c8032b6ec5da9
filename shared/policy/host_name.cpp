#include "policy/host_name.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace sallyport::policy {
namespace {

std::string_view without_port(std::string_view authority) {
  // RFC 3986 section 3.2.2: an IP literal stands in brackets, its colons are not the port's.
  if (!authority.empty() && authority.front() == '[') {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? authority : authority.substr(0, end + 1);
  }
  return authority.substr(0, authority.find(':'));
}

}  // namespace

host_name::host_name(std::string_view authority) {
  auto host = without_port(authority);
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (host.size() > max_bytes) return;
  view_ = host;
  if (std::none_of(host.begin(), host.end(), ascii::is_upper)) return;
  std::transform(host.begin(), host.end(), lower_.begin(), [](char c) { return ascii::to_lower(c); });
  view_ = {lower_.data(), host.size()};
}

}  // namespace sallyport::policy
