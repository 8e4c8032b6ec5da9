#include "gate/signed_headers.hpp"

#include <algorithm>
#include <string>

#include "http/fields.hpp"

namespace sallyport::gate {
namespace {

bool is_component(std::string_view name) {
  return name == "content-type" || name == "content-length";
}

}  // namespace

bool is_signed_header(const policy::service& to, std::string_view name) {
  for (const auto& each : to.signed_headers) {
    if (http::name_equals(name, each)) return true;
  }
  return false;
}

bool is_covered(const policy::service& to, std::string_view name) {
  return http::name_equals(name, "content-type") || is_signed_header(to, name);
}

bool imitates_covered(const policy::service& to, std::string_view name) {
  if (is_covered(to, name)) return false;
  const auto imitates = [&](std::string_view covered) { return http::same_variable(covered, name); };
  return imitates("content-type") || std::any_of(to.signed_headers.begin(), to.signed_headers.end(), imitates);
}

std::optional<std::array<byte, 32>> signed_header_digest(const policy::service& to, std::span<const http::field> fields,
                                                         crypto::port& host) {
  std::string lines;
  bool any = false;
  for (const auto& name : to.signed_headers) {
    if (is_component(name)) continue;
    any = true;
    const auto value = http::combined_field(fields, name);
    if (value) lines.append("\"").append(name).append("\": ").append(*value).append("\n");
  }
  if (!any) return std::nullopt;
  return host.sha256(as_bytes(lines));
}

}  // namespace sallyport::gate
