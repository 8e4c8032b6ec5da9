// What a machine asks of its Region, is told by it, and keeps of it, as JSON.
#pragma once

#include <optional>

#include "encoding/json.hpp"
#include "wake/wake.hpp"

namespace sallyport::aws {

encoding::json to_json(const admission& from);
admission admission_from(const encoding::json& from);

/// Adds what there is of {admit: {op, n, class, waited_ms, attempt}, reports: [{grant, outcome}], watches: [{for, tasks}]}.
void add_for_region(encoding::json& out, const wake_effects& effects);

/// {"kind":"go","attempt","grant","in_ms","valid_ms"} | {"kind":"queued","attempt","position","eta_ms","ask_ms"} |
/// {"kind":"full","attempt","ask_ms"} | {"kind":"down","attempt"?} | {"kind":"facts","service"?,"tasks","missing",
/// "asked_ms_ago","denied","of_service"}, or nothing. `attempt` is what `admit` had.
std::optional<wake_event> region_word_from(const encoding::json& from);

}  // namespace sallyport::aws
