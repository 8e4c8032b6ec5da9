// How many starts one caller, and all callers together, may cause, and when a start may be tried again. Budgets count effects:
// raises that AWS accepted. Attempts are bounded by the pause after each failure.
#pragma once

#include <string_view>
#include <vector>

#include "wake/wake.hpp"

namespace sallyport::aws {

/// How long until the budgets let the caller cause a start; 0: they do now.
unix_milliseconds budget_free_in(const std::vector<recent_start>& starts, std::string_view caller,
                                 unix_milliseconds now, const wake_settings& settings);
/// Notes a start. Starts outside the window are forgotten.
void book_start(std::vector<recent_start>& starts, std::string_view caller, unix_milliseconds now,
                const wake_settings& settings);
/// The caller's last start counts no more.
void give_back_start(std::vector<recent_start>& starts, std::string_view caller);

/// From when on a failed start may be tried again.
unix_milliseconds retry_time(const wake_state& failed, const wake_settings& settings);
/// Whether a failure for this reason is AWS's or ours, and not that of what was started.
bool is_not_of_app(reason why);

}  // namespace sallyport::aws
