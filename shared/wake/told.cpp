#include "wake/told.hpp"

#include <algorithm>

#include "core/reason.hpp"
#include "wake/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

/// In whole seconds, rounded up.
std::int64_t retry_after(unix_milliseconds left, std::int64_t least, std::int64_t most) {
  return std::clamp((std::max<unix_milliseconds>(left, 0) + 999) / 1000, least, most);
}

json ready(const wake_state& state) {
  json endpoints = json::array();
  for (const auto& each : state.endpoints) endpoints.push_back(to_json(each));
  return {{"answer", "ready"}, {"endpoints", std::move(endpoints)}};
}

json failed(const wake_state& state, unix_milliseconds now) {
  const reason why = state.why == reason::ok ? reason::wake_failed : state.why;
  return {{"answer", "failed"},
          {"reason", name_of(why)},
          {"retry_after_s", retry_after(state.retry_at - now, 1, 300)},
          {"detail", state.detail}};
}

json starting(const wake_state& state, unix_milliseconds now, const wake_settings& settings) {
  const auto since = now - state.phase_since;
  const auto expected = state.usual_start > 0 ? state.usual_start : settings.expected_start;
  return {{"answer", "starting"},
          {"phase", name_of(state.phase)},
          {"progress", state.progress},
          {"since_ms", since},
          {"retry_after_s", retry_after(expected - since, 2, 30)}};
}

}  // namespace

json told_of(const wake_state& state, unix_milliseconds now, const wake_settings& settings) {
  if (state.phase == wake_phase::healthy) return ready(state);
  return state.phase == wake_phase::failed ? failed(state, now) : starting(state, now, settings);
}

json told_over_budget() {
  return {{"answer", "refused"}, {"reason", name_of(reason::wake_budget_exhausted)}};
}

}  // namespace sallyport::aws
