// Runs of jobs: what the object of a job and the edge before it ask (worker-shim/jobs/).
#include "jobs/jobs.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "jobs/calls.hpp"
#include "jobs/json.hpp"
#include "jobs/pace.hpp"
#include "jobs/view.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"

namespace sallyport::jobs {
namespace {

using encoding::find_member;
using encoding::json;
using encoding::list_member;
using encoding::text_member;
using operations::error;

/// A run that cannot be read now may be readable to the deployment that wrote it.
constexpr unix_milliseconds unreadable_pause = 600'000;

std::int64_t number(const json& from, std::string_view name) {
  return std::max<std::int64_t>(encoding::number_member(from, name), 0);
}

std::uint32_t jitter_of(const json& in) {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(number(in, "jitter"), 999));
}

json to_json(const aws_refusal& from) {
  return {{"reason", name_of(from.why)}, {"detail", from.words}};
}

json to_json(const record& from) {
  json out = from.members;
  out["type"] = from.is == record::kind::change ? "job" : "log";
  return out;
}

json to_json(const release& from) {
  json out = {{"for", name_of(from.what)}};
  if (from.refused) out["refused"] = to_json(*from.refused);
  return out;
}

json to_json(const effects& from, const std::optional<run>& state) {
  json out = {{"releases", json::array()}, {"records", json::array()}};
  if (from.refused) out["refused"] = to_json(*from.refused);
  if (from.wait != wait_for::nothing) out["wait"] = {{"for", name_of(from.wait)}, {"ms", from.wait_time}};
  if (state && from.send == task_call::run_task) out["send"] = run_task_call(*state);
  if (state && from.send == task_call::stop_task) out["send"] = stop_task_call(*state);
  for (const auto& each : from.releases) out["releases"].push_back(to_json(each));
  for (const auto& each : from.records) out["records"].push_back(to_json(each));
  return out;
}

json columns_of(const run& of) {
  return {{"id", of.id},
          {"client_token", of.client_token},
          {"caller_key", of.from.key},
          {"created", of.created},
          {"ended", of.ended},
          {"due", due_of(of)},
          {"group", group_of(of)},
          {"changed", of.changed}};
}

json to_json(const outcome& from, unix_milliseconds now) {
  json out = {{"state", ""}, {"effects", to_json(from.then, from.state)}};
  if (!from.state) return out;
  out["state"] = to_text(*from.state);
  out["columns"] = columns_of(*from.state);
  // Nobody who is refused is shown anything.
  if (!from.then.refused) out["shown"] = shown(*from.state, now);
  return out;
}

json step(const json& in) {
  const json* happened = find_member(in, "event");
  const auto event = happened != nullptr ? event_from(*happened) : std::nullopt;
  if (!event) return error({reason::internal, "no such event"});
  const auto now = number(in, "now");
  std::optional<run> state;
  if (const auto stored = text_member(in, "state"); !stored.empty()) {
    auto read = run_from(stored);
    if (!read.ok()) {
      json out = error(read.error());
      out["put_off_until"] = now + unreadable_pause;
      return out;
    }
    state = std::move(*read);
  }
  return to_json(next(std::move(state), *event, now, jitter_of(in)), now);
}

pace_event pace_event_named(std::string_view name) {
  if (name == "rang") return pace_event::rang;
  if (name == "looked") return pace_event::looked;
  if (name == "look_refused") return pace_event::look_refused;
  return pace_event::changed;
}

json make_plan(const json& in) {
  const json* runs = find_member(in, "runs");
  if (runs == nullptr) return error({reason::internal, "runs is missing"});
  const auto made = next_plan(pace_from(text_member(in, "pace")), pace_event_named(text_member(in, "event")),
                              summary_from(*runs), number(in, "now"), jitter_of(in));
  return {{"pace", to_text(made.state)},
          {"alarm", made.alarm},
          {"look", made.look},
          {"take", made.take},
          {"forget_ended_by", made.forget_ended_by}};
}

json batches(const json& in) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const auto& each : list_member(in, "watched")) {
    const bool pair = each.is_array() && each.size() == 2 && each[0].is_string() && each[1].is_string();
    if (pair && each[1] != "") groups[each[1].get<std::string>()].push_back(each[0].get<std::string>());
  }
  json out = json::array();
  for (const auto& [group, ids] : groups) {
    for (std::size_t at = 0; at < ids.size(); at += most_tasks_a_call) {
      const auto end = std::min(at + most_tasks_a_call, ids.size());
      out.push_back(std::vector<std::string>(ids.begin() + static_cast<std::ptrdiff_t>(at),
                                             ids.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  }
  return {{"batches", std::move(out)}};
}

/// Those of the states that can be read, and, with `live`, that there is a task to look at.
std::vector<run> runs_of(const json& in, bool live) {
  std::vector<run> out;
  for (const auto& each : list_member(in, "states")) {
    auto read = each.is_string() ? run_from(each.get_ref<const std::string&>()) : result<run>(reason::internal);
    if (read.ok() && !(live && group_of(*read).empty())) out.push_back(std::move(*read));
  }
  return out;
}

json look(const json& in) {
  const auto runs = runs_of(in, true);
  if (runs.empty()) return json::object();
  return {{"call", describe_tasks_call(runs)}};
}

/// What the look says of this run, or nothing.
std::optional<event> event_for(const run& of, const look_answer& answer) {
  for (const auto& each : answer.tasks) {
    if (each.arn == of.task_arn) return task_seen{each};
  }
  const auto& missing = answer.missing;
  if (std::find(missing.begin(), missing.end(), of.task_arn) != missing.end()) return task_missing{};
  return std::nullopt;
}

json looked(const json& in) {
  const json* given = find_member(in, "answer");
  if (given == nullptr) return error({reason::internal, "answer is missing"});
  const auto answer = look_answer_from(*given);
  const auto runs = runs_of(in, true);
  const auto now = number(in, "now");
  json out = {
      {"steps", json::array()}, {"records", json::array()}, {"event", answer.refused ? "look_refused" : "looked"}};
  if (answer.refused && !runs.empty())
    out["records"].push_back(to_json(refusal_of(runs.front(), "DescribeTasks", *answer.refused, false)));
  for (const auto& each : runs) {
    const auto event = event_for(each, answer);
    if (!event) continue;
    json step = to_json(next(each, *event, now, jitter_of(in)), now);
    // Most looks change nothing, and what is stored costs.
    if (step["state"] != to_text(each)) out["steps"].push_back(std::move(step));
  }
  return out;
}

json list(const json& in) {
  const question by{{std::string(text_member(in, "caller_key")), "", "", std::nullopt, "", ""}, false, 0};
  json views = json::array();
  for (const auto& each : runs_of(in, false)) {
    if (is_visible(each, by)) views.push_back(view_of(each));
  }
  return {{"runs", std::move(views)}};
}

json to_json(const response& from) {
  json fields = json::array();
  for (const auto& [name, value] : from.fields) fields.push_back(json::array({name, value}));
  return {{"status", from.status}, {"fields", std::move(fields)}, {"body", from.body}};
}

json respond(const json& in) {
  const json* order = find_member(in, "order");
  if (order == nullptr) return error({reason::internal, "order is missing"});
  const asked to{text_member(*order, "do"), text_member(*order, "request_id"), number(*order, "wait_ms")};
  if (const json* refused = find_member(in, "refused")) {
    const auto again = retry_after(reason_named(text_member(*refused, "reason")));
    json out = *refused;
    if (again > 0 && out.is_object()) out["retry_after_s"] = again;
    return {{"refused", std::move(out)}};
  }
  if (const json* told = find_member(in, "shown")) return to_json(run_response(to, *told));
  const auto runs = list_member(in, "runs");
  return to_json(
      list_response(to, std::vector<json>(runs.begin(), runs.end()), encoding::texts_member(in, "jobs_unavailable")));
}

}  // namespace

}  // namespace sallyport::jobs

namespace sallyport::operations {

json job_step(const json& in, means&) {
  return jobs::step(in);
}

json job_plan(const json& in, means&) {
  return jobs::make_plan(in);
}

json job_batches(const json& in, means&) {
  return jobs::batches(in);
}

json job_look(const json& in, means&) {
  return jobs::look(in);
}

json job_looked(const json& in, means&) {
  return jobs::looked(in);
}

json job_list(const json& in, means&) {
  return jobs::list(in);
}

json job_response(const json& in, means&) {
  return jobs::respond(in);
}

}  // namespace sallyport::operations
