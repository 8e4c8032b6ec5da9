// Regions that the core keeps for its host: their settings out of the policy, what they look at as calls of ECS, and what
// comes of those as events.
#include <algorithm>

#include "aws/json.hpp"
#include "aws/place.hpp"
#include "operations/arguments.hpp"
#include "operations/operations.hpp"
#include "wake/region/json.hpp"
#include "wake/region/way.hpp"

namespace sallyport::operations {
namespace {

/// Of what others ask of a Region; raised when a member changes its meaning.
constexpr std::int64_t asked_version = 1;

const policy::aws_account* account_of(const aws::region_name& name, const means& with) {
  return find_account_by_id(*with.policy, name.account);
}

region::region_settings settings_for(const aws::region_name& name, const means& with) {
  region::region_settings out;
  out.stand_in = name.stand_in;
  const auto* account = account_of(name, with);
  out.look.borrowed = account == nullptr || account->looks_role.empty();
  if (account == nullptr) return out;
  out.share = account->share;
  const auto raise = [&](region::bucket_name which, const std::optional<std::uint32_t>& rate) {
    if (rate) out.quotas[static_cast<std::size_t>(which)].rate = *rate;
  };
  raise(region::bucket_name::update_service, account->raised.update_service);
  raise(region::bucket_name::run_stop, account->raised.run_task);
  raise(region::bucket_name::launches, account->raised.launches);
  raise(region::bucket_name::describe_tasks, account->raised.describe_tasks);
  raise(region::bucket_name::describe_services, account->raised.describe_services);
  return out;
}

json stored_from(const json& in) {
  const auto read = encoding::parse_json(text_member(in, "rates"));
  json stored = read.ok() && read->is_object() ? *read : json(json::object());
  json ours = json::array();
  for (const auto& each : encoding::list_member(in, "ours")) {
    if (each.is_array() && each.size() == 2 && each[0].is_string())
      ours.push_back(json::object({{"place", each[0]}, {"since", each[1]}}));
  }
  stored["ours"] = std::move(ours);
  return stored;
}

const policy::service* service_named(const means& with, const aws::region_name& in, const region::look& what) {
  for (const auto& each : with.policy->services) {
    if (!each.ecs || each.ecs->region != in.region || each.ecs->cluster != what.cluster) continue;
    if (each.ecs->service != what.lender) continue;
    const auto role = aws::parse_role_arn(each.ecs->role.empty() ? with.aws_role : each.ecs->role);
    if (role.ok() && role->account == in.account && role->partition == in.partition) return &each;
  }
  return nullptr;
}

/// A session of its own, or that of a service which watches. Nothing: there is none.
json who_of(const region::look& what, const aws::region_name& in, const means& with) {
  const json caller = {{"key", ""}, {"issuer", with.issuer}, {"subject", "sallyport"}, {"kind", "service"}};
  const auto* account = account_of(in, with);
  if (account != nullptr && !account->looks_role.empty()) {
    return {{"region", in.region},
            {"role", account->looks_role},
            {"target", "@looks"},
            {"purpose", {{"looks", "cluster"}, {"cluster", what.cluster}}},
            {"caller", caller}};
  }
  const auto* lender = service_named(with, in, what);
  if (lender == nullptr) return nullptr;
  return {{"region", in.region},
          {"role", lender->ecs->role.empty() ? with.aws_role : lender->ecs->role},
          {"target", lender->name},
          {"purpose", {{"service", lender->ecs->service}, {"cluster", what.cluster}}},
          {"caller", caller}};
}

json call_of(const region::look& what, const aws::region_name& in, const means& with) {
  json out = {{"id", what.id}, {"who", who_of(what, in, with)}};
  switch (what.kind) {
    case region::look_kind::services:
      out["action"] = "DescribeSomeServices";
      out["parameters"] = {{"services", what.names}};
      return out;
    case region::look_kind::tasks:
      out["action"] = "DescribeTasks";
      out["parameters"] = {{"tasks", what.names}};
      return out;
    case region::look_kind::list_service:
    case region::look_kind::list_cluster:
      out["action"] = "ListTasks";
      out["parameters"] = {{"service", what.names.empty() ? std::string() : what.names.front()},
                           {"next_token", what.page}};
      return out;
  }
  __builtin_trap();
}

region::look_refusal refusal_of(const aws::service_error& error, bool sent) {
  if (error.kind == aws::error_kind::throttled)
    return sent ? region::look_refusal::throttled : region::look_refusal::other;
  if (error.kind == aws::error_kind::transient || error.kind == aws::error_kind::unreadable)
    return region::look_refusal::other;
  return sent && error.kind == aws::error_kind::access_denied ? region::look_refusal::denied
                                                              : region::look_refusal::no_session;
}

/// What AWS said to a look, `answer` as the operation `read` has it; `sent`: there were credentials.
region::look_answer answered(const json& event) {
  region::look_answer out;
  out.id = static_cast<std::uint64_t>(std::max<std::int64_t>(number_member(event, "id"), 0));
  const json* answer = find_member(event, "answer");
  if (answer == nullptr) {
    out.refused = region::look_refusal::no_session;
    return out;
  }
  if (const json* refused = find_member(*answer, "refused"); refused != nullptr && refused->is_object()) {
    out.refused = refusal_of(aws::service_error_from(*refused), truth_member(event, "sent"));
    return out;
  }
  for (const auto& each : encoding::list_member(*answer, "services"))
    out.services.push_back({text(each, "name"), aws::service_answer_from(each)});
  constexpr std::string_view of_service = "service:";
  for (const auto& each : encoding::list_member(*answer, "tasks")) {
    const auto group = text_member(each, "group");
    out.tasks.push_back(
        {std::string(group.starts_with(of_service) ? group.substr(of_service.size()) : ""), aws::task_from(each)});
  }
  out.listed = texts_member(*answer, "task_arns");
  out.next_page = text(*answer, "next_token");
  return out;
}

/// What the object itself says, or others ask of it.
std::optional<region::event> region_event_of(const json& event) {
  const auto kind = text_member(event, "kind");
  if (kind == "answered") return answered(event);
  const bool own = kind == "alarm" || kind == "untold";
  if (!own && number_member(event, "v") != asked_version) return std::nullopt;
  return region::region_event_from(event);
}

std::string_view name_of(region::way_action what) {
  switch (what) {
    case region::way_action::nothing: return "nothing";
    case region::way_action::ask: return "ask";
    case region::way_action::put_off: return "put_off";
    case region::way_action::down: return "down";
  }
  __builtin_trap();
}

void add_turn(json& out, const region::way_turn& turn) {
  out["turn"] = region::to_json(turn);
  out["to"] = out["turn"]["to"];
  // The old way of one that failed stays broken.
  out["fresh"] = turn.failed > 0;
  out["patience_ms"] = region::way_settings().patience;
}

std::optional<region::way_event> way_event_of(const json& event) {
  const json* given = find_member(event, "turn");
  const auto turn = given != nullptr ? region::way_turn_from(*given) : region::way_turn();
  const auto kind = text_member(event, "kind");
  if (kind == "ask") return region::way_ask{};
  if (kind == "failed") return region::way_failed{turn, truth_member(event, "overloaded")};
  if (kind != "answered") return std::nullopt;
  region::way_answered out{turn, 0};
  const json* answer = find_member(event, "answer");
  for (const std::string_view name : {"queued", "full"}) {
    const json* told = answer != nullptr ? find_member(*answer, name) : nullptr;
    if (told != nullptr) out.ask_ms = number_member(*told, "ask_ms");
  }
  return out;
}

}  // namespace

json region_begin(const json& in, means& with) {
  if (with.policy == nullptr) return error(reason::not_ready);
  const auto name = aws::region_name_from(text_member(in, "name"));
  if (!name) return error({reason::internal, "not the name of a Region"});
  const auto settings = settings_for(*name, with);
  auto state = region::region_from(stored_from(in), number_member(in, "now"), settings);
  return {{"handle", with.regions.begin(aws::name_of(*name), std::move(state), settings)}};
}

json region_step(const json& in, means& with) {
  const json* given = find_member(in, "event");
  const auto event = given != nullptr ? region_event_of(*given) : std::nullopt;
  if (!event) return error({reason::internal, "no such event, or of another version"});
  const auto handle = encoding::count_member(in, "handle");
  auto effects = with.regions.step(handle, *event, number_member(in, "now"));
  if (!effects) return error({reason::internal, "no such Region"});
  const auto* kept = with.regions.find(handle);
  const auto name = aws::region_name_from(kept->name);
  json out = region::to_json(effects->answer);
  json calls = json::array(), told = json::array();
  for (const auto& each : effects->calls) calls.push_back(call_of(each, *name, with));
  for (const auto& each : effects->told) told.push_back(region::to_json(each));
  out["calls"] = std::move(calls);
  out["facts"] = std::move(told);
  out["alarm"] = effects->alarm;
  const auto* present = std::get_if<region::present>(&*event);
  if (effects->keep && present != nullptr) {
    const auto& ours = kept->state.index.ours;
    const auto found = ours.find(present->place);
    out["indexed"] = {{"place", present->place}, {"since", found == ours.end() ? 0 : found->second}};
  } else if (effects->keep) {
    out["rates"] = encoding::canonical_json(region::stored_rates_of(kept->state));
  }
  if (const auto* removed = std::get_if<region::remove_place>(&*event); removed != nullptr && effects->keep)
    out["indexed"] = {{"place", removed->place}, {"since", 0}};
  return out;
}

json region_way(const json& in, means&) {
  const json* given = find_member(in, "event");
  const auto event = given != nullptr ? way_event_of(*given) : std::nullopt;
  if (!event) return error({reason::internal, "no such event"});
  const auto before = encoding::parse_json(text_member(in, "way"));
  const auto next = region::way_next(before.ok() ? region::way_state_from(*before) : region::way_state(), *event,
                                     number_member(in, "now"));
  json out = {{"do", name_of(next.action)}};
  if (next.action == region::way_action::ask) add_turn(out, next.turn);
  if (next.action == region::way_action::put_off) out["ask_ms"] = next.ask_ms;
  out["way"] = encoding::canonical_json(region::to_json(next.state));
  return out;
}

}  // namespace sallyport::operations
