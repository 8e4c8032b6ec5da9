#include "wake/region/json.hpp"

#include <algorithm>

#include "aws/json.hpp"
#include "encoding/json_members.hpp"

namespace sallyport::region {
namespace {

using encoding::count_member;
using encoding::find_member;
using encoding::json;
using encoding::list_member;
using encoding::number_member;
using encoding::text_member;
using encoding::texts_member;
using encoding::truth_member;

/// Raised when a member changes its meaning: what is stored is then not read.
constexpr std::int64_t stored_version = 1;

std::string text(const json& from, std::string_view name) {
  return std::string(text_member(from, name));
}

/// The enumerator of that name; the first is 0.
template <class E>
std::optional<E> named(const json& from, std::string_view member, E last) {
  const auto name = text_member(from, member);
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<E>(i)) == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

std::optional<event> admit_from(const json& from) {
  const auto what = named(from, "op", operation::read);
  const auto how = named(from, "class", urgency::stop);
  if (!what || !how || text_member(from, "place").empty()) return std::nullopt;
  return admit{text(from, "place"),
               text(from, "attempt"),
               text(from, "team"),
               *what,
               count_member(from, "n", 1),
               *how,
               number_member(from, "waited_ms"),
               text(from, "policy")};
}

std::optional<event> watch_from(const json& from) {
  const auto how = named(from, "for", watch_kind::job);
  if (!how || text_member(from, "place").empty()) return std::nullopt;
  return watch{
      text(from, "place"),  text(from, "cluster"),     text(from, "service"), texts_member(from, "tasks"), *how,
      text(from, "policy"), truth_member(from, "soon")};
}

look_answer answer_from(const json& from) {
  look_answer out;
  out.id = static_cast<std::uint64_t>(std::max<std::int64_t>(number_member(from, "id"), 0));
  if (find_member(from, "refused") != nullptr)
    out.refused = named(from, "refused", look_refusal::other).value_or(look_refusal::other);
  for (const auto& each : list_member(from, "services"))
    out.services.push_back({text(each, "name"), aws::service_answer_from(each)});
  for (const auto& each : list_member(from, "tasks"))
    out.tasks.push_back({text(each, "service"), aws::task_from(each)});
  out.listed = texts_member(from, "listed");
  out.next_page = text(from, "next_page");
  return out;
}

}  // namespace

json to_json(const answer& from) {
  if (const auto* one = std::get_if<go>(&from))
    return {{"go", {{"grant", one->grant}, {"in_ms", one->in_ms}, {"valid_ms", one->valid_ms}}}};
  if (const auto* one = std::get_if<queued>(&from))
    return {{"queued", {{"position", one->position}, {"eta_ms", one->eta_ms}, {"ask_ms", one->ask_ms}}}};
  if (const auto* one = std::get_if<full>(&from)) return {{"full", {{"ask_ms", one->ask_ms}}}};
  if (const auto* one = std::get_if<removal>(&from)) return {{"remove", name_of(*one)}};
  return json::object();
}

namespace {

json to_json(const look& from) {
  return {{"id", from.id},
          {"kind", name_of(from.kind)},
          {"cluster", from.cluster},
          {"names", from.names},
          {"page", from.page}};
}

}  // namespace

json to_json(const facts& from) {
  json tasks = json::array();
  for (const auto& each : from.tasks) tasks.push_back(aws::to_json(each));
  json out = {{"place", from.place},     {"tasks", std::move(tasks)},
              {"missing", from.missing}, {"asked_ms_ago", from.asked_ms_ago},
              {"denied", from.denied},   {"of_service", from.of_service}};
  if (from.service) out["service"] = aws::to_json(*from.service);
  return out;
}

namespace {

void read_index(const json& from, index& out, unix_milliseconds now, const removal_settings& with) {
  for (const auto& each : list_member(from, "ours")) {
    if (out.ours.size() < with.places_most && !text_member(each, "place").empty())
      out.ours[text(each, "place")] = std::min(number_member(each, "since"), now);
  }
  for (const auto& each : list_member(from, "policies")) {
    if (out.policies.size() < with.policies_most)
      out.policies[text(each, "policy")] = {std::min(number_member(each, "last"), now), count_member(each, "removed")};
  }
}

}  // namespace

json stored_of(const region_state& state) {
  json out = stored_rates_of(state);
  json ours = json::array();
  for (const auto& [place, since] : state.index.ours)
    ours.push_back(json::object({{"place", place}, {"since", since}}));
  out["ours"] = std::move(ours);
  return out;
}

json stored_rates_of(const region_state& state) {
  json rates = json::object();
  for (std::size_t i = 0; i < bucket_count; ++i) {
    const auto& one = state.buckets[i];
    rates[std::string(name_of(static_cast<bucket_name>(i)))] = {{"rate", one.rate}, {"slowed_at", one.slowed_at}};
  }
  json policies = json::array();
  for (const auto& [policy, seen] : state.index.policies)
    policies.push_back(json::object({{"policy", policy}, {"last", seen.last}, {"removed", seen.removed}}));
  return {{"version", stored_version}, {"rates", rates}, {"policies", policies}};
}

region_state region_from(const json& stored, unix_milliseconds now, const region_settings& with) {
  auto out = begin_region(now, with);
  if (number_member(stored, "version") != stored_version) return out;
  const json* rates = find_member(stored, "rates");
  const auto most = allowances_of(with);
  for (std::size_t i = 0; rates != nullptr && i < bucket_count; ++i) {
    const json* one = find_member(*rates, name_of(static_cast<bucket_name>(i)));
    if (one == nullptr) continue;
    const auto rate = begin_rate(number_member(*one, "rate", most[i].rate), most[i], with);
    out.buckets[i] = new_bucket(rate, most[i], with.pace, now);
    out.buckets[i].slowed_at = std::clamp<unix_milliseconds>(number_member(*one, "slowed_at"), 0, now);
  }
  read_index(stored, out.index, now, with.removal);
  return out;
}

std::optional<event> region_event_from(const json& from) {
  const auto kind = text_member(from, "kind");
  if (kind == "admit") return admit_from(from);
  if (kind == "watch") return watch_from(from);
  if (kind == "answered") return answer_from(from);
  if (kind == "untold") return untold{text(from, "place")};
  if (kind == "present") return present{text(from, "place"), text(from, "policy"), truth_member(from, "ours")};
  if (kind == "remove") return remove_place{text(from, "place"), text(from, "policy")};
  if (kind == "alarm") return alarm_rang{};
  const auto how = named(from, "outcome", outcome::capacity);
  if (kind == "report" && how) return report{text(from, "grant"), *how, text(from, "policy")};
  return std::nullopt;
}

region_settings region_settings_from(const json& from) {
  region_settings out;
  out.share = count_member(from, "share", out.share);
  out.removal.most = count_member(from, "most", out.removal.most);
  const json* quotas = find_member(from, "quotas");
  for (std::size_t i = 0; quotas != nullptr && i < bucket_count; ++i) {
    auto& rate = out.quotas[i].rate;
    rate = std::clamp(count_member(*quotas, name_of(static_cast<bucket_name>(i)), rate), 1U, 10'000U);
  }
  return out;
}

json to_json(const region_effects& effects) {
  json calls = json::array();
  for (const auto& each : effects.calls) calls.push_back(to_json(each));
  json told = json::array();
  for (const auto& each : effects.told) told.push_back(to_json(each));
  json out = to_json(effects.answer);
  out["calls"] = std::move(calls);
  out["facts"] = std::move(told);
  out["alarm"] = effects.alarm;
  out["keep"] = effects.keep;
  return out;
}

}  // namespace sallyport::region
