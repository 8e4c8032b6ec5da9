#include "jobs/calls.hpp"

#include <utility>

#include "core/ascii.hpp"
#include "jobs/json.hpp"

namespace sallyport::jobs {
namespace {

using encoding::json;

/// The object has a pace of its own; only a stop, for which a caller waits, is repeated at once.
constexpr int no_retries = 0, few_retries = 2;

json who(const run& of, json caller, json purpose) {
  purpose["cluster"] = of.place.where.cluster;
  return {{"region", of.place.where.region},
          {"role", of.place.role},
          {"target", of.job},
          {"purpose", std::move(purpose)},
          {"caller", std::move(caller)}};
}

json with_route(const caller& from) {
  json out = to_json(from);
  out["route"] = from.route;
  return out;
}

/// Looks and timeouts are nobody's wish but the policy's.
json ourselves(const std::string& job) {
  return with_route({"sallyport", "sallyport", "sallyport:" + job, std::nullopt, "service", ""});
}

/// At most 128 characters of [a-zA-Z0-9_-/].
std::string started_by(std::string_view request_id) {
  std::string out(request_id.substr(0, 128));
  for (char& c : out) {
    if (!ascii::is_word(c) && c != '/' && c != '-') c = '-';
  }
  return out;
}

}  // namespace

json run_task_call(const run& of) {
  const auto& place = of.place;
  json parameters = {{"task_definition", place.task_definition},  {"container", place.container},
                     {"environment", pairs_json(of.environment)}, {"client_token", of.client_token},
                     {"started_by", started_by(of.request_id)},   {"subnets", place.subnets},
                     {"security_groups", place.security_groups},  {"assign_public_ip", place.assign_public_ip}};
  json purpose = {{"task_definition", place.task_definition}, {"passed_roles", place.passed_roles}};
  return {{"action", "RunTask"},
          {"parameters", std::move(parameters)},
          {"who", who(of, with_route(of.from), std::move(purpose))},
          {"retries", no_retries}};
}

json stop_task_call(const run& of) {
  const bool late = of.stop->why == stop_cause::timeout;
  const std::string why = late ? "over the timeout of its job" : "stopped by its caller";
  return {{"action", "StopTask"},
          {"parameters", {{"task", of.task_arn}, {"why", "sallyport: " + why}}},
          {"who", who(of, late ? ourselves(of.job) : with_route(of.stop->by), {{"stop", of.task_arn}})},
          {"retries", few_retries}};
}

json describe_tasks_call(const std::vector<run>& runs) {
  json tasks = json::array();
  for (const auto& each : runs) tasks.push_back(each.task_arn);
  const run& first = runs.front();
  return {{"action", "DescribeTasks"},
          {"parameters", {{"tasks", std::move(tasks)}}},
          {"who", who(first, ourselves(first.job), {{"watch", "tasks"}})},
          {"retries", no_retries}};
}

}  // namespace sallyport::jobs
