#include "gate/edge/site.hpp"

#include <string_view>

#include "core/ascii.hpp"
#include "http/field.hpp"
#include "http/url.hpp"

namespace sallyport::gate {
namespace {

/// Whether an Origin (RFC 6454 section 7) is a page of this host, and not one that was sent in the clear while this
/// request was not.
bool is_own_origin(std::string_view origin, const edge_request& request) {
  const auto from = http::split_url(origin);
  if (!from || !from->rest.empty()) return false;
  if (from->scheme != "https" && (from->scheme != "http" || request.scheme == "https")) return false;
  return ascii::equal(http::without_default_port(from->authority, from->scheme),
                      http::without_default_port(request.host, request.scheme));
}

bool is_own_site(std::string_view site) {
  return site == "same-origin" || site == "none";
}

}  // namespace

result<void> check_site(const edge_request& request) {
  for (const auto& each : request.fields) {
    const bool foreign_site = http::name_equals(each.name, "sec-fetch-site") && !is_own_site(each.value);
    const bool foreign_origin = http::name_equals(each.name, "origin") && !is_own_origin(each.value, request);
    if (foreign_site || foreign_origin) return reason::job_cross_site;
  }
  return {};
}

}  // namespace sallyport::gate
