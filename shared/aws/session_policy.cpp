#include "aws/session_policy.hpp"

#include <algorithm>

#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

class arns {
 public:
  arns(const role_arn& role, const ecs_place& where)
      : prefix_("arn:" + role.partition + ":ecs:" + where.region + ":" + role.account + ":"), cluster_(where.cluster) {}

  std::string cluster() const { return prefix_ + "cluster/" + cluster_; }
  std::string service(std::string_view name) const { return prefix_ + "service/" + cluster_ + "/" + std::string(name); }
  std::string tasks() const { return prefix_ + "task/" + cluster_ + "/*"; }
  std::string definition(std::string_view name) const {
    return name.starts_with("arn:") ? std::string(name) : prefix_ + "task-definition/" + std::string(name);
  }

 private:
  std::string prefix_, cluster_;
};

json statement(std::vector<std::string> actions, json resource) {
  return {{"Effect", "Allow"}, {"Action", std::move(actions)}, {"Resource", std::move(resource)}};
}

json in_cluster(json what, const arns& of) {
  what["Condition"] = {{"ArnEquals", {{"ecs:cluster", of.cluster()}}}};
  return what;
}

std::string document(json statements) {
  return encoding::canonical_json({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

result<role_arn> parse_role_arn(std::string_view text) {
  const failure malformed(reason::policy_member_type, "not a role ARN: arn:aws:iam::<12 digits>:role/<name>");
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; parts.size() < 5; ++at) {
    const auto colon = text.find(':', at);
    if (colon == std::string_view::npos) return malformed;
    parts.push_back(text.substr(at, colon - at));
    at = colon;
  }
  const auto resource = text.substr(static_cast<std::size_t>(parts[4].data() + parts[4].size() + 1 - text.data()));
  const bool good = parts[0] == "arn" && parts[1].starts_with("aws") && parts[2] == "iam" && parts[3].empty() &&
                    is_account(parts[4]) && resource.starts_with("role/") && resource.size() > 5;
  if (!good) return malformed;
  return role_arn{std::string(parts[1]), std::string(parts[4]), std::string(resource.substr(5))};
}

std::string service_session_policy(const role_arn& role, const ecs_place& where, std::string_view service) {
  const arns of(role, where);
  return document(json::array({
      statement({"ecs:UpdateService", "ecs:DescribeServices"}, of.service(service)),
      statement({"ecs:DescribeTasks"}, of.tasks()),
      // ListTasks has no ARN of its own to name; the condition is what bounds it.
      in_cluster(statement({"ecs:ListTasks"}, "*"), of),
  }));
}

std::string job_session_policy(const role_arn& role, const ecs_place& where, std::string_view task_definition,
                               const std::vector<std::string>& passed_roles) {
  const arns of(role, where);
  json statements = json::array({
      in_cluster(statement({"ecs:RunTask"}, of.definition(task_definition)), of),
      statement({"ecs:DescribeTasks", "ecs:StopTask"}, of.tasks()),
  });
  if (!passed_roles.empty()) {
    json pass = statement({"iam:PassRole"}, passed_roles);
    pass["Condition"] = {{"StringEquals", {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}}};
    statements.push_back(std::move(pass));
  }
  return document(std::move(statements));
}

std::string invoke_session_policy(const role_arn& role, std::string_view region, std::string_view service,
                                  std::string_view host) {
  const auto arn = [&](std::string_view prefix) {
    return "arn:" + role.partition + ":" + std::string(prefix) + ":" + std::string(region) + ":" + role.account + ":";
  };
  if (service == "lambda") {
    // A function's URL does not tell the function's name.
    json invoke = statement({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}, arn("lambda") + "function:*");
    return document(json::array({std::move(invoke)}));
  }
  if (service == "vpc-lattice-svcs") {
    return document(json::array({statement({"vpc-lattice-svcs:Invoke"}, arn("vpc-lattice") + "service/*")}));
  }
  const auto label = host.find(".execute-api.");
  const std::string api = label == std::string_view::npos ? "*" : std::string(host.substr(0, label)) + "/*";
  return document(json::array({statement({std::string(service) + ":Invoke"}, arn(service) + api)}));
}

}  // namespace sallyport::aws
