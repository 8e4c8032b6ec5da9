#include <algorithm>

#include "policy/load/loading.hpp"
#include "policy/load/url.hpp"

namespace sallyport::policy {
namespace {

void load_require(const node& at, const condition_compiler& compiler, loaded_service& to) {
  std::size_t count = 0;
  for (const auto& element : at.elements()) {
    auto condition = compiler.truth(element, "require[" + std::to_string(count++) + "]");
    if (!condition) continue;
    to.service.require.push_back(condition->code);
    to.conditions.push_back(std::move(*condition));
  }
}

std::optional<wake_rule> load_wake(const node& at) {
  constexpr seconds longest_hold = 90;  // Cloudflare ends a request that stays without a byte for 100 s
  constexpr seconds shortest_idle = 60;
  constexpr seconds longest_idle = seconds{7} * 86400;
  if (!at.is_object_of({"min", "hold", "idle_stop"})) return std::nullopt;
  wake_rule wake;
  read_member(at, "min", wake.min, [](const node& m) { return m.integer(1, 100); });
  read_member(at, "hold", wake.hold, [](const node& m) { return m.duration(0, longest_hold); });
  read_member(at, "idle_stop", wake.idle_stop, [](const node& m) { return m.duration(shortest_idle, longest_idle); });
  return wake;
}

std::optional<readiness> load_readiness(const node& at) {
  const auto index = at.one_of({"agent", "health"});
  return index ? std::optional(*index == 0 ? readiness::agent : readiness::health) : std::nullopt;
}

/// No request of the service is before it: there is only the caller to look at.
condition_ptr load_operators(const node& at, const condition_compiler& compiler, std::string_view name) {
  const auto condition = compiler.truth(at, "operators");
  if (!condition) return nullptr;
  check_parameters(*condition, {}, "service " + std::string(name));
  check_headers(*condition, service());
  return condition->code;
}

std::optional<ecs_service> load_ecs_service(const node& at, const condition_compiler& compiler, std::string_view name) {
  if (!at.is_object_of({"aws", "region", "cluster", "service", "port", "ready", "role", "wake", "operators"})) {
    return std::nullopt;
  }
  ecs_service ecs;
  read_member(at, "aws", ecs.account, [](const node& m) { return m.some_text(); });
  read_required(at, "region", "e.g. \"us-east-1\"", ecs.region, load_region);
  read_required(at, "cluster", "the cluster's name", ecs.cluster, load_aws_name);
  read_required(at, "service", "the ECS service's name", ecs.service, load_aws_name);
  read_member(at, "port", ecs.port, [](const node& m) { return m.integer(1, 65535); });
  read_member(at, "ready", ecs.ready, load_readiness);
  read_member(at, "role", ecs.role, load_role);
  if (const auto role = at.member("role")) check_partition(*role, ecs.role, ecs.region);
  read_member(at, "wake", ecs.wake, load_wake);
  if (const auto operators = at.member("operators")) ecs.operators = load_operators(*operators, compiler, name);
  return ecs;
}

/// The agent may sign-check with each of these; the names are those of the RFC 9421 registry.
std::optional<crypto::algorithm> load_signature(const node& at) {
  constexpr crypto::algorithm algorithms[] = {crypto::algorithm::es256, crypto::algorithm::eddsa,
                                              crypto::algorithm::hs256};
  const auto index = at.one_of({"ecdsa-p256-sha256", "ed25519", "hmac-sha256"});
  return index ? std::optional(algorithms[*index]) : std::nullopt;
}

void load_channel(const node& at, service& to) {
  const auto said = at.member("channel");
  if (!said) return;
  read_member(at, "channel", to.channel, [](const node& m) { return m.truth(); });
  if (!to.channel || to.signature != crypto::algorithm::hs256) return;
  said->refuse(reason::policy_member_type, "a service whose requests are signed with a shared secret has no channels",
               "leave \"channel\" out, or choose another \"signature\"");
}

/// There must be a way to the service.
void check_reach(const node& at) {
  const auto ecs = at.member("ecs");
  if (!at.member("origin") && !ecs) {
    at.refuse(reason::policy_member_missing, "the service has neither origin nor ecs",
              "add \"origin\": \"https://…\", or \"ecs\" to reach its tasks");
  }
  if (ecs && ecs->value().is_object() && !at.member("origin") && !ecs->member("port")) {
    ecs->refuse(reason::policy_member_missing, "port is missing", "the port that the agent listens on in the task");
  }
}

}  // namespace

loaded_service load_service(const std::string& name, const node& at, const condition_compiler& compiler) {
  loaded_service loaded;
  auto& service = loaded.service;
  service.name = name;
  if (!at.is_object_of({"origin", "ecs", "vpc", "mtls_certificate", "upstream_auth", "sigv4", "signature", "channel",
                        "signed_headers", "headers", "strip", "require", "resource_metadata", "labels", "paths"})) {
    return loaded;
  }
  read_member(at, "origin", service.origin, [](const node& m) { return read_url(m, url_path::none); });
  read_member(at, "ecs", service.ecs, [&](const node& m) { return load_ecs_service(m, compiler, name); });
  read_member(at, "vpc", service.vpc, [](const node& m) { return m.some_text(); });
  read_member(at, "mtls_certificate", service.mtls_certificate, [](const node& m) { return m.some_text(); });
  read_member(at, "signature", service.signature, load_signature);
  load_channel(at, service);
  read_member(at, "paths", service.paths, load_path_rule);
  read_member(at, "resource_metadata", service.resource_metadata,
              [](const node& m) { return read_url(m, url_path::any); });
  read_member(at, "labels", service.labels, [](const node& m) { return std::optional(load_labels(m)); });
  if (const auto signed_headers = at.member("signed_headers")) {
    service.signed_headers = load_signed_headers(*signed_headers);
  }
  if (const auto strip = at.member("strip")) load_strip(*strip, service);
  if (const auto require = at.member("require")) load_require(*require, compiler, loaded);
  load_headers(at.member("headers"), compiler, loaded);
  for (const auto& condition : loaded.conditions) check_headers(condition, service);
  check_reach(at);
  load_sigv4(at, service);
  return loaded;
}

}  // namespace sallyport::policy
