#include "wake/json.hpp"

#include <array>

#include "aws/json.hpp"
#include "core/reason.hpp"

namespace sallyport::aws {
namespace {

using encoding::find_member;
using encoding::json;

/// Raised when a member changes its meaning: an older state is then not read.
constexpr std::int64_t state_version = 1;

std::string text(const json& from, std::string_view name) {
  return std::string(encoding::string_member(from, name).value_or(""));
}

std::int64_t number(const json& from, std::string_view name, std::int64_t otherwise = 0) {
  return encoding::integer_member(from, name).value_or(otherwise);
}

std::uint32_t count(const json& from, std::string_view name, std::uint32_t otherwise = 0) {
  const auto value = number(from, name, otherwise);
  return value >= 0 && value <= 0xFFFFFFFF ? static_cast<std::uint32_t>(value) : otherwise;
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

reason reason_from(std::int64_t value) {
  for (const auto& row : all_reasons()) {
    if (as_number(row.code) == value) return row.code;
  }
  return reason::internal;
}

json to_json(const endpoint& from) {
  return {{"task_arn", from.task_arn}, {"address", from.address}, {"port", from.port}};
}

const json* array(const json& from, std::string_view name) {
  const json* member = find_member(from, name);
  return member != nullptr && member->is_array() ? member : nullptr;
}

looked looked_from(const json& from) {
  looked out;
  const json* service = find_member(from, "service");
  if (service != nullptr && service->is_object()) {
    out.service = service_answer{text(*service, "status"), count(*service, "desired"), count(*service, "running"),
                                 count(*service, "pending"), text(*service, "newest_event")};
  }
  if (const json* tasks = array(from, "tasks")) {
    for (const auto& each : *tasks) out.tasks.push_back(task_from(each));
  }
  return out;
}

void read_lists(const json& from, wake_state& out) {
  if (const json* tasks = array(from, "known_tasks")) {
    for (const auto& each : *tasks) {
      if (each.is_string()) out.known_tasks.push_back(each.get<std::string>());
    }
  }
  if (const json* endpoints = array(from, "endpoints")) {
    for (const auto& each : *endpoints) {
      const auto port = static_cast<std::uint16_t>(number(each, "port") & 0xFFFF);
      out.endpoints.push_back({text(each, "task_arn"), text(each, "address"), port});
    }
  }
  if (const json* starts = array(from, "starts")) {
    for (const auto& each : *starts) out.starts.push_back({text(each, "caller"), number(each, "at")});
  }
}

}  // namespace

std::string_view name_of(wake_phase phase) {
  switch (phase) {
    case wake_phase::asleep: return "asleep";
    case wake_phase::starting: return "starting";
    case wake_phase::healthy: return "healthy";
    case wake_phase::draining: return "draining";
    case wake_phase::failed: return "failed";
  }
  __builtin_trap();
}

json to_json(const wake_state& state) {
  json endpoints = json::array();
  for (const auto& each : state.endpoints) endpoints.push_back(to_json(each));
  json starts = json::array();
  for (const auto& each : state.starts) starts.push_back(json::object({{"caller", each.caller}, {"at", each.at}}));
  return {{"version", state_version},
          {"phase", as_number(state.phase)},
          {"phase_name", name_of(state.phase)},
          {"step", as_number(state.step)},
          {"ours", state.ours},
          {"phase_since", state.phase_since},
          {"last_request", state.last_request},
          {"last_seen", state.last_seen},
          {"alarm", state.alarm},
          {"in_flight", as_number(state.in_flight)},
          {"in_flight_until", state.in_flight_until},
          {"wanted", state.wanted},
          {"polls", state.polls},
          {"usual_start", state.usual_start},
          {"known_tasks", state.known_tasks},
          {"refusals", state.refusals},
          {"failed_starts", state.failed_starts},
          {"pressure", state.pressure},
          {"retry_at", state.retry_at},
          {"why", as_number(state.why)},
          {"detail", state.detail},
          {"progress", state.progress},
          {"endpoints", std::move(endpoints)},
          {"starts", std::move(starts)}};
}

json to_json(const wake_effects& effects) {
  constexpr std::array<std::string_view, 5> answers = {"none", "join", "ready", "failed", "refused"};
  constexpr std::array<std::string_view, 3> calls = {"none", "look", "update"};
  return {{"answer", answers[static_cast<std::size_t>(effects.answer)]},
          {"send", calls[static_cast<std::size_t>(effects.send)]},
          {"desired", effects.desired},
          {"known_tasks_only", effects.known_tasks_only}};
}

std::optional<wake_state> wake_state_from(const json& from) {
  const auto phase = enumerator(from, "phase", wake_phase::failed);
  const auto step = enumerator(from, "step", start_step::watching);
  const auto in_flight = enumerator(from, "in_flight", wake_call::update);
  if (number(from, "version") != state_version || !phase || !step || !in_flight) return std::nullopt;
  wake_state out;
  out.phase = *phase;
  out.step = *step;
  out.ours = truth(from, "ours");
  out.phase_since = number(from, "phase_since");
  out.last_request = number(from, "last_request");
  out.last_seen = number(from, "last_seen");
  out.alarm = number(from, "alarm");
  out.in_flight = *in_flight;
  out.in_flight_until = number(from, "in_flight_until");
  out.wanted = count(from, "wanted");
  out.polls = count(from, "polls");
  out.usual_start = number(from, "usual_start");
  out.refusals = count(from, "refusals");
  out.failed_starts = count(from, "failed_starts");
  out.pressure = std::min(count(from, "pressure"), most_pressure);
  out.retry_at = number(from, "retry_at");
  out.why = reason_from(number(from, "why"));
  out.detail = text(from, "detail");
  out.progress = text(from, "progress");
  read_lists(from, out);
  return out;
}

std::optional<wake_event> wake_event_from(const json& from) {
  const std::string kind = text(from, "kind");
  if (kind == "request") return allowed_request{text(from, "caller")};
  if (kind == "looked") return looked_from(from);
  if (kind == "updated") return updated{};
  if (kind == "alarm") return alarm_rang{};
  if (kind == "endpoint_lost") return endpoint_lost{text(from, "task_arn")};
  const json* error = find_member(from, "error");
  if (kind == "refused" && error != nullptr) return call_refused{service_error_from(*error)};
  return std::nullopt;
}

wake_settings wake_settings_from(const json& from) {
  wake_settings out;
  out.min = count(from, "min", out.min);
  out.port = static_cast<std::uint16_t>(count(from, "port", out.port) & 0xFFFF);
  out.idle_stop = number(from, "idle_stop", out.idle_stop);
  out.start_timeout = number(from, "start_timeout", out.start_timeout);
  out.poll_first = number(from, "poll_first", out.poll_first);
  out.poll_then = number(from, "poll_then", out.poll_then);
  out.expected_start = number(from, "expected_start", out.expected_start);
  out.poll_most = number(from, "poll_most", out.poll_most);
  out.refresh = number(from, "refresh", out.refresh);
  out.refresh_incomplete = number(from, "refresh_incomplete", out.refresh_incomplete);
  out.call_timeout = number(from, "call_timeout", out.call_timeout);
  out.pause_first = number(from, "pause_first", out.pause_first);
  out.pause_most = number(from, "pause_most", out.pause_most);
  out.retry_first = number(from, "retry_first", out.retry_first);
  out.starts_per_caller = count(from, "starts_per_caller", out.starts_per_caller);
  out.starts_per_service = count(from, "starts_per_service", out.starts_per_service);
  out.budget_window = number(from, "budget_window", out.budget_window);
  return out;
}

}  // namespace sallyport::aws
