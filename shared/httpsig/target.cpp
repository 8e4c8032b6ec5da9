#include "httpsig/target.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/field.hpp"
#include "http/url.hpp"

namespace sallyport::httpsig {
namespace {

// RFC 9112 section 3.2: a request with several Host lines is for nobody in particular.
std::string_view host_of(const message& request) {
  const message_field* found = nullptr;
  for (const auto& each : request.fields) {
    if (each.name != "host") continue;
    if (found != nullptr) return {};
    found = &each;
  }
  return found != nullptr ? std::string_view(found->value) : std::string_view();
}

void take_path_and_query(std::string_view text, target_parts& out) {
  const std::size_t mark = text.find('?');
  out.path = text.substr(0, mark);
  if (mark != std::string_view::npos) out.query = text.substr(mark + 1);
}

std::string_view without_user(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

}  // namespace

target_parts take_apart(const message& request) {
  target_parts out;
  out.scheme = request.scheme;
  const std::string_view target = request.target;
  if (request.method == "CONNECT") {
    out.authority = target;
    return out;
  }
  const auto url = target.starts_with('/') ? std::nullopt : http::split_url(target);
  out.is_absolute = url.has_value();
  if (url) {
    out.scheme = url->scheme;
    out.authority = without_user(url->authority);
    take_path_and_query(url->rest, out);
    return out;
  }
  out.authority = host_of(request);
  if (target != "*") take_path_and_query(target, out);
  return out;
}

std::string normalize_authority(std::string_view authority, std::string_view scheme) {
  auto shorter = http::without_default_port(authority, scheme);
  if (shorter.size() == authority.size() && shorter.ends_with(':')) shorter.remove_suffix(1);
  return ascii::to_lower(shorter.empty() ? authority : shorter);
}

}  // namespace sallyport::httpsig
