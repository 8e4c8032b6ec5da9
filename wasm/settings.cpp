#include "wasm/settings.hpp"

#include "encoding/json.hpp"
#include "encoding/json_members.hpp"
#include "policy/load/load.hpp"

namespace sallyport::wasm {
namespace {

using encoding::json;

/// A Worker's script may have 10 MiB; a policy of that size is a mistake.
constexpr encoding::json_limits settings_limits{std::size_t{8} << 20, 8};

failure about(std::string_view what, const failure& problem) {
  return {problem.why,
          std::string(what).append(": ").append(problem.detail.empty() ? name_of(problem.why) : problem.detail)};
}

result<policy::policy_ptr> read_policy(std::string_view text, crypto::port& host) {
  auto loaded = policy::load_policy(text, host);
  if (loaded.policy) return std::move(loaded.policy);
  std::string detail;
  for (const auto& problem : loaded.problems) detail.append("policy.jsonc:").append(describe(problem)).append("\n");
  if (!detail.empty()) detail.pop_back();
  return failure(loaded.problems.empty() ? reason::internal : loaded.problems.front().why, std::move(detail));
}

result<std::vector<jose::signing_key>> read_signing_keys(std::string_view text, crypto::port& host) {
  if (text.empty()) {
    return failure(reason::signing_key_missing,
                   "the secret SALLYPORT_SIGNING_KEYS is not set: make one with `sallyport keys generate`, then "
                   "`wrangler secret put SALLYPORT_SIGNING_KEYS`");
  }
  auto keys = jose::parse_signing_keys(text, host);
  if (!keys.ok()) return about("SALLYPORT_SIGNING_KEYS", keys.error());
  return keys;
}

/// `{"<service>": <JWK or JWK set of kty oct>}`
result<std::vector<gate::service_secrets>> read_secrets(std::string_view text, crypto::port& host) {
  std::vector<gate::service_secrets> secrets;
  if (text.empty()) return secrets;
  const auto services = encoding::parse_json(text);
  if (!services.ok()) return about("SALLYPORT_SERVICE_SECRETS", services.error());
  if (!services->is_object()) {
    return failure(reason::config_invalid,
                   "SALLYPORT_SERVICE_SECRETS: not a JSON object of service name to JWK or JWK set");
  }
  for (const auto& [service, keys] : services->items()) {
    auto parsed = jose::parse_secret_keys(encoding::canonical_json(keys), host);
    if (!parsed.ok()) return about("SALLYPORT_SERVICE_SECRETS, service " + service, parsed.error());
    secrets.push_back({service, std::move(*parsed)});
  }
  return secrets;
}

}  // namespace

result<settings> read_settings(std::string_view text, crypto::port& host) {
  SALLYPORT_ASSIGN(const json given, encoding::parse_json(text, settings_limits));
  const auto member = [&](std::string_view name) { return encoding::text_member(given, name); };
  settings read;
  auto& config = read.edge;
  SALLYPORT_ASSIGN(config.signing_keys, read_signing_keys(member("signing_keys"), host));
  SALLYPORT_ASSIGN(config.policy, read_policy(member("policy"), host));
  SALLYPORT_ASSIGN(config.secrets, read_secrets(member("service_secrets"), host));
  config.build = member("build");
  read.aws_role = member("aws_role");
  return read;
}

}  // namespace sallyport::wasm
