#include "aws/session_policy.hpp"

#include <algorithm>

#include "aws/partition.hpp"
#include "aws/place.hpp"
#include "core/ascii.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

bool is_id_char(char c) {
  return ascii::is_alphanumeric(c) || c == '-';
}

class arns {
 public:
  arns(const role_arn& role, const ecs_place& where)
      : prefix_("arn:" + role.partition + ":ecs:" + where.region + ":" + role.account + ":"),
        cluster_(ecs_name(where.cluster)) {}

  std::string cluster() const { return prefix_ + "cluster/" + cluster_; }
  std::string service(std::string_view name) const {
    return prefix_ + "service/" + cluster_ + "/" + std::string(ecs_name(name));
  }
  std::string tasks() const { return prefix_ + "task/" + cluster_ + "/*"; }
  /// Also in the form without the cluster, which older accounts have.
  bool is_task(std::string_view arn) const {
    if (!arn.starts_with(prefix_ + "task/")) return false;
    auto id = arn.substr(prefix_.size() + 5);
    if (id.starts_with(cluster_ + "/")) id.remove_prefix(cluster_.size() + 1);
    return !id.empty() && std::all_of(id.begin(), id.end(), is_id_char);
  }
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
  return text.size() == 12 && ascii::all_are(text, ascii::is_digit);
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
  const bool good = parts[0] == "arn" && find_partition(parts[1]) != nullptr && parts[2] == "iam" && parts[3].empty() &&
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
  json statements = json::array({in_cluster(statement({"ecs:RunTask"}, of.definition(task_definition)), of)});
  if (!passed_roles.empty()) {
    json pass = statement({"iam:PassRole"}, passed_roles);
    pass["Condition"] = {{"StringEquals", {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}}};
    statements.push_back(std::move(pass));
  }
  return document(std::move(statements));
}

std::string watch_session_policy(const role_arn& role, const ecs_place& where) {
  return document(json::array({statement({"ecs:DescribeTasks"}, arns(role, where).tasks())}));
}

std::string looks_session_policy(const role_arn& role, const ecs_place& where) {
  const arns of(role, where);
  return document(json::array({
      statement({"ecs:DescribeServices"}, of.service("*")),
      statement({"ecs:DescribeTasks"}, of.tasks()),
      in_cluster(statement({"ecs:ListTasks"}, "*"), of),
  }));
}

result<std::string> stop_session_policy(const role_arn& role, const ecs_place& where, std::string_view task_arn) {
  if (!arns(role, where).is_task(task_arn)) {
    return failure(reason::aws_response_invalid, "not the ARN of a task in this cluster: " + std::string(task_arn));
  }
  return document(json::array({statement({"ecs:StopTask"}, std::string(task_arn))}));
}

namespace {

json invoke_function(const std::string& arn) {
  json by_url = statement({"lambda:InvokeFunction"}, arn);
  by_url["Condition"] = {{"Bool", {{"lambda:InvokedViaFunctionUrl", "true"}}}};
  return json::array({statement({"lambda:InvokeFunctionUrl"}, arn), std::move(by_url)});
}

// arn:…:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>: what is left out is any.
std::string api_of(const invoked& what, const std::string& any_api) {
  if (!what.resource.empty()) {
    const bool whole_api = what.resource.find('/') == std::string_view::npos;
    return std::string(what.resource) + (whole_api ? "/*" : "");
  }
  const auto label = what.host.find(".execute-api.");
  return any_api + (label == std::string_view::npos ? "*" : std::string(what.host.substr(0, label)) + "/*");
}

}  // namespace

std::string invoke_session_policy(const role_arn& role, const invoked& what) {
  const auto arn = [&](std::string_view prefix) {
    return "arn:" + role.partition + ":" + std::string(prefix) + ":" + std::string(what.region) + ":" + role.account +
           ":";
  };
  const std::string given(what.resource);
  if (what.service == "lambda") return document(invoke_function(given.empty() ? arn("lambda") + "function:*" : given));
  if (what.service == "vpc-lattice-svcs") {
    const auto service = given.empty() ? arn("vpc-lattice") + "service" : given;
    return document(json::array({statement({"vpc-lattice-svcs:Invoke"}, service + "/*")}));
  }
  const std::string service(what.service);
  return document(json::array({statement({service + ":Invoke"}, api_of(what, arn(service)))}));
}

}  // namespace sallyport::aws
