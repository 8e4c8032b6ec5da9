#include "gate/edge/probe.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/shown.hpp"
#include "gate/protocol/context.hpp"
#include "httpsig/profile.hpp"
#include "jose/jws.hpp"

namespace sallyport::gate {
namespace {

constexpr std::size_t probe_part_bytes = 16;
constexpr std::size_t max_detail_chars = 200;

/// The host of the service's first route; for all hosts of a domain, the domain.
std::string_view host_for(const policy::compiled_policy& policy, const policy::service& service) {
  const auto of_service = [&](const policy::route& each) { return each.service == &service; };
  const auto found = std::find_if(policy.routes.begin(), policy.routes.end(), of_service);
  if (found == policy.routes.end()) return "localhost";
  const std::string_view host = found->host;
  return host.substr(0, 2) == "*." ? host.substr(2) : host;
}

std::string part_of(bytes_view entropy, std::size_t number) {
  return encoding::encode_base64url(entropy.subspan(number * probe_part_bytes, probe_part_bytes));
}

result<std::string> mint_probe(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view service,
                               unix_seconds now, std::string id, crypto::port& host) {
  const jose::signing_key& key = *keys.assertions;
  assertion what;
  what.issuer = policy.edge.issuer;
  what.audience = std::string(service_audience_prefix).append(service);
  what.policy_digest = policy.digest;
  what.id = std::move(id);
  what.issued_at = now;
  what.expires = now + probe_lifetime;
  const std::string payload = write_probe_assertion(what);
  return jose::sign_jws(jose::protected_header(key, assertion_typ), as_bytes(payload), key.algorithm, *key.key, host);
}

bool is_type(std::string_view content_type, std::string_view wanted) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return ascii::to_lower(type) == wanted;
}

/// The public code of a problem document, where it is one.
std::string code_in(std::string_view body) {
  if (body.size() > max_status_bytes) return {};
  const auto said = encoding::parse_json(body, {max_status_bytes, 8});
  if (!said.ok() || !said->is_object()) return {};
  const auto code = encoding::string_member(*said, "code");
  return code ? encoding::shown(*code, 64) : std::string();
}

probe_reading unread(const probe_response& response, std::string_view why) {
  std::string detail = response.status == 0 ? "no response" : "HTTP " + std::to_string(response.status);
  if (!why.empty()) detail.append(", ").append(why);
  return {probe_meaning::nothing, {}, detail.substr(0, max_detail_chars)};
}

probe_reading read_told(const probe_response& response, std::string_view id) {
  if (!is_type(response.content_type, status_content_type)) return unread(response, "not the status of an agent");
  auto status = read_status(response.body);
  if (!status) return unread(response, "a status that cannot be read");
  if (status->id != id) return unread(response, "a status for another request");
  return {probe_meaning::told, std::move(*status), {}};
}

}  // namespace

result<signed_probe> sign_probe(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view service,
                                unix_milliseconds now, bytes_view entropy, crypto::port& host) {
  const auto* found = policy::find_service(policy, service);
  if (found == nullptr || entropy.size() < probe_entropy_bytes) return failure(reason::internal, "order of a probe");
  const auto& own = *keys.requests[static_cast<std::size_t>(found - policy.services.data())];
  signed_probe made;
  made.id = part_of(entropy, 0);
  const std::string nonce = part_of(entropy, 1);
  SALLYPORT_ASSIGN(const auto assertion, mint_probe(policy, keys, service, to_seconds(now), part_of(entropy, 2), host));
  request_context context;
  context.id = made.id;
  context.time = now;
  context.host = host_for(policy, *found);
  context.proto = "https";
  const std::string context_text = write_context(context);
  httpsig::profile_message message;
  message.method = "GET";
  message.path = agent_path;
  message.assertion = assertion;
  message.context = context_text;
  const auto created = to_seconds(now);
  const httpsig::profile_parameters parameters{created, created + probe_lifetime, nonce, own.kid, own.algorithm};
  SALLYPORT_ASSIGN(auto fields, httpsig::sign_profile(host, *own.key, message, parameters));
  made.fields = {{"sallyport-assertion", assertion},
                 {"sallyport-context", context_text},
                 {"signature-input", std::move(fields.signature_input)},
                 {"signature", std::move(fields.signature)}};
  return made;
}

probe_reading read_probe(const probe_response& response, std::string_view id) {
  switch (response.status) {
    case 200: return read_told(response, id);
    case 401:
    case 403:
      if (!response.from_agent) {
        const bool problem = is_type(response.content_type, "application/problem+json");
        if (problem) return {probe_meaning::too_old, {}, "an agent that does not know its status"};
        return unread(response, "not from an agent");
      }
      break;
    case 404:
    case 405:
    case 429:
    case 503:
      if (!response.from_agent) return unread(response, "not from an agent");
      break;
    default: return unread(response, response.status == 0 ? response.body : std::string_view());
  }
  const std::string code = code_in(response.body);
  return {probe_meaning::refused, {}, "the agent refuses: HTTP " + std::to_string(response.status) + " " + code};
}

}  // namespace sallyport::gate
