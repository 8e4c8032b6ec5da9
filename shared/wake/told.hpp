// What those who ask for a service are told of it, out of the state of its machine.
#pragma once

#include <string_view>

#include "encoding/json.hpp"
#include "wake/wake.hpp"

namespace sallyport::aws {

/// Who asks; nobody in particular where all who wait are told. `jitter`: 0 to 999.
struct asking {
  std::string_view caller;
  std::uint32_t jitter = 0;
};

/// {"answer": "ready", endpoints} where it is healthy; {"answer": "failed", reason, retry_after_s, detail} where its start
/// has failed (detail: for operators); else {"answer": "starting", phase, progress, since_ms, retry_after_s}, and where it waits in line for a call of
/// AWS also queued: true, and, once they are known, position (how many are before it) and eta_ms.
/// `retry_after_s` is the largest of what binds: who comes back then is not refused for the same reason.
encoding::json told_of(const wake_state& state, unix_milliseconds now, const wake_settings& settings,
                       const asking& who = {});

/// What those are told who wake nothing: {"answer": "asleep"} where a visit would have to start it, else as told_of.
encoding::json told_without_waking(const wake_state& state, unix_milliseconds now, const wake_settings& settings,
                                   const asking& who = {});

/// The state of a service as its page polls it (docs/guide/reach.md): {"v": 1, "state": "asleep" | "queued" | "starting" |
/// "ready" | "failed", "progress", "elapsed", "position", "retry_after"}, times in whole seconds, null what does not apply. `told`
/// is what told_without_waking said.
encoding::json state_document(const encoding::json& told);

/// {"answer": "refused", reason, retry_after_s}: over budget.
encoding::json told_over_budget(const wake_state& state, unix_milliseconds now, const wake_settings& settings,
                                const asking& who);

}  // namespace sallyport::aws
