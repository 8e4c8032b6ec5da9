// Steps of a machine that wakes. Its state is a text that the host keeps and never reads, beside a view that it may.
#include <optional>

#include "operations/arguments.hpp"
#include "operations/operations.hpp"
#include "wake/json.hpp"
#include "wake/keeping.hpp"
#include "wake/told.hpp"

namespace sallyport::operations {
namespace {

/// The text that a step gave before, or what it holds. What is neither is a machine that never took a step.
aws::wake_state state_of(const json& in) {
  const json* given = find_member(in, "state");
  if (given == nullptr) return {};
  const auto read = given->is_string() ? encoding::parse_json(text_member(in, "state")) : result<json>(*given);
  auto state = read.ok() ? aws::wake_state_from(*read) : std::nullopt;
  return state ? std::move(*state) : aws::wake_state();
}

aws::wake_settings settings_of(const json& in) {
  const json* given = find_member(in, "settings");
  return given != nullptr ? aws::wake_settings_from(*given) : aws::wake_settings();
}

std::uint32_t jitter_of(const json& in) {
  return static_cast<std::uint32_t>(number_member(in, "jitter") & 0x3FF);
}

json view_of(const aws::wake_state& state) {
  json out = {{"phase", name_of(state.phase)},
              {"alarm", state.alarm},
              {"call_until", state.in_flight == aws::wake_call::none ? 0 : state.in_flight_until}};
  if (state.phase != aws::wake_phase::failed) return out;
  out["reason"] = name_of(state.why);
  out["detail"] = state.detail;
  return out;
}

}  // namespace

json wake(const json& in, means&) {
  const json* happened = find_member(in, "event");
  const auto event = happened != nullptr ? aws::wake_event_from(*happened) : std::nullopt;
  if (!event) return error({reason::internal, "no such event"});
  const auto settings = settings_of(in);
  const auto now = number_member(in, "now");
  const auto jitter = jitter_of(in);
  const auto before = state_of(in);
  auto next = aws::wake_next(before, *event, now, settings, jitter);
  const bool kept = aws::keep(before, next.state, settings);
  const auto* request = std::get_if<aws::allowed_request>(&*event);
  const aws::asking who{request != nullptr ? std::string_view(request->caller) : std::string_view(), jitter};
  const bool refused = next.effects.answer == aws::wake_answer::refused;
  return {{"state", encoding::canonical_json(aws::to_json(next.state))},
          {"keep", kept},
          {"before", name_of(before.phase)},
          {"view", view_of(next.state)},
          {"effects", aws::to_json(next)},
          {"told", refused ? aws::told_over_budget(next.state, now, settings, who)
                           : aws::told_of(next.state, now, settings, who)}};
}

json wake_told(const json& in, means&) {
  return aws::told_of(state_of(in), number_member(in, "now"), settings_of(in), {{}, jitter_of(in)});
}

}  // namespace sallyport::operations
