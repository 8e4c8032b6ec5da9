#include "wake/json.hpp"

#include <algorithm>

#include "aws/json.hpp"
#include "core/reason.hpp"
#include "encoding/json_members.hpp"
#include "wake/budget.hpp"
#include "wake/queueing_json.hpp"

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
    out.service = service_answer_from(*service);
  }
  for (const auto& each : list_member(from, "tasks")) out.tasks.push_back(task_from(each));
  return out;
}

json to_json(const task_fact& from) {
  return {{"arn", from.arn},
          {"version", from.version},
          {"status", as_number(from.status)},
          {"health", as_number(from.health)},
          {"wanted", from.wanted},
          {"address", from.address},
          {"created_at", from.created_at},
          {"pull_started", from.pull_started},
          {"pull_finished", from.pull_finished},
          {"asked_at", from.asked_at},
          {"first_seen", from.first_seen},
          {"missing_since", from.missing_since},
          {"lost_at", from.lost_at},
          {"unready_at", from.unready_at},
          {"probed", from.probed},
          {"by_health", from.by_health},
          {"served", from.served},
          {"end_counted", from.end_counted}};
}

task_fact fact_from(const json& from) {
  task_fact out;
  out.arn = text_member(from, "arn");
  out.version = std::max<std::int64_t>(number_member(from, "version"), 0);
  out.status = enumerator_member(from, "status", task_status::stopped).value_or(task_status::provisioning);
  out.health = enumerator_member(from, "health", health_status::unhealthy).value_or(health_status::unknown);
  out.wanted = truth_member(from, "wanted");
  out.address = text_member(from, "address");
  out.created_at = number_member(from, "created_at");
  out.pull_started = truth_member(from, "pull_started");
  out.pull_finished = truth_member(from, "pull_finished");
  out.asked_at = number_member(from, "asked_at");
  out.first_seen = number_member(from, "first_seen");
  out.missing_since = number_member(from, "missing_since");
  out.lost_at = number_member(from, "lost_at");
  out.unready_at = number_member(from, "unready_at");
  out.served = truth_member(from, "served");
  // A version that asked no agents sent requests where ECS called a task healthy: it goes on serving.
  out.probed = find_member(from, "probed") == nullptr ? out.served : truth_member(from, "probed");
  out.by_health = truth_member(from, "by_health");
  out.end_counted = truth_member(from, "end_counted");
  return out;
}

json to_json(const asked_task& from) {
  return {{"arn", from.arn},
          {"since", from.since},
          {"policy_since", from.policy_since},
          {"bad_at", from.bad_at},
          {"changes", from.changes},
          {"held_until", from.held_until},
          {"policy_noted", from.policy_noted}};
}

std::vector<unix_milliseconds> times_member(const json& from, std::string_view name) {
  std::vector<unix_milliseconds> out;
  for (const auto& each : list_member(from, name)) out.push_back(encoding::safe_integer(each).value_or(0));
  return out;
}

asked_task asked_task_from(const json& from) {
  asked_task out;
  out.arn = text_member(from, "arn");
  out.since = number_member(from, "since");
  out.policy_since = number_member(from, "policy_since");
  out.bad_at = number_member(from, "bad_at");
  out.changes = times_member(from, "changes");
  out.held_until = number_member(from, "held_until");
  out.policy_noted = truth_member(from, "policy_noted");
  return out;
}

json to_json(const probing& from) {
  json sent = json::array();
  for (const auto& each : from.sent) {
    sent.push_back(json::object(
        {{"number", each.number}, {"task_arn", each.task_arn}, {"sent_at", each.sent_at}, {"until", each.until}}));
  }
  json tasks = json::array();
  for (const auto& each : from.tasks) tasks.push_back(to_json(each));
  return {{"at", from.at},
          {"since", from.since},
          {"heard_at", from.heard_at},
          {"next_number", from.next_number},
          {"throws", from.throws},
          {"thrown_since", from.thrown_since},
          {"unprobeable_until", from.unprobeable_until},
          {"sent", std::move(sent)},
          {"tasks", std::move(tasks)},
          {"quiet", from.quiet},
          {"last", from.last}};
}

