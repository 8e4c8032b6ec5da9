// One step of a machine that wakes: the host keeps its state and tells it what happened.
#include <optional>

#include "operations/arguments.hpp"
#include "operations/operations.hpp"
#include "wake/json.hpp"

namespace sallyport::operations {

json wake(const json& in, means&) {
  const json* stored = find_member(in, "state");
  const json* happened = find_member(in, "event");
  const json* tuned = find_member(in, "settings");
  const auto event = happened != nullptr ? aws::wake_event_from(*happened) : std::nullopt;
  if (!event) return error({reason::internal, "no such event"});
  auto state = stored != nullptr ? aws::wake_state_from(*stored) : std::nullopt;
  const auto settings = tuned != nullptr ? aws::wake_settings_from(*tuned) : aws::wake_settings();
  const auto jitter = static_cast<std::uint32_t>(number(in, "jitter") & 0x3FF);
  const auto next =
      aws::wake_next(state ? std::move(*state) : aws::wake_state(), *event, number(in, "now"), settings, jitter);
  json out = {{"state", aws::to_json(next.state)}, {"effects", aws::to_json(next.effects)}};
  if (next.state.why != reason::ok) out["reason"] = name_of(next.state.why);
  return out;
}

}  // namespace sallyport::operations
