// Sessions of AWS that long names make so large that STS refuses them for callers who have long names, too.
#include <algorithm>

#include "aws/place.hpp"
#include "aws/session_policy.hpp"
#include "aws/session_size.hpp"
#include "aws/session_tags.hpp"
#include "policy/load/linting.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

/// Of a caller's subject and e-mail address together: a UUID, and a short address.
constexpr std::size_t usual_caller = 64;
constexpr std::size_t names_of_tags = std::string_view("issuersubjectroutesallyport_targetemail").size();

struct session {
  std::size_t policy_characters = 0;
  std::string target;
  std::size_t longest_route = 0;
};

std::size_t longest_issuer(const compiled_policy& policy) {
  std::size_t most = 0;
  for (const auto& each : policy.issuers) most = std::max(most, aws::tag_size(each.name));
  return most;
}

template <class LeadsThere>
std::size_t longest_route(const compiled_policy& policy, LeadsThere leads_there) {
  std::size_t most = 0;
  for (const auto& each : policy.routes) {
    if (leads_there(each)) most = std::max(most, aws::tag_size(each.id));
  }
  return most;
}

void lint_session(const compiled_policy& policy, const session& of, const node& at) {
  const std::size_t fixed = names_of_tags + longest_issuer(policy) + of.longest_route + aws::tag_size(of.target);
  const std::size_t room = aws::room_for_tags(of.policy_characters);
  const std::size_t left = room > fixed ? room - fixed : 0;
  if (left >= usual_caller) return;
  at.refuse(reason::ok,
            "AWS may refuse its sessions as too large: the names in session policy and tags leave " +
                std::to_string(left) + " characters for a caller's subject and e-mail address",
            "shorten the names of cluster, service or task definition, roles, route and issuer");
}

}  // namespace

void lint_sessions(const compiled_policy& policy, const node& document) {
  const auto services = document.member("services");
  for (const auto& each : policy.services) {
    const auto at = services ? services->member(each.name) : std::nullopt;
    const auto ecs = at && each.ecs ? at->member("ecs") : std::nullopt;
    if (!ecs) continue;
    const auto& to = *each.ecs;
    const auto text = aws::service_session_policy(role_of(to.role, to.region), {to.region, to.cluster}, to.service);
    const auto route = longest_route(policy, [&](const policy::route& one) { return one.service == &each; });
    lint_session(policy, {text.size(), aws::target_of(to.cluster, to.service), route}, *ecs);
  }
  const auto jobs = document.member("jobs");
  for (const auto& each : policy.jobs) {
    const auto at = jobs ? jobs->member(each.name) : std::nullopt;
    const auto ecs = at ? at->member("ecs") : std::nullopt;
    if (!ecs) continue;
    const auto& to = each.ecs;
    const auto text = aws::job_session_policy(role_of(to.role, to.region), {to.region, to.cluster}, to.task_definition,
                                              to.passed_roles);
    const auto route = longest_route(policy, [&](const policy::route& one) { return one.job == &each; });
    lint_session(policy, {text.size(), aws::target_of_tasks(to.cluster, to.task_definition), route}, *ecs);
  }
}

}  // namespace sallyport::policy
