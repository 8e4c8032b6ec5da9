// Reading: untrusted JSON becomes typed values once, or is refused.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "aws/ecs.hpp"
#include "core/calendar.hpp"
#include "core/ipv4.hpp"
#include "encoding/json.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::aws {
namespace {

using encoding::find_member;
using encoding::json;

constexpr encoding::json_limits answer_limits{std::size_t{1} << 20, 24};
constexpr std::size_t max_tasks = 100;
constexpr std::size_t max_services = 10;

constexpr std::array<std::pair<std::string_view, task_status>, 7> statuses = {{
    {"PROVISIONING", task_status::provisioning},
    {"PENDING", task_status::pending},
    {"ACTIVATING", task_status::activating},
    {"RUNNING", task_status::running},
    {"DEACTIVATING", task_status::deactivating},
    {"STOPPING", task_status::stopping},
    {"STOPPED", task_status::stopped},
}};

std::string text_of(const json& from, std::string_view name) {
  return printable(encoding::text_member(from, name), 1024);
}

using list = std::span<const json>;

/// The elements of the member; an absent or null one is empty, one of another type is nothing.
std::optional<list> list_of(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  if (member == nullptr || member->is_null()) return list();
  if (!member->is_array()) return std::nullopt;
  return list(*member->get_ptr<const json::array_t*>());
}

/// DEPROVISIONING is on its way down like DEACTIVATING; a status that is not known is unreadable.
std::optional<task_status> status_of(std::string_view text) {
  if (text == "DEPROVISIONING") return task_status::deactivating;
  for (const auto& [name, status] : statuses) {
    if (name == text) return status;
  }
  return std::nullopt;
}

health_status health_of(std::string_view text) {
  if (text == "HEALTHY") return health_status::healthy;
  return text == "UNHEALTHY" ? health_status::unhealthy : health_status::unknown;
}

/// An interface that is gone, or on its way: its address may be another task's by now.
bool is_gone(std::string_view attachment_status) {
  constexpr std::array<std::string_view, 4> gone = {"DETACHING", "DETACHED", "DELETED", "FAILED"};
  return std::find(gone.begin(), gone.end(), attachment_status) != gone.end();
}

/// Requests go to it.
std::string address_of(const json& from) {
  const auto attachments = list_of(from, "attachments");
  if (!attachments) return {};
  for (const auto& attachment : *attachments) {
    if (text_of(attachment, "type") != "ElasticNetworkInterface" || is_gone(text_of(attachment, "status"))) continue;
    const auto details = list_of(attachment, "details");
    if (!details) continue;
    for (const auto& detail : *details) {
      const std::string value = text_of(detail, "value");
      if (text_of(detail, "name") == "privateIPv4Address" && parse_ipv4(value)) return value;
    }
  }
  return {};
}

std::optional<container> container_of(const json& from) {
  if (!from.is_object()) return std::nullopt;
  container out{text_of(from, "name"), std::nullopt, text_of(from, "reason")};
  const json* code = find_member(from, "exitCode");
  if (code != nullptr && !code->is_null()) {
    out.exit_code = encoding::safe_integer(*code);
    if (!out.exit_code) return std::nullopt;
  }
  return out;
}

bool read_containers(const json& from, task& out) {
  const auto containers = list_of(from, "containers");
  if (!containers || containers->size() > max_tasks) return false;
  for (const auto& each : *containers) {
    auto one = container_of(each);
    if (!one) return false;
    out.containers.push_back(std::move(*one));
  }
  return true;
}

/// awsJson1.1 writes a time as seconds with a fraction.
unix_milliseconds milliseconds_of(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  if (member == nullptr || !member->is_number()) return 0;
  const double seconds = member->get<double>();
  return seconds > 0 && seconds < static_cast<double>(year_10000) ? static_cast<unix_milliseconds>(seconds * 1000) : 0;
}

std::optional<task> task_of(const json& from) {
  if (!from.is_object()) return std::nullopt;
  const auto status = status_of(text_of(from, "lastStatus"));
  task out;
  out.arn = text_of(from, "taskArn");
  if (!status || out.arn.empty() || !read_containers(from, out)) return std::nullopt;
  out.status = *status;
  out.version = std::max<std::int64_t>(encoding::integer_member(from, "version").value_or(0), 0);
  out.health = health_of(text_of(from, "healthStatus"));
  out.wanted = text_of(from, "desiredStatus") != "STOPPED";
  out.created_at = milliseconds_of(from, "createdAt");
  out.started_at = milliseconds_of(from, "startedAt");
  out.stopped_at = milliseconds_of(from, "stoppedAt");
  out.private_ipv4 = address_of(from);
  out.started_by = text_of(from, "startedBy");
  out.group = text_of(from, "group");
  out.stop_code = text_of(from, "stopCode");
  out.stopped_why = text_of(from, "stoppedReason");
  out.image_pull_started = find_member(from, "pullStartedAt") != nullptr;
  out.image_pull_finished = find_member(from, "pullStoppedAt") != nullptr;
  return out;
}

service_error unreadable(const reply& from) {
  service_error out = read_json_error(from);
  out.kind = error_kind::unreadable;
  out.message = "the answer of ECS cannot be read";
  return out;
}

std::optional<json> body_of(const reply& from) {
  auto body = encoding::parse_json(from.body, answer_limits);
  if (!body.ok() || !body->is_object()) return std::nullopt;
  return std::move(body).value();
}

bool read_failures(const json& body, tasks_answer& out) {
  const auto failures = list_of(body, "failures");
  if (!failures || failures->size() > max_tasks) return false;
  for (const auto& each : *failures) {
    if (!each.is_object()) return false;
    out.failures.push_back({text_of(each, "arn"), text_of(each, "reason"), text_of(each, "detail")});
  }
  return true;
}

std::optional<std::uint32_t> count_of(const json& from, std::string_view name) {
  const auto value = encoding::integer_member(from, name);
  if (!value || *value < 0 || *value > 1'000'000) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<service_answer> service_of(const json& from) {
  const auto desired = count_of(from, "desiredCount");
  const auto running = count_of(from, "runningCount");
  const auto pending = count_of(from, "pendingCount");
  const auto events = list_of(from, "events");
  if (!desired || !running || !pending || !events) return std::nullopt;
  service_answer out{text_of(from, "status"), *desired, *running, *pending, "", 0};
  if (events->empty()) return out;
  out.newest_event = text_of(events->front(), "message");
  out.newest_event_at = milliseconds_of(events->front(), "createdAt");
  return out;
}

}  // namespace

answer<tasks_answer> read_tasks(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  if (!body) return unreadable(from);
  const auto tasks = list_of(*body, "tasks");
  tasks_answer out;
  if (!tasks || tasks->size() > max_tasks || !read_failures(*body, out)) return unreadable(from);
  for (const auto& each : *tasks) {
    auto one = task_of(each);
    if (!one) return unreadable(from);
    out.tasks.push_back(std::move(*one));
  }
  return out;
}

answer<task> read_stop_task(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  const json* stopped = body ? find_member(*body, "task") : nullptr;
  auto one = stopped != nullptr ? task_of(*stopped) : std::nullopt;
  if (!one) return unreadable(from);
  return std::move(*one);
}

answer<list_answer> read_list_tasks(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  const auto arns = body ? list_of(*body, "taskArns") : std::nullopt;
  if (!arns || arns->size() > max_tasks) return unreadable(from);
  list_answer out;
  for (const auto& arn : *arns) {
    if (!arn.is_string()) return unreadable(from);
    out.task_arns.push_back(printable(*arn.get_ptr<const std::string*>(), 1024));
  }
  out.next_token = std::string(encoding::text_member(*body, "nextToken"));
  return out;
}

answer<service_answer> read_update_service(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  const json* service = body ? find_member(*body, "service") : nullptr;
  auto out = service != nullptr ? service_of(*service) : std::nullopt;
  if (!out) return unreadable(from);
  return std::move(*out);
}

answer<service_answer> read_describe_services(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  const auto services = body ? list_of(*body, "services") : std::nullopt;
  if (!services || services->size() > 1) return unreadable(from);
  if (services->empty()) {
    service_error missing = read_json_error(from);
    missing.kind = error_kind::not_found;
    missing.code = "MISSING";
    missing.message = "no such service";
    return missing;
  }
  auto out = service_of(services->front());
  if (!out) return unreadable(from);
  return std::move(*out);
}

answer<std::vector<named_service>> read_describe_some_services(const reply& from) {
  if (from.status != 200) return read_json_error(from);
  const auto body = body_of(from);
  const auto services = body ? list_of(*body, "services") : std::nullopt;
  if (!services || services->size() > max_services) return unreadable(from);
  std::vector<named_service> out;
  for (const auto& each : *services) {
    auto one = service_of(each);
    if (!one) return unreadable(from);
    out.push_back({text_of(each, "serviceName"), std::move(*one)});
  }
  return out;
}

error_kind kind_of_failure(const failed_resource& failure) {
  if (failure.why.starts_with("RESOURCE") || failure.why == "AGENT") return error_kind::capacity;
  if (failure.why == "MISSING" || failure.why == "INACTIVE") return error_kind::not_found;
  return error_kind::transient;
}

}  // namespace sallyport::aws
