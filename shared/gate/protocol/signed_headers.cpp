#include "gate/protocol/signed_headers.hpp"

#include <algorithm>
#include <string>

#include "http/fields.hpp"

namespace sallyport::gate {
namespace {

bool is_component(std::string_view name) {
  return name == "content-type" || name == "content-length";
}

void append_line(std::string& to, std::string_view name, std::string_view value) {
  to.append("\"").append(name).append("\": ").append(value).append("\n");
}

bool imitates_authority(std::string_view name) {
  return std::any_of(std::begin(authority_fields), std::end(authority_fields), [&](std::string_view each) {
    return http::same_variable(each, name) && !http::name_equals(name, each);
  });
}

// AWS's signature is an Authorization that the edge puts in after this digest was made.
bool is_left_to_transport(const policy::service& to, std::string_view name) {
  return to.sigv4.has_value() && name == "authorization";
}

/// The field's lines as one value, or nothing when there is none.
std::optional<std::string> authority_value(std::span<const http::field> fields, std::string_view name) {
  std::optional<std::string> joined;
  for (const auto& each : fields) {
    if (!http::name_equals(each.name, name)) continue;
    if (joined) *joined += name == "cookie" ? "; " : ", ";
    if (!joined) joined.emplace();
    *joined += each.value;
  }
  return joined;
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
  return imitates("content-type") || imitates_authority(name) ||
         std::any_of(to.signed_headers.begin(), to.signed_headers.end(), imitates);
}

std::optional<std::array<byte, 32>> signed_header_digest(const policy::service& to, std::span<const http::field> fields,
                                                         crypto::port& host) {
  std::string lines;
  bool any = false;
  for (const auto& name : to.signed_headers) {
    if (is_component(name)) continue;
    any = true;
    const auto value = http::combined_field(fields, name);
    if (value) append_line(lines, name, *value);
  }
  if (!any) return std::nullopt;
  return host.sha256(as_bytes(lines));
}

std::optional<std::array<byte, 32>> authority_digest(const policy::service& to, std::span<const http::field> fields,
                                                     crypto::port& host) {
  std::string lines;
  for (const auto name : authority_fields) {
    if (is_left_to_transport(to, name) || is_signed_header(to, name)) continue;
    const auto value = authority_value(fields, name);
    if (value) append_line(lines, name, *value);
  }
  if (lines.empty()) return std::nullopt;
  return host.sha256(as_bytes(lines));
}

}  // namespace sallyport::gate
