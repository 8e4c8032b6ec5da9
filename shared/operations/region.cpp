// A Region from what is stored, through what happened since: who waits and what is watched is never stored, so that a host that
// keeps a Region keeps it in memory, and a test walks one from its beginning.
#include "operations/arguments.hpp"
#include "operations/operations.hpp"
#include "wake/region/json.hpp"

namespace sallyport::operations {

json region(const json& in, means&) {
  const json* given = find_member(in, "settings");
  const auto settings = given != nullptr ? region::region_settings_from(*given) : region::region_settings();
  const json* stored = find_member(in, "stored");
  auto state = region::region_from(stored != nullptr ? *stored : json(), number_member(in, "began"), settings);
  json steps = json::array();
  for (const auto& each : encoding::list_member(in, "events")) {
    const auto event = region::region_event_from(each);
    if (!event) return error({reason::internal, "no such event"});
    auto next = region::region_next(std::move(state), *event, number_member(each, "now"), settings);
    state = std::move(next.state);
    steps.push_back(region::to_json(next.effects));
  }
  return {{"steps", std::move(steps)}, {"stored", region::stored_of(state)}};
}

}  // namespace sallyport::operations
