#include "login/fact_set.hpp"

#include <set>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "policy/host_name.hpp"

namespace sallyport::login {
namespace {

using encoding::json;

/// `pattern`: as a route has it.
bool takes_host(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  const auto suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

/// A claim's name begins with "claims" and has its path as a JSON list, so that no fact is called like one.
void add_names(const policy::used_facts& used, std::set<std::string>& to) {
  if (used.email) to.insert("email");
  if (used.email_verified) to.insert("email_verified");
  if (used.groups) to.insert("groups");
  if (used.expires) to.insert("expires");
  if (used.all_claims) to.insert("claims");
  for (const auto& path : used.claims) to.insert("claims" + encoding::canonical_json(json(path)));
}

json meaning_of(const policy::issuer& from) {
  json required = json::array();
  for (const auto& each : from.required) required.push_back({each.path, each.value});
  return {{"url", from.url},
          {"preset", policy::name_of(from.preset)},
          {"kind", policy::name_of(from.kind)},
          {"subject", from.claims.subject},
          {"email", from.claims.email},
          {"email_verified", from.claims.email_verified},
          {"groups", from.claims.groups},
          {"required", std::move(required)}};
}

}  // namespace

std::string fact_set(const policy::compiled_policy& policy, std::string_view host, crypto::port& crypto_host) {
  const policy::host_name name(host);
  std::set<std::string> read;
  for (const auto& route : policy.routes) {
    if (takes_host(route.host, name.view())) add_names(route.used, read);
  }
  json issuers = json::object();
  for (const auto& each : policy.issuers) issuers[each.name] = meaning_of(each);
  const auto text = encoding::canonical_json(json{{"issuers", std::move(issuers)}, {"read", read}});
  const auto digest = crypto_host.sha256(as_bytes(text));
  return encoding::encode_base64url(bytes_view(digest).first(8));
}

}  // namespace sallyport::login
