// What a Region stores, is told and says, as JSON.
#pragma once

#include <optional>
#include <string_view>

#include "encoding/json.hpp"
#include "wake/region.hpp"

namespace sallyport::region {

/// Rates and index: what outlives the object. Never who waits, nor what is watched.
encoding::json stored_of(const region_state& state);
/// The same without the index of places, which grows: {"place", "since"} of each stands in `ours` beside it.
encoding::json stored_rates_of(const region_state& state);
/// As the state began anew at `now`. What was not written by stored_of, or by another version, is as if nothing were stored; a
/// rate counts as far as the share of `with` goes.
region_state region_from(const encoding::json& stored, unix_milliseconds now, const region_settings& with);

/// {"kind": "admit", "place", "attempt", "team"?, "op", "n"?, "class", "waited_ms"?} | {"kind": "report", "grant", "outcome"} |
/// {"kind": "watch", "place", "cluster", "service"?, "tasks"?, "for"} | {"kind": "answered", "id", "refused"?, "services"?,
/// "tasks"?, "listed"?, "next_page"?} | {"kind": "untold", "place"} | {"kind": "present", "place", "policy", "ours"} | {"kind": "remove", "place", "policy"} |
/// {"kind": "alarm"}, or nothing.
std::optional<event> region_event_from(const encoding::json& from);
/// Members that are absent keep their defaults: share, quotas {update_service, …} a second, most (of removals).
region_settings region_settings_from(const encoding::json& from);
/// {"go", "queued", "full" or "remove": …}, or empty.
encoding::json to_json(const answer& from);
encoding::json to_json(const facts& from);
/// {"answer": {…}?, "calls": […], "facts": […], "alarm", "keep"}.
encoding::json to_json(const region_effects& effects);

}  // namespace sallyport::region
