#include "jobs/json.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/json.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::jobs {
namespace {

using encoding::find_member;
using encoding::json;
using encoding::list_member;
using encoding::pairs_member;
using encoding::texts_member;
using encoding::truth_member;

/// Raised when a member changes its meaning. A run without a version is from before there were any, with the same members.
constexpr std::int64_t run_version = 1;

std::string text(const json& from, std::string_view name) {
  return std::string(encoding::text_member(from, name));
}

/// Times, counts: none of them is below zero, and no time is `never`.
std::int64_t number(const json& from, std::string_view name) {
  return std::clamp<std::int64_t>(encoding::number_member(from, name), 0, never - 1);
}

std::uint32_t count(const json& from, std::string_view name) {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(number(from, name), 0xFFFFFF));
}

/// The member, or null.
json member(const json& from, std::string_view name) {
  const json* found = find_member(from, name);
  return found != nullptr ? *found : json();
}

template <class E, std::size_t N>
std::optional<E> named(const std::array<E, N>& all, std::string_view name) {
  for (const auto each : all) {
    if (name_of(each) == name) return each;
  }
  return std::nullopt;
}

constexpr std::array states = {run_state::pending, run_state::running, run_state::succeeded,
                               run_state::failed,  run_state::stopped, run_state::timed_out};
constexpr std::array reasons = {run_reason::none,
                                run_reason::exit_code,
                                run_reason::out_of_memory,
                                run_reason::no_exit_code,
                                run_reason::start_failed,
                                run_reason::start_refused,
                                run_reason::interrupted,
                                run_reason::stopped_by_caller,
                                run_reason::stopped_by_operator,
                                run_reason::timeout,
                                run_reason::lost};
constexpr std::array causes = {stop_cause::caller, stop_cause::timeout};
constexpr std::array waits = {wait_for::nothing, wait_for::start, wait_for::stop, wait_for::end};

caller caller_from(const json& from) {
  const auto email = encoding::string_member(from, "email");
  return {text(from, "key"),     text(from, "issuer"),
          text(from, "subject"), email ? std::optional<std::string>(*email) : std::nullopt,
          text(from, "kind"),    text(from, "route")};
}

json to_json(const job_place& from) {
  return {{"region", from.where.region},
          {"cluster", from.where.cluster},
          {"task_definition", from.task_definition},
          {"container", from.container},
          {"role", from.role},
          {"subnets", from.subnets},
          {"security_groups", from.security_groups},
          {"passed_roles", from.passed_roles},
          {"assign_public_ip", from.assign_public_ip},
          {"timeout_ms", from.timeout}};
}

job_place place_from(const json& from) {
  return {{text(from, "region"), text(from, "cluster")},
          text(from, "task_definition"),
          text(from, "container"),
          text(from, "role"),
          texts_member(from, "subnets"),
          texts_member(from, "security_groups"),
          texts_member(from, "passed_roles"),
          truth_member(from, "assign_public_ip"),
          number(from, "timeout_ms")};
}

json to_json(const start_attempt& from) {
  return {{"at", from.at},
          {"tries", from.tries},
          {"quick_tries", from.quick_tries},
          {"sending", from.sending},
          {"unclear", from.unclear}};
}

start_attempt start_from(const json& from) {
  return {number(from, "at"), count(from, "tries"), count(from, "quick_tries"), truth_member(from, "sending"),
          truth_member(from, "unclear")};
}

json to_json(const std::optional<stop_wish>& from) {
  if (!from) return nullptr;
  return {{"why", name_of(from->why)}, {"caller", jobs::to_json(from->by)}, {"at", from->at},
          {"tries", from->tries},      {"sending", from->sending},          {"sent", from->sent}};
}

std::optional<stop_wish> stop_from(const json& from) {
  const auto why = named(causes, text(from, "why"));
  if (!why) return std::nullopt;
  return stop_wish{*why,
                   caller_from(member(from, "caller")),
                   number(from, "at"),
                   count(from, "tries"),
                   truth_member(from, "sending"),
                   truth_member(from, "sent")};
}

/// What a run is not without: one that lacks it is not shown, and never started again.
bool is_whole(const run& of) {
  return !of.id.empty() && !of.job.empty() && !of.from.key.empty() && !of.client_token.empty() && of.created > 0 &&
         is_final(of.state) == (of.ended > 0);
}

question question_from(const json& order) {
  return {caller_from(member(order, "caller")), truth_member(order, "may_inspect"), number(order, "wait_ms")};
}

run_wanted run_wanted_from(const json& from, const json& order) {
  return {question_from(order),
          text(from, "id"),
          text(order, "job"),
          text(order, "request_id"),
          text(order, "client_token"),
          text(order, "input_digest"),
          pairs_member(order, "environment"),
          place_from(member(from, "place"))};
}

std::optional<aws_refusal> refusal_from(const json& from) {
  if (!from.is_object()) return std::nullopt;
  return aws_refusal{reason_named(text(from, "reason")), text(from, "detail")};
}

std::optional<event> answered_from(const json& from) {
  const json answer = member(from, "answer");
  const auto* refused = find_member(answer, "refused");
  const std::string action = text(from, "action");
  if (action == "StopTask" && refused == nullptr) return stop_answered{};
  if (action == "StopTask") return stop_answered{aws::service_error_from(*refused)};
  if (action != "RunTask") return std::nullopt;
  if (refused == nullptr) return start_answered{read_start(aws::tasks_answer_from(answer))};
  const auto error = aws::service_error_from(*refused);
  return start_answered{truth_member(from, "sent") ? read_refused_start(error) : read_refused_credentials(error)};
}

}  // namespace