probing probing_from(const json& from) {
  probing out;
  out.at = number_member(from, "at");
  out.since = number_member(from, "since");
  out.heard_at = number_member(from, "heard_at");
  out.next_number = count_member(from, "next_number");
  out.throws = count_member(from, "throws");
  out.thrown_since = number_member(from, "thrown_since");
  out.unprobeable_until = number_member(from, "unprobeable_until");
  for (const auto& each : list_member(from, "sent")) {
    out.sent.push_back({count_member(each, "number"), std::string(text_member(each, "task_arn")),
                        number_member(each, "sent_at"), number_member(each, "until")});
  }
  for (const auto& each : list_member(from, "tasks")) out.tasks.push_back(asked_task_from(each));
  out.quiet = texts_member(from, "quiet");
  out.last = text_member(from, "last");
  return out;
}

/// What a version without facts knew of its tasks.
void facts_of_lists(wake_state& out) {
  const auto add = [&](const std::string& arn) -> task_fact& {
    if (task_fact* known = find_fact(out.facts, arn)) return *known;
    task_fact& one = out.facts.emplace_back();
    one.arn = arn;
    one.asked_at = one.first_seen = out.last_seen;
    return one;
  };
  for (const auto& arn : out.known_tasks) add(arn);
  for (const auto& each : out.endpoints) {
    task_fact& one = add(each.task_arn);
    one.status = task_status::running;
    one.health = health_status::healthy;
    one.address = each.address;
    one.served = one.probed = true;
  }
}

/// A version that booked a start when it began booked also what AWS then refused: those count no more.
void budget_of_attempts(wake_state& out) {
  out.booked = out.phase == wake_phase::starting && !out.starts.empty();
  if (out.booked) out.starter = out.starts.back().caller;
  if (out.phase != wake_phase::failed || !is_not_of_app(out.why)) return;
  const auto forgiven = std::min<std::size_t>(out.failed_starts, out.starts.size());
  out.starts.resize(out.starts.size() - forgiven);
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
  for (const auto& each : list_member(from, "facts")) out.facts.push_back(fact_from(each));
  out.crashes = times_member(from, "crashes");
}

/// What versions before did not write.
void read_newer(const json& from, wake_state& out) {
  out.owned_before = truth_member(from, "owned_before");
  out.sent_at = number_member(from, "sent_at");
  out.accepted = count_member(from, "accepted");
  out.accepted_at = number_member(from, "accepted_at");
  out.raised_at = number_member(from, "raised_at");
  out.starter = text_member(from, "starter");
  out.unasked = truth_member(from, "unasked");
  out.booked = truth_member(from, "booked");
  out.deaths = count_member(from, "deaths");
  out.app_died = truth_member(from, "app_died");
  out.last_stop = text_member(from, "last_stop");
  out.last_event = text_member(from, "last_event");
  out.stuck_since = number_member(from, "stuck_since");
  out.identity_refused = truth_member(from, "identity_refused");
  out.kept_request = number_member(from, "kept_request");
  out.asking = enumerator_member(from, "asking", idle_round::last).value_or(idle_round::none);
  out.ask_until = number_member(from, "ask_until");
  out.ask_again_at = number_member(from, "ask_again_at");
  out.unproven_since = number_member(from, "unproven_since");
  if (const json* probing = find_member(from, "probing")) out.probing = probing_from(*probing);
  if (const json* admission = find_member(from, "admission")) out.admission = admission_from(*admission);
  if (find_member(from, "facts") == nullptr) facts_of_lists(out);
  if (find_member(from, "booked") == nullptr) budget_of_attempts(out);
}

}  // namespace

json to_json(const endpoint& from) {
  return {{"task_arn", from.task_arn}, {"address", from.address}, {"port", from.port}};
}

