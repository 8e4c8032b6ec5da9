#include "gate/cache_plan.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"
#include "http/field.hpp"
#include "policy/match.hpp"
#include "policy/travel.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

std::string digest_of(const json& content, crypto::port& host) {
  return encoding::encode_base64url(host.sha256(as_bytes(encoding::canonical_json(content))));
}

std::string key_of(const policy::compiled_policy& policy, const policy::route& route, const cache_subject& what,
                   crypto::port& host) {
  const auto place = json::array({policy.digest, route.id, what.scheme, http::to_lower(what.host), what.target});
  return digest_of(place, host);
}

// Whoever has a credential of the app's own besides is somebody else with another one (RFC 9111 section 3.5).
std::string identity_key(const policy::identity& who, const policy::used_facts& used, const cache_subject& what,
                         crypto::port& host) {
  json seen = json::object();
  policy::write_identity(who, used, seen);
  const auto own = http::combined_field(what.fields, "authorization");
  return digest_of(json::array({std::move(seen), own ? json(*own) : json(nullptr)}), host);
}

bool is_signed(const policy::service& service, std::string_view lower_name) {
  const auto& names = service.signed_headers;
  return std::find(names.begin(), names.end(), lower_name) != names.end();
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

/// The route whose stored answers a request that changes things may have made untrue, or nullptr.
const policy::route* route_of_get(const policy::compiled_policy& policy, const cache_subject& what) {
  const auto match = policy::match_route(policy, "GET", what.host, what.path);
  return match && match.route->cache ? match.route : nullptr;
}

std::vector<std::string> own_fields(const policy::service& service) {
  std::vector<std::string> names;
  for (const auto& header : service.headers) names.push_back(http::to_lower(header.name));
  return names;
}

}  // namespace

std::optional<cache_plan> plan_cache(const policy::compiled_policy& policy, const policy::route& route,
                                     const policy::identity& who, const cache_subject& what, crypto::port& host) {
  cache_plan plan;
  if (!is_safe(what.method)) {
    const auto* stale = route_of_get(policy, what);
    if (stale == nullptr) return std::nullopt;
    plan.how = cache_plan::use::invalidates;
    plan.key = key_of(policy, *stale, what, host);
    return plan;
  }
  if (!route.cache) return std::nullopt;
  if (!http::is_cacheable_request(what.method, what.fields)) plan.how = cache_plan::use::bypass;
  plan.key = key_of(policy, route, what, host);
  plan.identity = identity_key(who, route.used, what, host);
  plan.terms = {route.cache->max_age, route.cache->stale_if_error, own_fields(*route.service)};
  plan.may_validate = !is_signed(*route.service, "if-none-match") && !is_signed(*route.service, "if-modified-since");
  return plan;
}

}  // namespace sallyport::gate