json to_json(const caller& from) {
  json out = {{"key", from.key}, {"issuer", from.issuer}, {"subject", from.subject}, {"kind", from.kind}};
  if (from.email) out["email"] = *from.email;
  if (!from.route.empty()) out["route"] = from.route;
  return out;
}

json pairs_json(const std::vector<aws::name_value>& from) {
  json out = json::array();
  for (const auto& [name, value] : from) out.push_back(json::array({name, value}));
  return out;
}

std::string_view name_of(wait_for what) {
  switch (what) {
    case wait_for::nothing: return "nothing";
    case wait_for::start: return "start";
    case wait_for::stop: return "stop";
    case wait_for::end: return "end";
  }
  __builtin_trap();
}

std::string to_text(const run& of) {
  json out = {{"version", run_version},
              {"id", of.id},
              {"job", of.job},
              {"caller", to_json(of.from)},
              {"request_id", of.request_id},
              {"client_token", of.client_token},
              {"input_digest", of.input_digest},
              {"environment", of.environment.empty() ? json() : pairs_json(of.environment)},
              {"place", to_json(of.place)},
              {"state", name_of(of.state)},
              {"reason", name_of(of.why)},
              {"exit_code", nullptr},
              {"created", of.created},
              {"started", of.started},
              {"ended", of.ended},
              {"changed", of.changed},
              {"task_arn", of.task_arn},
              {"deadline", of.deadline},
              {"told", of.told},
              {"start", to_json(of.start)},
              {"stop", to_json(of.stop)},
              {"missing", of.missing}};
  if (of.exit_code) out["exit_code"] = *of.exit_code;
  return encoding::canonical_json(out);
}

result<run> run_from(std::string_view stored) {
  SALLYPORT_ASSIGN(const json from, encoding::parse_json(stored));
  const auto version = find_member(from, "version") == nullptr ? run_version : number(from, "version");
  const auto state = named(states, text(from, "state"));
  const auto why = named(reasons, text(from, "reason"));
  if (version != run_version || !state || !why)
    return failure(reason::internal, "a stored run is of another version, or none");
  run out;
  out.id = text(from, "id");
  out.job = text(from, "job");
  out.from = caller_from(member(from, "caller"));
  out.request_id = text(from, "request_id");
  out.client_token = text(from, "client_token");
  out.input_digest = text(from, "input_digest");
  out.environment = pairs_member(from, "environment");
  out.place = place_from(member(from, "place"));
  out.state = *state;
  out.why = *why;
  out.exit_code = encoding::integer_member(from, "exit_code");
  out.created = number(from, "created");
  out.started = number(from, "started");
  out.ended = number(from, "ended");
  out.changed = std::max({number(from, "changed"), out.created, out.started});
  out.task_arn = text(from, "task_arn");
  out.deadline = number(from, "deadline");
  out.told = truth_member(from, "told");
  out.start = start_from(member(from, "start"));
  out.stop = stop_from(member(from, "stop"));
  out.missing = count(from, "missing");
  if (!is_whole(out)) return failure(reason::internal, "a stored run lacks what it must have");
  return out;
}

std::string to_text(const pace& of) {
  return encoding::canonical_json({{"look_at", of.look_at},
                                   {"looking_until", of.looking_until},
                                   {"newest", of.newest},
                                   {"failed_looks", of.failed_looks},
                                   {"next_round", of.next_round}});
}

pace pace_from(std::string_view stored) {
  const auto from = encoding::parse_json(stored);
  if (!from.ok()) return {};
  return {number(*from, "look_at"), number(*from, "looking_until"), number(*from, "newest"),
          count(*from, "failed_looks"), number(*from, "next_round")};
}

std::optional<event> event_from(const json& from) {
  const std::string kind = text(from, "kind");
  const json order = member(from, "order");
  if (kind == "run") return run_wanted_from(from, order);
  if (kind == "get") return look_wanted{question_from(order)};
  if (kind == "stop") return stop_wanted{question_from(order)};
  if (kind == "alarm") return alarm_rang{};
  if (kind == "restarted") return restarted{};
  if (kind == "answered") return answered_from(from);
  const auto what = named(waits, text(from, "for"));
  if (kind != "waited" || !what) return std::nullopt;
  return waited{question_from(order), *what, refusal_from(member(from, "refused"))};
}

summary summary_from(const json& from) {
  summary out{number(from, "first_due"), count(from, "due"), number(from, "first_ended"), {}};
  for (const auto& each : list_member(from, "groups")) {
    if (!each.is_array() || each.size() != 2) continue;
    const auto tasks = encoding::safe_integer(each[0]), newest = encoding::safe_integer(each[1]);
    if (tasks && newest && *tasks > 0 && *newest >= 0)
      out.groups.push_back({static_cast<std::uint32_t>(std::min<std::int64_t>(*tasks, 0xFFFFFF)), *newest});
  }
  return out;
}

look_answer look_answer_from(const json& from) {
  if (const auto* refused = find_member(from, "refused"))
    return {{}, {}, refusal_of(aws::service_error_from(*refused))};
  auto answer = aws::tasks_answer_from(from);
  look_answer out{std::move(answer.tasks), {}, std::nullopt};
  for (auto& each : answer.failures) {
    if (each.why == "MISSING") out.missing.push_back(std::move(each.arn));
  }
  return out;
}

}  // namespace sallyport::jobs