json to_json(const wake_state& state) {
  json endpoints = json::array();
  for (const auto& each : state.endpoints) endpoints.push_back(to_json(each));
  json facts = json::array();
  for (const auto& each : state.facts) facts.push_back(to_json(each));
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
          {"starts", std::move(starts)},
          {"owned_before", state.owned_before},
          {"sent_at", state.sent_at},
          {"accepted", state.accepted},
          {"accepted_at", state.accepted_at},
          {"raised_at", state.raised_at},
          {"facts", std::move(facts)},
          {"starter", state.starter},
          {"unasked", state.unasked},
          {"booked", state.booked},
          {"deaths", state.deaths},
          {"app_died", state.app_died},
          {"crashes", state.crashes},
          {"last_stop", state.last_stop},
          {"last_event", state.last_event},
          {"stuck_since", state.stuck_since},
          {"identity_refused", state.identity_refused},
          {"kept_request", state.kept_request},
          {"asking", as_number(state.asking)},
          {"ask_until", state.ask_until},
          {"ask_again_at", state.ask_again_at},
          {"unproven_since", state.unproven_since},
          {"probing", to_json(state.probing)},
          {"admission", to_json(state.admission)}};
}

json to_json(const wake_outcome& outcome) {
  const auto& effects = outcome.effects;
  json out = {{"answer", name_of(effects.answer)},
              {"send", name_of(effects.send)},
              {"desired", effects.desired},
              {"watching", effects.watching}};
  if (effects.known_tasks_only) out["tasks"] = outcome.state.known_tasks;
  if (!effects.also.empty()) out["also"] = effects.also;
  for (const auto& each : effects.probes) {
    out["probes"].push_back(json::object(
        {{"number", each.number}, {"address", each.address}, {"port", each.port}, {"patience_ms", each.patience}}));
  }
  for (const auto& each : effects.notes) {
    out["notes"].push_back(json::object({{"what", each.what}, {"task", each.task_arn}, {"detail", each.detail}}));
  }
  add_for_region(out, effects);
  return out;
}

std::optional<wake_state> wake_state_from(const json& from) {
  const auto phase = enumerator_member(from, "phase", wake_phase::failed);
  const auto step = enumerator_member(from, "step", start_step::queued);
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
  read_newer(from, out);
  return out;
}

std::optional<wake_event> wake_event_from(const json& from) {
  const auto kind = text_member(from, "kind");
  if (kind == "request") return allowed_request{std::string(text_member(from, "caller"))};
  if (kind == "looked") return looked_from(from);
  if (kind == "updated") return updated{};
  if (kind == "alarm") return alarm_rang{};
  if (kind == "restarted") return restarted{};
  if (kind == "probe_due") return probe_due{};
  if (kind == "reset") return reset{};
  if (kind == "endpoint_lost") return endpoint_lost{std::string(text_member(from, "task_arn"))};
  const json* error = find_member(from, "error");
  if (kind == "refused" && error != nullptr) return call_refused{service_error_from(*error)};
  return region_word_from(from);
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
  out.needs_address = text_member(from, "origin").empty();
  out.update_settles = number_member(from, "update_settles", out.update_settles);
  out.leftovers_settle = number_member(from, "leftovers_settle", out.leftovers_settle);
  out.gone_apart = number_member(from, "gone_apart", out.gone_apart);
  out.gone_after = number_member(from, "gone_after", out.gone_after);
  out.stuck_after = number_member(from, "stuck_after", out.stuck_after);
  out.crashes_most = count_member(from, "crashes_most", out.crashes_most);
  out.crash_window = number_member(from, "crash_window", out.crash_window);
  out.ready_by_agent = text_member(from, "ready") == "agent";
  out.probe_first = number_member(from, "probe_first", out.probe_first);
  out.probe_then = number_member(from, "probe_then", out.probe_then);
  out.probe_patience = number_member(from, "probe_patience", out.probe_patience);
  out.governed = truth_member(from, "governed");
  out.queue_most = number_member(from, "queue_most", out.queue_most);
  out.admit_patience = number_member(from, "admit_patience", out.admit_patience);
  out.watch_renew = number_member(from, "watch_renew", out.watch_renew);
  out.alone_wait = number_member(from, "alone_wait", out.alone_wait);
  return out;
}

}  // namespace sallyport::aws
