// What those who ask for a service are told of it, out of the state of its machine.
#pragma once

#include "encoding/json.hpp"
#include "wake/wake.hpp"

namespace sallyport::aws {

/// {"answer": "ready", endpoints} where it is healthy; {"answer": "failed", reason, retry_after_s, detail} where its start
/// has failed (detail: for operators); else {"answer": "starting", phase, progress, since_ms, retry_after_s}.
encoding::json told_of(const wake_state& state, unix_milliseconds now, const wake_settings& settings);

/// {"answer": "refused", reason}: over budget.
encoding::json told_over_budget();

}  // namespace sallyport::aws
