#include "httpsig/target.hpp"

#include <algorithm>

#include "http/field.hpp"

namespace sallyport::httpsig {
namespace {

std::string_view host_of(const message& request) {
  for (const auto& each : request.fields) {
    if (each.name == "host") return each.value;
  }
  return {};
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
  std::string out = http::to_lower(authority);
  const std::string_view default_port = http::name_equals(scheme, "https") ? ":443" : ":80";
  const bool ends_with_default = out.size() > default_port.size() &&
                                 out.compare(out.size() - default_port.size(), default_port.size(), default_port) == 0;
  if (ends_with_default) out.resize(out.size() - default_port.size());
  return out;
}

}  // namespace sallyport::httpsig
