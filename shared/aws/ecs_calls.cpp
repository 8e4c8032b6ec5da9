// Building: one function an action.
#include "aws/ecs.hpp"
#include "aws/partition.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

call action(const ecs_place& where, std::string_view name, json&& body) {
  body["cluster"] = where.cluster;
  call out;
  out.host = ecs_endpoint(where.region);
  out.fields = {{"Content-Type", "application/x-amz-json-1.1"},
                {"X-Amz-Target", "AmazonEC2ContainerServiceV20141113." + std::string(name)}};
  out.body = encoding::canonical_json(body);
  return out;
}

json network_of(const run_task& request) {
  return {{"awsvpcConfiguration",
           {{"subnets", request.subnets},
            {"securityGroups", request.security_groups},
            {"assignPublicIp", request.assign_public_ip ? "ENABLED" : "DISABLED"}}}};
}

json overrides_of(const run_task& request) {
  json environment = json::array();
  for (const auto& [name, value] : request.environment) {
    environment.push_back(json::object({{"name", name}, {"value", value}}));
  }
  json override = json::object({{"name", request.container}, {"environment", std::move(environment)}});
  return json::object({{"containerOverrides", json::array({std::move(override)})}});
}

}  // namespace

std::string ecs_endpoint(std::string_view region) {
  return endpoint_of("ecs", region);
}

call build_run_task(const run_task& request) {
  json body = {{"taskDefinition", request.task_definition},
               {"count", 1},
               {"clientToken", request.client_token},
               {"startedBy", request.started_by}};
  if (!request.subnets.empty()) {
    body["launchType"] = "FARGATE";
    body["networkConfiguration"] = network_of(request);
  }
  if (!request.environment.empty()) body["overrides"] = overrides_of(request);
  return action(request.where, "RunTask", std::move(body));
}

call build_describe_tasks(const ecs_place& where, const std::vector<std::string>& task_arns) {
  return action(where, "DescribeTasks", {{"tasks", task_arns}});
}

call build_list_tasks(const ecs_place& where, std::string_view service, std::string_view next_token) {
  json body = {{"desiredStatus", "RUNNING"}};
  if (!service.empty()) body["serviceName"] = service;
  if (!next_token.empty()) body["nextToken"] = next_token;
  return action(where, "ListTasks", std::move(body));
}

call build_list_stopped_tasks(const ecs_place& where, std::string_view service) {
  return action(where, "ListTasks", {{"serviceName", service}, {"desiredStatus", "STOPPED"}});
}

call build_stop_task(const ecs_place& where, std::string_view task_arn, std::string_view why) {
  return action(where, "StopTask", {{"task", task_arn}, {"reason", why}});
}

call build_update_service(const ecs_place& where, std::string_view service, std::uint32_t desired_count) {
  return action(where, "UpdateService", {{"service", service}, {"desiredCount", desired_count}});
}

call build_describe_services(const ecs_place& where, const std::vector<std::string>& services) {
  return action(where, "DescribeServices", {{"services", services}});
}

}  // namespace sallyport::aws
