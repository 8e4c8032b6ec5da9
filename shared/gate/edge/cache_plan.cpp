#include "gate/edge/cache_plan.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "http/field.hpp"
#include "http/method.hpp"
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
  const auto place = json::array({policy.digest, route.id, what.scheme, ascii::to_lower(what.host), what.target});
  return digest_of(place, host);
}

json value_of(const cache_subject& what, std::string_view name) {
  const auto value = http::combined_field(what.fields, name);
  return value ? json(*value) : json(nullptr);
}

/// What makes it another request, besides its place: see the top of the header.
json facts_of(const policy::route& route, const cache_subject& what) {
  json facts = {{"origin", value_of(what, "origin")}};
  json headers = json::array();
  for (const auto& name : route.service->signed_headers) headers.push_back(json::array({name, value_of(what, name)}));
  facts["headers"] = std::move(headers);
  const auto& used = route.used;
  if (used.method) facts["method"] = std::string(what.method);
  if (used.ip) facts["ip"] = std::string(what.ip);
  if (used.country) facts["country"] = std::string(what.country);
  if (used.asn) facts["asn"] = what.asn;
  return facts;
}

// Whoever has a credential of the app's own besides is somebody else with another one (RFC 9111 section 3.5), and
// so is who has another session of the app.
std::string identity_key(const policy::identity& who, const policy::used_facts& used, const json& facts,
                         const cache_subject& what, crypto::port& host) {
  if (who.kind == policy::identity_kind::anonymous) return {};
  json seen = json::object();
  policy::write_identity(who, used, seen);
  return digest_of(json::array({std::move(seen), value_of(what, "authorization"), value_of(what, "cookie"), facts}),
                   host);
}

std::string shared_key(const policy::used_facts& used, const json& facts, crypto::port& host) {
  return used.moment ? std::string() : digest_of(json::array({"shared", facts}), host);
}

bool is_signed(const policy::service& service, std::string_view lower_name) {
  const auto& names = service.signed_headers;
  return std::find(names.begin(), names.end(), lower_name) != names.end();
}

/// The route whose stored answers a request that changes things may have made untrue, or nullptr.
const policy::route* route_of_get(const policy::compiled_policy& policy, const cache_subject& what) {
  const auto match = policy::match_route(policy, "GET", what.host, what.path);
  return match && match.route->cache ? match.route : nullptr;
}

std::vector<std::string> own_fields(const policy::service& service) {
  std::vector<std::string> names;
  for (const auto& header : service.headers) names.push_back(ascii::to_lower(header.name));
  if (service.sigv4) {
    for (const auto* name : {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}) names.emplace_back(name);
  }
  return names;
}

http::cache_terms terms_of(const policy::route& route, const credential_places& places, const cache_plan& plan) {
  http::cache_terms terms;
  terms.max_age = route.cache->max_age;
  terms.stale_if_error = route.cache->stale_if_error;
  terms.own_fields = own_fields(*route.service);
  terms.caller_fields = places.field_names();
  terms.keeps_own = !plan.identity.empty();
  terms.shares = !plan.shared.empty();
  return terms;
}

}  // namespace

std::optional<cache_plan> plan_cache(const policy::compiled_policy& policy, const policy::route& route,
                                     const policy::identity& who, const cache_subject& what,
                                     const credential_places& places, crypto::port& host) {
  cache_plan plan;
  if (!http::is_safe(what.method)) {
    const auto* stale = route_of_get(policy, what);
    if (stale == nullptr) return std::nullopt;
    plan.how = cache_plan::use::invalidates;
    plan.key = key_of(policy, *stale, what, host);
    return plan;
  }
  if (!route.cache) return std::nullopt;
  if (!http::is_cacheable_request(what.method, what.fields)) plan.how = cache_plan::use::bypass;
  plan.key = key_of(policy, route, what, host);
  const json facts = facts_of(route, what);
  plan.identity = identity_key(who, route.used, facts, what, host);
  plan.shared = shared_key(route.used, facts, host);
  plan.terms = terms_of(route, places, plan);
  plan.may_validate = !is_signed(*route.service, "if-none-match") && !is_signed(*route.service, "if-modified-since");
  return plan;
}

}  // namespace sallyport::gate
