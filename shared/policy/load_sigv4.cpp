// `upstream_auth: "sigv4"`: for back ends that check IAM themselves. Their hosts say what to sign for; `sigv4` says it
// where a domain of one's own hides it.
#include "policy/loading.hpp"
#include "policy/url.hpp"

namespace sallyport::policy {
namespace {

/// The label of a host behind which its region follows, and the name to sign for.
struct aws_host {
  std::string_view label, service;
};
constexpr aws_host aws_hosts[] = {
    {"execute-api", "execute-api"}, {"lambda-url", "lambda"}, {"vpc-lattice-svcs", "vpc-lattice-svcs"}};

/// From a host such as a1b2.execute-api.us-east-1.amazonaws.com; empty members where it does not tell.
sigv4_rule rule_of_host(std::string_view host) {
  for (const auto& each : aws_hosts) {
    const std::string label = "." + std::string(each.label) + ".";
    const auto at = host.find(label);
    if (at == std::string_view::npos) continue;
    const auto rest = host.substr(at + label.size());
    return {std::string(each.service), std::string(rest.substr(0, rest.find('.'))), {}};
  }
  return {};
}

void read_rule(const node& at, sigv4_rule& to) {
  if (!at.is_object_of({"service", "region", "role"})) return;
  read_member(at, "service", to.service, load_aws_name);
  read_member(at, "region", to.region, load_region);
  read_member(at, "role", to.role, load_role);
}

void check_rule(const node& at, const service& loaded) {
  if (loaded.origin.empty()) {
    at.refuse(reason::policy_member_missing, "upstream_auth sigv4 needs origin", "add \"origin\": the URL to sign for");
    return;
  }
  if (!loaded.sigv4->service.empty() && !loaded.sigv4->region.empty()) return;
  at.refuse(reason::policy_member_missing, "the origin does not tell for which AWS service and region to sign",
            "add \"sigv4\": { \"service\": \"execute-api\", \"region\": \"us-east-1\" }");
}

}  // namespace

void load_sigv4(const node& at, service& to) {
  const auto wanted = at.member("upstream_auth");
  const auto which = wanted ? wanted->one_of({"none", "sigv4"}) : std::nullopt;
  const auto given = at.member("sigv4");
  if (!which || *which == 0) {
    if (given)
      given->refuse_name(reason::policy_member_unknown, "sigv4 without upstream_auth",
                         "add \"upstream_auth\": \"sigv4\"");
    return;
  }
  const auto url = parse_url(to.origin);
  to.sigv4 = rule_of_host(url ? url->host : std::string_view());
  if (to.ecs) {
    to.sigv4->role = to.ecs->role;
    if (to.sigv4->region.empty()) to.sigv4->region = to.ecs->region;
  }
  if (given) read_rule(*given, *to.sigv4);
  check_rule(at, to);
}

}  // namespace sallyport::policy
