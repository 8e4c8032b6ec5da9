#include "gate/edge/endpoints.hpp"

#include "core/ascii.hpp"
#include "encoding/json.hpp"
#include "http/field.hpp"
#include "http/host.hpp"
#include "http/url.hpp"

namespace sallyport::gate {
namespace {

using encoding::json;

// Short enough for a rotation to be seen soon, long enough to spare the edge.
constexpr std::string_view public_cache = "public, max-age=300";

std::string discovery_document(const policy::compiled_policy& policy, const edge_keys& keys) {
  json algorithms = json::array();
  for (const auto& key : keys.own) {
    const std::string name(crypto::describe(key.algorithm).jose_name);
    bool known = false;
    for (const auto& each : algorithms) known = known || each == name;
    if (!known) algorithms.push_back(name);
  }
  // OpenID Connect Discovery 1.0 section 3, the members that a verifier of tokens needs.
  return encoding::canonical_json(json{{"issuer", policy.edge.issuer},
                                       {"jwks_uri", policy.edge.issuer + "/.well-known/jwks.json"},
                                       {"response_types_supported", json::array({"id_token"})},
                                       {"subject_types_supported", json::array({"public"})},
                                       {"id_token_signing_alg_values_supported", algorithms}});
}

std::string status_document(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view build) {
  json kids = json::array();
  for (const auto& key : keys.own) kids.push_back(key.kid);
  return encoding::canonical_json(json{
      {"build", std::string(build)}, {"keys", kids}, {"policy", {{"name", policy.name}, {"digest", policy.digest}}}});
}

answer make_answer(std::string_view cache_control, const std::string& body) {
  return {
      200,
      {{"Content-Type", "application/json"}, {"Cache-Control", cache_control}, {"X-Content-Type-Options", "nosniff"}},
      body};
}

}  // namespace

endpoints::endpoints(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view build)
    : keys_(jose::write_public_set(keys.own)),
      discovery_(discovery_document(policy, keys)),
      status_(status_document(policy, keys, build)) {
  const auto url = http::split_url(policy.edge.issuer);
  const auto authority = url ? http::parse_host(url->authority) : std::nullopt;
  if (!authority) return;
  host_ = ascii::to_lower(authority->host);
  port_ = authority->port != 0 ? authority->port : http::default_port(url->scheme);
  base_path_ = url->rest;
}

std::optional<answer> endpoints::find(const edge_request& request, std::string_view path) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  if (path == "/.sallyport/status") return make_answer("no-store", status_);
  if (path.substr(0, base_path_.size()) != base_path_) return std::nullopt;
  path.remove_prefix(base_path_.size());
  const bool keys = path == "/.well-known/jwks.json";
  if ((!keys && path != "/.well-known/openid-configuration") || !is_issuer_host(request)) return std::nullopt;
  return make_answer(public_cache, keys ? keys_ : discovery_);
}

bool endpoints::is_issuer_host(const edge_request& request) const {
  const auto asked = http::parse_host(request.host);
  if (!asked || host_.empty()) return false;
  const std::uint16_t port = asked->port != 0 ? asked->port : http::default_port(request.scheme);
  return port == port_ && http::name_equals(asked->host, host_);
}

}  // namespace sallyport::gate
