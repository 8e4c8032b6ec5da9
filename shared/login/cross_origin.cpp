#include "login/cross_origin.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/url.hpp"

namespace sallyport::login {
namespace {

bool may_change_something(const cookie_request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  const auto upgrade = http::combined_field(request.fields, "upgrade");
  return !reads || (upgrade && http::list_contains(*upgrade, "websocket"));
}

bool is_same_origin(std::string_view a_scheme, std::string_view a, std::string_view b_scheme, std::string_view b) {
  return ascii::equal(a_scheme, b_scheme) &&
         ascii::equal(http::without_default_port(a, a_scheme), http::without_default_port(b, b_scheme));
}

bool is_allowed(std::string_view origin, const cookie_request& request, std::span<const std::string> allowed) {
  const auto from = http::split_url(origin);
  if (!from || !from->rest.empty() || from->authority.empty()) return false;
  if (is_same_origin(from->scheme, from->authority, request.scheme, request.host)) return true;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& each) {
    const auto to = http::split_url(each);
    return to && is_same_origin(from->scheme, from->authority, to->scheme, to->authority);
  });
}

}  // namespace

result<void> check_cross_origin(const cookie_request& request, std::span<const std::string> allowed) {
  if (!may_change_something(request)) return {};
  const auto site = http::single_field(request.fields, "sec-fetch-site");
  if (site == "same-origin" || site == "none") return {};
  const auto origin = http::single_field(request.fields, "origin");
  if (origin && is_allowed(*origin, request, allowed)) return {};
  return failure(reason::cross_origin_refused, origin ? "Origin is another one" : "no Origin, or several");
}

}  // namespace sallyport::login
