#include "aws/json.hpp"

#include <utility>

namespace sallyport::aws {
namespace {

using encoding::find_member;
using encoding::json;

std::string text(const json& from, std::string_view name) {
  return std::string(encoding::string_member(from, name).value_or(""));
}

std::int64_t number(const json& from, std::string_view name, std::int64_t otherwise = 0) {
  return encoding::integer_member(from, name).value_or(otherwise);
}

bool truth(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

template <class E>
std::optional<E> enumerator(const json& from, std::string_view name, E last) {
  const auto value = number(from, name, -1);
  if (value < 0 || value > static_cast<std::int64_t>(last)) return std::nullopt;
  return static_cast<E>(value);
}

template <class E>
std::int64_t as_number(E value) {
  return static_cast<std::int64_t>(value);
}

const json* array(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  return member != nullptr && member->is_array() ? member : nullptr;
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
          {"status", as_number(from.status)},
          {"health", as_number(from.health)},
          {"wanted", from.wanted},
          {"created_at", from.created_at},
          {"started_at", from.started_at},
          {"stopped_at", from.stopped_at},
          {"private_ipv4", from.private_ipv4},
          {"started_by", from.started_by},
          {"stop_code", from.stop_code},
          {"stopped_why", from.stopped_why},
          {"pull_started", from.image_pull_started},
          {"pull_finished", from.image_pull_finished},
          {"containers", std::move(containers)}};
}

json to_json(const service_error& error) {
  return {{"kind", as_number(error.kind)},
          {"kind_name", name_of(error.kind)},
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
  return {{"status", from.status},
          {"desired", from.desired},
          {"running", from.running},
          {"pending", from.pending},
          {"newest_event", from.newest_event}};
}

task task_from(const json& from) {
  task out;
  out.arn = text(from, "arn");
  out.status = enumerator(from, "status", task_status::stopped).value_or(task_status::provisioning);
  out.health = enumerator(from, "health", health_status::unhealthy).value_or(health_status::unknown);
  out.wanted = truth(from, "wanted");
  out.created_at = number(from, "created_at");
  out.started_at = number(from, "started_at");
  out.stopped_at = number(from, "stopped_at");
  out.private_ipv4 = text(from, "private_ipv4");
  out.started_by = text(from, "started_by");
  out.stop_code = text(from, "stop_code");
  out.stopped_why = text(from, "stopped_why");
  out.image_pull_started = truth(from, "pull_started");
  out.image_pull_finished = truth(from, "pull_finished");
  if (const json* containers = array(from, "containers")) {
    for (const auto& each : *containers) {
      container one{text(each, "name"), std::nullopt, text(each, "why")};
      if (find_member(each, "exit_code") != nullptr) one.exit_code = number(each, "exit_code");
      out.containers.push_back(std::move(one));
    }
  }
  return out;
}

service_error service_error_from(const json& from) {
  service_error out;
  out.kind = enumerator(from, "kind", error_kind::unreadable).value_or(error_kind::unreadable);
  out.code = text(from, "code");
  out.message = text(from, "message");
  out.request_id = text(from, "request_id");
  out.http_status = static_cast<std::uint16_t>(number(from, "http_status") & 0xFFFF);
  return out;
}

tasks_answer tasks_answer_from(const json& from) {
  tasks_answer out;
  if (const json* tasks = array(from, "tasks")) {
    for (const auto& each : *tasks) out.tasks.push_back(task_from(each));
  }
  if (const json* failures = array(from, "failures")) {
    for (const auto& each : *failures)
      out.failures.push_back({text(each, "arn"), text(each, "why"), text(each, "detail")});
  }
  return out;
}

}  // namespace sallyport::aws
