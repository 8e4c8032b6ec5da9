#include "policy/load/member_synonyms.hpp"

#include <algorithm>

#include "document/suggest.hpp"

namespace sallyport::policy {
namespace {

struct synonym {
  std::string_view foreign;
  std::string_view own;
};

// Of a name with several meanings the first counts that the object has.
constexpr synonym synonyms[] = {
    {"upstream", "service"},
    {"to", "service"},
    {"backend", "service"},
    {"proxy_pass", "service"},
    {"target", "service"},
    {"upstream", "origin"},
    {"url", "origin"},
    {"address", "origin"},
    {"backend", "origin"},
    {"endpoint", "origin"},
    {"target", "origin"},
    {"proxy_pass", "origin"},
    {"policy", "allow"},
    {"condition", "allow"},
    {"rule", "allow"},
    {"expression", "allow"},
    {"when", "allow"},
    {"if", "allow"},
    {"validations", "allow"},
    {"permit", "allow"},
    {"allowed_groups", "allow"},
    {"allowed_users", "allow"},
    {"allow_if", "allow"},
    {"groups", "allow"},
    {"reject", "deny"},
    {"forbid", "deny"},
    {"block", "deny"},
    {"name", "id"},
    {"hostname", "host"},
    {"domain", "host"},
    {"server_name", "host"},
    {"prefix", "path"},
    {"location", "path"},
    {"regex", "path"},
    {"pattern", "path"},
    {"uri", "path"},
    {"verbs", "methods"},
    {"public", "anonymous"},
    {"allow_public", "anonymous"},
    {"skip_auth", "anonymous"},
    {"allow_public_unauthenticated_access", "anonymous"},
    {"aud", "audiences"},
    {"client_id", "audiences"},
    {"clientId", "audiences"},
    {"client_ids", "audiences"},
    {"jwks_url", "jwks_uri"},
    {"jwksUri", "jwks_uri"},
    {"iss", "issuer"},
    {"issuer_url", "issuer"},
    {"oidc_issuer_url", "issuer"},
    {"issuerURL", "issuer"},
    {"authority", "issuer"},
    {"provider", "preset"},
    {"type", "preset"},
    {"alg", "algorithms"},
    {"algs", "algorithms"},
    {"source", "from"},
    {"token_source", "from"},
    {"skew", "clock_skew"},
    {"leeway", "clock_skew"},
    {"claim_mappings", "claims"},
    {"claimMappings", "claims"},
    {"tags", "labels"},
    {"annotations", "labels"},
    {"metadata", "labels"},
    {"ttl", "assertion_ttl"},
    {"size", "max"},
    {"limit", "max"},
    {"max_bytes", "max"},
    {"idle", "idle_stop"},
    {"idle_timeout", "idle_stop"},
    {"providers", "issuers"},
    {"upstreams", "services"},
    {"backends", "services"},
    {"rules", "routes"},
    {"username", "subject"},
    {"user", "subject"},
    {"roles", "groups"},
    {"inputs", "input"},
    {"parameters", "input"},
    {"image", "task_definition"},
    {"taskDefinition", "task_definition"},
    {"default_value", "default"},
    {"optional", "required"},
    {"set_headers", "headers"},
    {"identity_headers", "headers"},
    {"pass_headers", "signed_headers"},
    {"mtls", "mtls_certificate"},
};

}  // namespace

std::string suggest_member(std::string_view name, std::span<const std::string_view> members) {
  if (!document::closest(name, members).empty()) return document::suggestion(name, members);
  for (const auto& row : synonyms) {
    if (row.foreign != name || std::find(members.begin(), members.end(), row.own) == members.end()) continue;
    return "did you mean " + std::string(row.own) + "?";
  }
  return document::suggestion(name, members);
}

}  // namespace sallyport::policy
