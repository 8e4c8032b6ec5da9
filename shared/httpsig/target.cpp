#include "httpsig/target.hpp"

#include <algorithm>

#include "http/field.hpp"

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
  const std::size_t colon = target.find("://");
  out.is_absolute = target.substr(0, 1) != "/" && colon != std::string_view::npos;
  if (out.is_absolute) {
    out.scheme = target.substr(0, colon);
    const std::string_view behind = target.substr(colon + 3);
    const std::size_t end = std::min(behind.find_first_of("/?"), behind.size());
    out.authority = without_user(behind.substr(0, end));
    take_path_and_query(behind.substr(end), out);
    return out;
  }
  out.authority = host_of(request);
  if (target != "*") take_path_and_query(target, out);
  return out;
}

std::string normalize_authority(std::string_view authority, std::string_view scheme) {
  const std::string_view default_port = http::name_equals(scheme, "https") ? ":443" : ":80";
  for (const std::string_view port : {default_port, std::string_view(":")}) {
    if (authority.size() <= port.size() || !authority.ends_with(port)) continue;
    authority.remove_suffix(port.size());
    break;
  }
  return http::to_lower(authority);
}

}  // namespace sallyport::httpsig
