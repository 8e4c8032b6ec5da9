// The coordinator's state as JSON, as it is stored between steps and shown to operators.
#pragma once

#include "encoding/json.hpp"
#include "wake/wake.hpp"

namespace sallyport::aws {

encoding::json to_json(const wake_state& state);
/// What the host has to do: {answer, send, desired, watching, tasks?, also?}; with `tasks`, only these are described, and
/// `also` beside those that ECS lists.
encoding::json to_json(const wake_outcome& outcome);
encoding::json to_json(const endpoint& from);

/// What to_json wrote; a state that was not written by it, or by another version, is nothing: the service is looked at
/// anew, as if asleep.
std::optional<wake_state> wake_state_from(const encoding::json& from);
/// {"kind":"request","caller":…} | {"kind":"looked","service":…,"tasks":[…]} | {"kind":"updated"} |
/// {"kind":"refused","error":…} | {"kind":"alarm"} | {"kind":"restarted"} | {"kind":"endpoint_lost","task_arn":…} |
/// {"kind":"reset"} | one of the Region (queueing_json.hpp), or nothing.
std::optional<wake_event> wake_event_from(const encoding::json& from);
/// Members that are absent keep their defaults.
wake_settings wake_settings_from(const encoding::json& from);

}  // namespace sallyport::aws
