// `upstream_auth: "sigv4"`: for back ends that check IAM themselves. Their hosts say what to sign for; `sigv4` says it
// where a domain of one's own hides it.
#include <algorithm>

#include "aws/partition.hpp"
#include "core/ascii.hpp"
#include "http/url.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/url.hpp"

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
    return {std::string(each.service), std::string(rest.substr(0, rest.find('.'))), {}, {}};
  }
  return {};
}

void read_rule(const node& at, sigv4_rule& to) {
  if (!at.is_object_of({"service", "region", "role", "resource"})) return;
  read_member(at, "service", to.service, load_aws_name);
  read_member(at, "region", to.region, load_region);
  read_member(at, "role", to.role, load_role);
  read_member(at, "resource", to.resource, [](const node& m) { return m.some_text(); });
}

/// The kind of ARN that a service is called by: arn:<partition>:<service>:<region>:<account>:<resource>.
struct arn_kind {
  std::string_view service, arn_service, resource, example;
};
constexpr arn_kind arn_kinds[] = {
    {"execute-api", "execute-api", "", "arn:aws:execute-api:us-east-1:123456789012:a1b2c3"},
    {"lambda", "lambda", "function:", "arn:aws:lambda:us-east-1:123456789012:function:reports"},
    {"vpc-lattice-svcs", "vpc-lattice", "service/", "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a1b2c"},
};

const arn_kind* kind_of(std::string_view service) {
  const auto* found = std::find_if(std::begin(arn_kinds), std::end(arn_kinds),
                                   [&](const arn_kind& each) { return each.service == service; });
  return found == std::end(arn_kinds) ? nullptr : found;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && ascii::all_are(text, ascii::is_digit);
}

/// One function, one service, or one API: a wildcard may stand only for stages, methods and paths of an API.
bool names_one(std::string_view name, const arn_kind& kind) {
  const std::size_t id_end = kind.service == "execute-api" ? std::min(name.find('/'), name.size()) : name.size();
  const auto plain = [](char c) { return ascii::is_alphanumeric(c) || c == '-' || c == '_' || c == ':' || c == '$'; };
  return id_end > 0 && std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(id_end), plain);
}

bool is_resource(std::string_view arn, const arn_kind& kind, std::string_view region) {
  std::string_view parts[5];
  for (auto& part : parts) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return false;
    part = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  const auto* in = aws::partition_of_region(region);
  const bool place = parts[0] == "arn" && in != nullptr && parts[1] == in->name && parts[2] == kind.arn_service &&
                     parts[3] == region && is_account(parts[4]);
  return place && arn.starts_with(kind.resource) && names_one(arn.substr(kind.resource.size()), kind);
}

/// The session of a caller may call what is named here, and nothing else of the account.
void check_resource(const node& at, const service& loaded, const plain_url& origin) {
  const auto& rule = *loaded.sigv4;
  const auto* kind = kind_of(rule.service);
  if (kind == nullptr) return;
  const std::string advice = "write e.g. " + std::string(kind->example);
  if (!rule.resource.empty() && !is_resource(rule.resource, *kind, rule.region)) {
    const auto given = at.member("sigv4")->member("resource");
    given->refuse(reason::policy_member_type,
                  "not the ARN of one resource to call by " + rule.service + " in " + rule.region, advice);
  }
  const bool told = origin.host.find(".execute-api.") != std::string_view::npos;
  if (!rule.resource.empty() || told || http::is_loopback(origin.host)) return;
  at.refuse(reason::policy_member_missing, "the origin does not tell what may be called there",
            "add its ARN as \"resource\" to \"sigv4\": " + advice);
}

void check_rule(const node& at, const service& loaded) {
  if (loaded.origin.empty()) {
    at.refuse(reason::policy_member_missing, "upstream_auth sigv4 needs origin", "add \"origin\": the URL to sign for");
    return;
  }
  const std::string& region = loaded.sigv4->region;
  if (!region.empty() && aws::partition_of_region(region) == nullptr) {
    at.refuse(reason::policy_member_type, "no partition of AWS has the region " + region + " of the origin's host",
              "add \"sigv4\": { \"region\": \"us-east-1\" }");
  }
  if (!loaded.sigv4->service.empty() && !region.empty()) return;
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
  const auto role = given ? given->member("role") : std::nullopt;
  check_partition(role ? *role : at, to.sigv4->role, to.sigv4->region);
  check_rule(at, to);
  if (url) check_resource(at, to, *url);
}

}  // namespace sallyport::policy
