#include "wake/told.hpp"

#include <algorithm>

#include "core/reason.hpp"
#include "encoding/json_members.hpp"
#include "wake/budget.hpp"
#include "wake/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

/// In whole seconds, rounded up, and up to a tenth later, so that those who are told at once do not come back at once.
std::int64_t retry_after(unix_milliseconds left, std::int64_t least, std::uint32_t jitter) {
  const auto bound = std::clamp<unix_milliseconds>(left, 0, 3'600'000);
  const auto late = bound + bound * (jitter % 1000) / 10'000;
  return std::clamp<std::int64_t>((late + 999) / 1000, least, 3'600);
}

json ready(const wake_state& state) {
  json endpoints = json::array();
  for (const auto& each : state.endpoints) endpoints.push_back(to_json(each));
  return {{"answer", "ready"}, {"endpoints", std::move(endpoints)}};
}

json failed(const wake_state& state, unix_milliseconds now, const wake_settings& settings, const asking& who) {
  const auto budget = who.caller.empty() ? 0 : budget_free_in(state.starts, who.caller, now, settings);
  const reason why = state.why == reason::ok ? reason::wake_failed : state.why;
  return {{"answer", "failed"},
          {"reason", name_of(why)},
          {"retry_after_s", retry_after(std::max(retry_time(state, settings) - now, budget), 1, who.jitter)},
          {"detail", state.detail}};
}

/// It waits for a call to be free: after its turn comes the start itself.
json queued(const wake_state& state, unix_milliseconds now, unix_milliseconds expected, const asking& who) {
  const auto& heard = state.admission.heard;
  const auto eta = std::max<unix_milliseconds>(heard.eta_at - now, 0);
  json out = {{"answer", "starting"},
              {"phase", name_of(state.phase)},
              {"progress", state.progress},
              {"since_ms", now - state.phase_since},
              {"retry_after_s", retry_after(eta + expected, 2, who.jitter)},
              {"queued", true}};
  if (heard.position >= 0) out["position"] = heard.position;
  if (heard.position >= 0) out["eta_ms"] = eta;
  return out;
}

json starting(const wake_state& state, unix_milliseconds now, const wake_settings& settings, const asking& who) {
  const auto since = now - state.phase_since;
  const auto expected = state.usual_start > 0 ? state.usual_start : settings.expected_start;
  if (state.phase == wake_phase::starting && state.step == start_step::queued) return queued(state, now, expected, who);
  return {{"answer", "starting"},
          {"phase", name_of(state.phase)},
          {"progress", state.progress},
          {"since_ms", since},
          {"retry_after_s", retry_after(expected - since, 2, who.jitter)}};
}

}  // namespace

json told_of(const wake_state& state, unix_milliseconds now, const wake_settings& settings, const asking& who) {
  if (state.phase == wake_phase::healthy) return ready(state);
  return state.phase == wake_phase::failed ? failed(state, now, settings, who) : starting(state, now, settings, who);
}

json told_without_waking(const wake_state& state, unix_milliseconds now, const wake_settings& settings,
                         const asking& who) {
  // One that drains is started anew by the next visit.
  const bool sleeps = state.phase == wake_phase::asleep || state.phase == wake_phase::draining;
  return sleeps ? json{{"answer", "asleep"}} : told_of(state, now, settings, who);
}

json state_document(const json& told) {
  const auto known = [&](std::string_view name) {
    const json* member = encoding::find_member(told, name);
    return member == nullptr || *member == json("") ? json(nullptr) : *member;
  };
  const json since = known("since_ms");
  const bool queued = known("queued") == json(true);
  return {{"v", 1},
          {"state", queued ? json("queued") : told["answer"]},
          {"progress", known("progress")},
          {"elapsed", since.is_null() ? since : json(std::max<std::int64_t>(since.get<std::int64_t>(), 0) / 1000)},
          {"position", known("position")},
          {"retry_after", known("retry_after_s")}};
}

json told_over_budget(const wake_state& state, unix_milliseconds now, const wake_settings& settings,
                      const asking& who) {
  const auto pause = state.phase == wake_phase::failed ? retry_time(state, settings) - now : 0;
  const auto budget = budget_free_in(state.starts, who.caller, now, settings);
  return {{"answer", "refused"},
          {"reason", name_of(reason::wake_budget_exhausted)},
          {"retry_after_s", retry_after(std::max(budget, pause), 1, who.jitter)}};
}

}  // namespace sallyport::aws
