#include "operations/catalog.hpp"

#include "aws/place.hpp"
#include "gate/edge/answer_cookies.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::operations {
namespace {

/// Where an object is best placed, as Cloudflare names places; and its stand-in elsewhere, so that one loss is not both.
struct hints {
  std::string_view near, other;
};

hints hints_of(std::string_view region) {
  struct known {
    std::string_view prefix;
    hints where;
  };
  constexpr known table[] = {
      {"us-west-", {"wnam", "enam"}},
      {"us-", {"enam", "wnam"}},
      {"ca-", {"enam", "wnam"}},
      {"mx-", {"wnam", "enam"}},
      {"eu-north-", {"eeur", "weur"}},
      {"eu", {"weur", "eeur"}},
      {"ap-southeast-2", {"oc", "apac"}},
      {"ap-", {"apac", "oc"}},
      {"cn-", {"apac", "oc"}},
      {"sa-", {"sam", "enam"}},
      {"af-", {"afr", "weur"}},
      {"me-", {"me", "eeur"}},
      {"il-", {"me", "eeur"}},
  };
  for (const auto& each : table) {
    if (region.starts_with(each.prefix)) return each.where;
  }
  return {"enam", "weur"};
}

std::string role_or(const std::string& role, const std::string& otherwise) {
  return role.empty() ? otherwise : role;
}

json describe(const policy::wake_rule& wake) {
  return {{"min", wake.min}, {"hold_ms", wake.hold * 1000}, {"idle_stop_ms", wake.idle_stop * 1000}};
}

/// What else signs for AWS, or is no agent, is not asked.
std::string_view ready_of(const policy::service& service) {
  const bool agent = service.ecs->ready == policy::readiness::agent && !service.sigv4;
  return agent ? "agent" : "health";
}

/// Where calls of AWS are asked for first, and who stands in for it. The role was checked before.
json governor_of(const std::string& role, const std::string& region) {
  const auto parsed = aws::parse_role_arn(role);
  if (!parsed.ok()) return nullptr;
  const auto hints = hints_of(region);
  return {{"name", aws::name_of({parsed->partition, parsed->account, region, false})},
          {"hint", hints.near},
          {"stand_in", aws::name_of({parsed->partition, parsed->account, region, true})},
          {"stand_in_hint", hints.other}};
}

json describe(const policy::ecs_service& ecs, std::string_view ready, const std::string& default_role) {
  return {{"governor", governor_of(role_or(ecs.role, default_role), ecs.region)},
          {"region", ecs.region},
          {"cluster", ecs.cluster},
          {"service", ecs.service},
          {"port", ecs.port},
          {"ready", ready},
          {"role", role_or(ecs.role, default_role)},
          {"wake", ecs.wake ? describe(*ecs.wake) : json(nullptr)}};
}

json describe(const policy::sigv4_rule& rule, const std::string& default_role) {
  return {{"service", rule.service},
          {"region", rule.region},
          {"role", role_or(rule.role, default_role)},
          {"resource", rule.resource}};
}

/// Whom it takes turns with in a queue.
std::string team_of(const policy::service& service) {
  for (const auto& each : service.labels) {
    if (each.name == "team") return each.value;
  }
  return service.name;
}

json describe(const policy::service& service, const std::string& default_role) {
  return {{"name", service.name},
          {"team", team_of(service)},
          {"origin", service.origin},
          {"vpc", service.vpc},
          {"mtls_certificate", service.mtls_certificate},
          {"sigv4", service.sigv4 ? describe(*service.sigv4, default_role) : json(nullptr)},
          {"ecs", service.ecs ? describe(*service.ecs, ready_of(service), default_role) : json(nullptr)}};
}

json describe(const policy::job& job, const std::string& default_role) {
  return {{"name", job.name},
          {"region", job.ecs.region},
          {"cluster", job.ecs.cluster},
          {"task_definition", job.ecs.task_definition},
          {"container", job.ecs.container},
          {"role", role_or(job.ecs.role, default_role)},
          {"subnets", job.ecs.subnets},
          {"security_groups", job.ecs.security_groups},
          {"passed_roles", job.ecs.passed_roles},
          {"assign_public_ip", job.ecs.assign_public_ip},
          {"timeout_ms", job.timeout * 1000}};
}

/// A service at a fixed origin that is never woken makes no call to AWS.
bool calls_ecs(const policy::service& service) {
  return service.ecs && (service.origin.empty() || service.ecs->wake);
}

/// The account that a service names is the one of the role, also of one that the policy leaves to the deployment.
result<void> check_account(const policy::compiled_policy& policy, const policy::service& service,
                           const std::string& default_role) {
  const auto* named = find_account(policy, service.ecs->account);
  const auto role = aws::parse_role_arn(role_or(service.ecs->role, default_role));
  if (named == nullptr || !role.ok() || role->account == named->account) return {};
  return failure(reason::config_invalid, "service " + service.name + " is in account " + named->account +
                                             ", and SALLYPORT_AWS_ROLE is a role of " + role->account);
}

failure without_role(const std::string& whose) {
  return {reason::config_invalid,
          whose + " has no role to assume: name one in the policy (\"role\"), or set SALLYPORT_AWS_ROLE"};
}

}  // namespace

json catalog(const json&, means& with) {
  if (with.policy == nullptr) return error(reason::not_ready);
  json services = json::array();
  for (const auto& each : with.policy->services) services.push_back(describe(each, with.aws_role));
  json jobs = json::array();
  for (const auto& each : with.policy->jobs) jobs.push_back(describe(each, with.aws_role));
  return {{"policy", with.policy->digest},
          {"services", services},
          {"jobs", jobs},
          {"credential_cookies", gate::has_credential_cookies(*with.policy)}};
}

result<void> check_aws(const policy::compiled_policy& policy, const std::string& default_role,
                       const jose::signing_key* aws_key) {
  bool needed = !policy.jobs.empty();
  for (const auto& each : policy.services) {
    needed = needed || calls_ecs(each) || each.sigv4;
    if (calls_ecs(each) && role_or(each.ecs->role, default_role).empty()) return without_role("service " + each.name);
    if (each.ecs) SALLYPORT_TRY(check_account(policy, each, default_role));
    if (each.sigv4 && role_or(each.sigv4->role, default_role).empty()) return without_role("service " + each.name);
  }
  for (const auto& each : policy.jobs) {
    if (role_or(each.ecs.role, default_role).empty()) return without_role("job " + each.name);
  }
  if (!needed || aws_key != nullptr) return {};
  return failure(reason::signing_key_missing,
                 "AWS STS takes no EdDSA: add an ES256 key to SALLYPORT_SIGNING_KEYS (`sallyport keys generate`)");
}

}  // namespace sallyport::operations
