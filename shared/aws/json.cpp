#include "aws/json.hpp"

#include <algorithm>
#include <utility>

#include "encoding/json_members.hpp"

namespace sallyport::aws {
namespace {

using encoding::count_member;
using encoding::enumerator_member;
using encoding::find_member;
using encoding::json;
using encoding::list_member;
using encoding::number_member;
using encoding::text_member;
using encoding::truth_member;

template <class E>
std::int64_t as_number(E value) {
  return static_cast<std::int64_t>(value);
}

std::optional<error_kind> kind_named(std::string_view name) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(error_kind::session_too_large); ++i) {
    if (name_of(static_cast<error_kind>(i)) == name) return static_cast<error_kind>(i);
  }
  return std::nullopt;
}

}  // namespace

json to_json(const container& from) {
  json out = {{"name", from.name}, {"why", from.why}};
  if (from.exit_code) out["exit_code"] = *from.exit_code;
  return out;
}

json to_json(const task& from) {
  json containers = json::array();
  for (const auto& each : from.containers) containers.push_back(to_json(each));
  return {{"arn", from.arn},
          {"version", from.version},
          {"status", as_number(from.status)},
          {"health", as_number(from.health)},
          {"wanted", from.wanted},
          {"created_at", from.created_at},
          {"started_at", from.started_at},
          {"stopped_at", from.stopped_at},
          {"private_ipv4", from.private_ipv4},
          {"started_by", from.started_by},
          {"group", from.group},
          {"stop_code", from.stop_code},
          {"stopped_why", from.stopped_why},
          {"pull_started", from.image_pull_started},
          {"pull_finished", from.image_pull_finished},
          {"containers", std::move(containers)}};
}

json to_json(const service_error& error) {
  return {{"kind_name", name_of(error.kind)},
          {"reason", name_of(reason_of(error.kind))},
          {"code", error.code},
          {"message", error.message},
          {"request_id", error.request_id},
          {"http_status", error.http_status},
          {"retryable", is_retryable(error.kind)}};
}

json to_json(const tasks_answer& from) {
  json tasks = json::array();
  for (const auto& each : from.tasks) tasks.push_back(to_json(each));
  json failures = json::array();
  for (const auto& each : from.failures) {
    const error_kind kind = kind_of_failure(each);
    failures.push_back(json::object({{"arn", each.arn},
                                     {"why", each.why},
                                     {"detail", each.detail},
                                     {"kind_name", name_of(kind)},
                                     {"reason", name_of(reason_of(kind))}}));
  }
  return {{"tasks", std::move(tasks)}, {"failures", std::move(failures)}};
}

json to_json(const service_answer& from) {
  return {{"status", from.status},   {"desired", from.desired},           {"running", from.running},
          {"pending", from.pending}, {"newest_event", from.newest_event}, {"newest_event_at", from.newest_event_at}};
}

service_answer service_answer_from(const json& from) {
  return {std::string(text_member(from, "status")),
          count_member(from, "desired"),
          count_member(from, "running"),
          count_member(from, "pending"),
          std::string(text_member(from, "newest_event")),
          number_member(from, "newest_event_at")};
}

task task_from(const json& from) {
  task out;
  out.arn = text_member(from, "arn");
  out.version = std::max<std::int64_t>(number_member(from, "version"), 0);
  out.status = enumerator_member(from, "status", task_status::stopped).value_or(task_status::provisioning);
  out.health = enumerator_member(from, "health", health_status::unhealthy).value_or(health_status::unknown);
  out.wanted = truth_member(from, "wanted");
  out.created_at = number_member(from, "created_at");
  out.started_at = number_member(from, "started_at");
  out.stopped_at = number_member(from, "stopped_at");
  out.private_ipv4 = text_member(from, "private_ipv4");
  out.started_by = text_member(from, "started_by");
  out.group = text_member(from, "group");
  out.stop_code = text_member(from, "stop_code");
  out.stopped_why = text_member(from, "stopped_why");
  out.image_pull_started = truth_member(from, "pull_started");
  out.image_pull_finished = truth_member(from, "pull_finished");
  for (const auto& each : list_member(from, "containers")) {
    container one{std::string(text_member(each, "name")), std::nullopt, std::string(text_member(each, "why"))};
    if (find_member(each, "exit_code") != nullptr) one.exit_code = number_member(each, "exit_code");
    out.containers.push_back(std::move(one));
  }
  return out;
}

service_error service_error_from(const json& from) {
  service_error out;
  const auto by_number = enumerator_member(from, "kind", error_kind::unreadable).value_or(error_kind::unreadable);
  out.kind = kind_named(text_member(from, "kind_name")).value_or(by_number);
  out.code = text_member(from, "code");
  out.message = text_member(from, "message");
  out.request_id = text_member(from, "request_id");
  out.http_status = static_cast<std::uint16_t>(number_member(from, "http_status") & 0xFFFF);
  return out;
}

tasks_answer tasks_answer_from(const json& from) {
  tasks_answer out;
  for (const auto& each : list_member(from, "tasks")) out.tasks.push_back(task_from(each));
  for (const auto& each : list_member(from, "failures"))
    out.failures.push_back({std::string(text_member(each, "arn")), std::string(text_member(each, "why")),
                            std::string(text_member(each, "detail"))});
  return out;
}

}  // namespace sallyport::aws
