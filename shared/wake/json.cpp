#include "wake/json.hpp"

#include "aws/json.hpp"
#include "core/reason.hpp"
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
using encoding::texts_member;
using encoding::truth_member;

/// Raised when a member changes its meaning: an older state is then not read.
constexpr std::int64_t state_version = 1;

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

looked looked_from(const json& from) {
  looked out;
  const json* service = find_member(from, "service");
  if (service != nullptr && service->is_object()) {
    out.service = service_answer{std::string(text_member(*service, "status")), count_member(*service, "desired"),
                                 count_member(*service, "running"), count_member(*service, "pending"),
                                 std::string(text_member(*service, "newest_event"))};
  }
  for (const auto& each : list_member(from, "tasks")) out.tasks.push_back(task_from(each));
  return out;
}

void read_lists(const json& from, wake_state& out) {
  out.known_tasks = texts_member(from, "known_tasks");
  for (const auto& each : list_member(from, "endpoints")) {
    const auto port = static_cast<std::uint16_t>(number_member(each, "port") & 0xFFFF);
    out.endpoints.push_back(
        {std::string(text_member(each, "task_arn")), std::string(text_member(each, "address")), port});
  }
  for (const auto& each : list_member(from, "starts"))
    out.starts.push_back({std::string(text_member(each, "caller")), number_member(each, "at")});
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

std::string_view name_of(wake_answer answer) {
  switch (answer) {
    case wake_answer::none: return "none";
    case wake_answer::join: return "join";
    case wake_answer::ready: return "ready";
    case wake_answer::failed: return "failed";
    case wake_answer::refused: return "refused";
  }
  __builtin_trap();
}

std::string_view name_of(wake_call call) {
  switch (call) {
    case wake_call::none: return "none";
    case wake_call::look: return "look";
    case wake_call::update: return "update";
  }
  __builtin_trap();
}

json to_json(const endpoint& from) {
  return {{"task_arn", from.task_arn}, {"address", from.address}, {"port", from.port}};
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

json to_json(const wake_outcome& outcome) {
  const auto& effects = outcome.effects;
  json out = {{"answer", name_of(effects.answer)},
              {"send", name_of(effects.send)},
              {"desired", effects.desired},
              {"watching", effects.watching}};
  if (effects.known_tasks_only) out["tasks"] = outcome.state.known_tasks;
  return out;
}

std::optional<wake_state> wake_state_from(const json& from) {
  const auto phase = enumerator_member(from, "phase", wake_phase::failed);
  const auto step = enumerator_member(from, "step", start_step::watching);
  const auto in_flight = enumerator_member(from, "in_flight", wake_call::update);
  if (number_member(from, "version") != state_version || !phase || !step || !in_flight) return std::nullopt;
  wake_state out;
  out.phase = *phase;
  out.step = *step;
  out.ours = truth_member(from, "ours");
  out.phase_since = number_member(from, "phase_since");
  out.last_request = number_member(from, "last_request");
  out.last_seen = number_member(from, "last_seen");
  out.alarm = number_member(from, "alarm");
  out.in_flight = *in_flight;
  out.in_flight_until = number_member(from, "in_flight_until");
  out.wanted = count_member(from, "wanted");
  out.polls = count_member(from, "polls");
  out.usual_start = number_member(from, "usual_start");
  out.refusals = count_member(from, "refusals");
  out.failed_starts = count_member(from, "failed_starts");
  out.pressure = std::min(count_member(from, "pressure"), most_pressure);
  out.retry_at = number_member(from, "retry_at");
  out.why = reason_from(number_member(from, "why"));
  out.detail = text_member(from, "detail");
  out.progress = text_member(from, "progress");
  read_lists(from, out);
  return out;
}

std::optional<wake_event> wake_event_from(const json& from) {
  const auto kind = text_member(from, "kind");
  if (kind == "request") return allowed_request{std::string(text_member(from, "caller"))};
  if (kind == "looked") return looked_from(from);
  if (kind == "updated") return updated{};
  if (kind == "alarm") return alarm_rang{};
  if (kind == "restarted") return restarted{};
  if (kind == "endpoint_lost") return endpoint_lost{std::string(text_member(from, "task_arn"))};
  const json* error = find_member(from, "error");
  if (kind == "refused" && error != nullptr) return call_refused{service_error_from(*error)};
  return std::nullopt;
}

wake_settings wake_settings_from(const json& from) {
  wake_settings out;
  out.min = count_member(from, "min", out.min);
  out.port = static_cast<std::uint16_t>(count_member(from, "port", out.port) & 0xFFFF);
  out.idle_stop = number_member(from, "idle_stop", out.idle_stop);
  out.start_timeout = number_member(from, "start_timeout", out.start_timeout);
  out.poll_first = number_member(from, "poll_first", out.poll_first);
  out.poll_then = number_member(from, "poll_then", out.poll_then);
  out.expected_start = number_member(from, "expected_start", out.expected_start);
  out.poll_most = number_member(from, "poll_most", out.poll_most);
  out.refresh = number_member(from, "refresh", out.refresh);
  out.refresh_incomplete = number_member(from, "refresh_incomplete", out.refresh_incomplete);
  out.call_timeout = number_member(from, "call_timeout", out.call_timeout);
  out.pause_first = number_member(from, "pause_first", out.pause_first);
  out.pause_most = number_member(from, "pause_most", out.pause_most);
  out.retry_first = number_member(from, "retry_first", out.retry_first);
  out.starts_per_caller = count_member(from, "starts_per_caller", out.starts_per_caller);
  out.starts_per_service = count_member(from, "starts_per_service", out.starts_per_service);
  out.budget_window = number_member(from, "budget_window", out.budget_window);
  return out;
}

}  // namespace sallyport::aws
